#include "analysers/linux_log_tampering/checks.hpp"
#include <array>

namespace konseki::linux_log_tampering {

namespace {

constexpr std::string_view advice_copy
    = "Keep the file as it is and note its hash. Fill the hole from other sources: the journal, auth.log or secure, "
      "lastlog, audit.log, firewall and VPN logs, backups of the file. See who had root rights then.";
constexpr std::string_view advice_copy_ja
    = "ファイルを変更せずハッシュを控えてください。欠けた部分は他の記録(ジャーナル、auth.log や "
      "secure、lastlog、audit.log、ファイアウォールや VPN のログ、バックアップ)で補い、当時 root "
      "権限を持っていた者を確認してください。";

// Local stamps get the distance from UTC that most common logins of the host agree on.
constexpr std::string_view lastlog_sql = R"(
WITH own AS (SELECT e.host, l.* FROM linux_login l JOIN host_evidence e ON e.evidence = l.evidence WHERE NOT l.recovered),
covered AS (SELECT host, min("at") AS first_at, max("at") AS last_at FROM own WHERE file_kind = 'wtmp' AND "at" IS NOT NULL
    AND is_plausible GROUP BY host)
SELECT o.host, o.evidence, o."offset", o.at, false, o.uid, o.terminal, o.source_host, o.at AS logged_on_at
FROM own o JOIN covered c ON c.host IS NOT DISTINCT FROM o.host
WHERE o.file_kind = 'lastlog' AND o.terminal LIKE 'pts/%' AND o.source_host IS NOT NULL
    AND o.at > c.first_at AND o.at < c.last_at
    AND NOT EXISTS (SELECT 1 FROM own w WHERE w.host IS NOT DISTINCT FROM o.host AND w.file_kind = 'wtmp'
        AND w.kind = 'user' AND w.at BETWEEN o.at - INTERVAL 5 SECOND AND o.at + INTERVAL 5 SECOND)
ORDER BY o.host, o.at, o.evidence, o."offset")";

constexpr std::string_view common_logins
    = R"(WITH records AS (SELECT e.host, l.evidence, l."offset", l.at, l."user", l.terminal, l.source_host,
    l.source_address FROM linux_login l JOIN host_evidence e ON e.evidence = l.evidence WHERE l.file_kind = 'wtmp'
    AND l.kind = 'user' AND l.at IS NOT NULL AND l.is_plausible),
stamped AS (SELECT e.host, a.evidence, a."offset", a.at IS NULL AS is_local,
    coalesce(a.at, try_cast(left(a.local_at, 26) AS TIMESTAMP)) AS seen_at, a."user", a.source_address, a.log
    FROM linux_authentication a JOIN host_evidence e ON e.evidence = a.evidence
    WHERE a.program = 'sshd' AND a.kind = 'accepted' AND a.source_address IS NOT NULL),
sampled AS (SELECT * FROM stamped WHERE is_local QUALIFY row_number() OVER (PARTITION BY host, "user", source_address
    ORDER BY evidence, "offset") <= 200),
pairs AS (SELECT s.host, s.is_local,
    CAST(round(epoch(s.seen_at - r.at) / 900.0) AS INTEGER) AS quarters FROM sampled s JOIN records r
    ON r.host IS NOT DISTINCT FROM s.host AND r."user" = s."user"
    AND (r.source_address = s.source_address OR r.source_host = s.source_address)
    WHERE abs(epoch(s.seen_at - r.at)) < 54000
    AND abs(epoch(s.seen_at - r.at) - 900.0 * round(epoch(s.seen_at - r.at) / 900.0)) < 30),
votes AS (SELECT host, quarters, count(*) AS votes FROM pairs WHERE is_local GROUP BY host, quarters),
zones AS (SELECT host, arg_max(quarters, votes * 1000 - abs(quarters)) AS quarters FROM votes GROUP BY host),
logins AS (SELECT s.host, s.evidence, s."offset", s."user", s.source_address, s.log,
    CASE WHEN s.is_local THEN s.seen_at - INTERVAL 15 MINUTE * z.quarters ELSE s.seen_at END AS "at"
    FROM stamped s LEFT JOIN zones z ON z.host IS NOT DISTINCT FROM s.host WHERE s.seen_at IS NOT NULL
    AND (NOT s.is_local OR z.quarters IS NOT NULL)),
)";

constexpr std::string_view without_log_sql
    = R"(judged AS (SELECT r.*, EXISTS (SELECT 1 FROM logins l WHERE l.host IS NOT DISTINCT FROM r.host
    AND l."user" = r."user" AND l.at BETWEEN r.at - INTERVAL 2 MINUTE AND r.at + INTERVAL 2 MINUTE) AS is_known
    FROM records r WHERE r.terminal LIKE 'pts/%' AND coalesce(r.source_host, '') <> ''
    AND r.source_host NOT LIKE ':%' AND r.source_host NOT LIKE 'tmux(%'),
known AS (SELECT host, min("at") AS first_at, max("at") AS last_at FROM judged WHERE is_known GROUP BY host)
SELECT j.host, j.evidence, j."offset", j.at, false, j."user", j.terminal, j.source_host FROM judged j JOIN known k
    ON k.host IS NOT DISTINCT FROM j.host WHERE NOT j.is_known AND j.at BETWEEN k.first_at AND k.last_at
ORDER BY j.host, j.at, j.evidence, j."offset")";

constexpr std::string_view without_record_sql
    = R"(judged AS (SELECT l.*, EXISTS (SELECT 1 FROM records r WHERE r.host IS NOT DISTINCT FROM l.host
    AND r."user" = l."user" AND r.at BETWEEN l.at - INTERVAL 2 MINUTE AND l.at + INTERVAL 2 MINUTE) AS is_recorded
    FROM logins l),
habits AS (SELECT host, "user", source_address, count(*) FILTER (is_recorded) AS recorded,
    count(*) FILTER (NOT is_recorded) AS missing FROM judged GROUP BY ALL),
spans AS (SELECT host, min("at") AS first_at, max("at") AS last_at FROM records GROUP BY host)
SELECT j.host, j.evidence, j."offset", j.at, false, j."user", j.source_address, j.log, h.recorded AS logins_with_record
FROM judged j JOIN habits h ON h.host IS NOT DISTINCT FROM j.host AND h."user" = j."user"
    AND h.source_address = j.source_address JOIN spans s ON s.host IS NOT DISTINCT FROM j.host
WHERE NOT j.is_recorded AND h.recorded >= 5 AND h.missing * 10 <= h.recorded AND j.at BETWEEN s.first_at AND s.last_at
ORDER BY j.host, j.at, j.evidence, j."offset")";

constexpr std::string_view without_line_sql
    = R"(judged AS (SELECT j.*, EXISTS (SELECT 1 FROM logins t WHERE t.host IS NOT DISTINCT FROM j.host AND t.log <> 'journal'
    AND t."user" = j."user" AND t.source_address = j.source_address
    AND t.at BETWEEN j.at - INTERVAL 2 MINUTE AND j.at + INTERVAL 2 MINUTE) AS is_known FROM logins j WHERE j.log = 'journal'),
known AS (SELECT host, min("at") AS first_at, max("at") AS last_at, count(*) AS logins FROM judged WHERE is_known GROUP BY host),
gone AS (SELECT j.*, k.logins AS logins_with_line FROM judged j JOIN known k ON k.host IS NOT DISTINCT FROM j.host
    WHERE NOT j.is_known AND j.at BETWEEN k.first_at AND k.last_at),
few AS (SELECT host FROM gone GROUP BY host HAVING count(*) * 4 <= max(logins_with_line))
SELECT g.host, g.evidence, g."offset", g.at, false, g."user", g.source_address, g.logins_with_line
FROM gone g JOIN few f ON f.host IS NOT DISTINCT FROM g.host ORDER BY g.host, g.at, g.evidence, g."offset")";

// Of each account that lastlog keeps up with, or says nothing of: its newest login with a terminal from elsewhere.
constexpr std::string_view behind_sql = R"(
WITH own AS (SELECT e.host, l.* FROM linux_login l JOIN host_evidence e ON e.evidence = l.evidence WHERE NOT l.recovered),
accounts AS (SELECT DISTINCT e.host, a.name, a.uid FROM linux_account a JOIN host_evidence e ON e.evidence = a.evidence
    WHERE a.uid IS NOT NULL),
newest AS (SELECT w.host, a.uid, w."user", max(w.at) AS "at", arg_max(w.evidence, w.at) AS evidence,
    arg_max(w."offset", w.at) AS place, arg_max(w.source_host, w.at) AS source_host
    FROM own w JOIN accounts a ON a.host IS NOT DISTINCT FROM w.host AND a.name = w."user"
    WHERE w.file_kind = 'wtmp' AND w.kind = 'user' AND w.terminal LIKE 'pts/%' AND coalesce(w.source_host, '') <> ''
    AND w.source_host NOT LIKE ':%' AND w.source_host NOT LIKE 'tmux(%' GROUP BY ALL),
judged AS (SELECT n.*, (SELECT max(o.at) FROM own o WHERE o.host IS NOT DISTINCT FROM n.host AND o.file_kind = 'lastlog'
    AND o.uid = n.uid) AS lastlog_at FROM newest n),
kept AS (SELECT host FROM judged WHERE abs(epoch(lastlog_at - "at")) <= 5 GROUP BY host)
SELECT j.host, j.evidence, j.place, j.at, false, j."user", j.uid, j.source_host, j.lastlog_at FROM judged j
    JOIN kept k ON k.host IS NOT DISTINCT FROM j.host
WHERE j.lastlog_at IS NULL OR j.lastlog_at < j.at - INTERVAL 1 MINUTE ORDER BY j.host, j.at, j.evidence, j.place)";

constexpr auto checks = std::to_array<Check>({
    { "linux-log.login-zeroed", "linux.login", "linux.login_file", Severity::high, Severity::low, "T1070.002",
        R"(SELECT e.host, l.evidence, l."offset", f.last_at, l."offset" + l.size_bytes + f.tail_bytes >= f.file_bytes,
    f.path AS log, l.records, f.first_at AS log_first_at, f.last_at AS log_last_at
FROM linux_login l JOIN linux_login_file f USING (evidence) JOIN host_evidence e ON e.evidence = l.evidence
WHERE l.is_zeroed AND l.file_kind IN ('wtmp', 'btmp') ORDER BY e.host, l.evidence, l."offset")",
        "Login records were overwritten with zeros", "ログイン記録がゼロで上書きされている",
        "Records in the middle of wtmp or btmp hold nothing but zeros. login, sshd and systemd append whole "
        "records "
        "and "
        "never change them; log cleaners (zap and its like) blank the records of one user so.",
        "wtmp や btmp の途中のレコードがすべてゼロです。login、sshd、systemd "
        "はレコードを追記するだけで変更しません。特定の利用者の記録を消すログ消去ツール(zap など)の痕跡です。",
        advice_copy, advice_copy_ja,
        " The zeros stand at the end of the file: a machine that lost power while writing leaves that, too.",
        "ゼロはファイルの末尾にあり、書き込み中の電源断でも発生します。" },
    { "linux-log.login-tail", "linux.login_file", "", Severity::low, Severity::low, "",
        R"(SELECT e.host, f.evidence, f."offset", f.last_at, false, f.path AS log, f.tail_bytes, f.record_bytes
FROM linux_login_file f JOIN host_evidence e ON e.evidence = f.evidence WHERE f.tail_bytes > 0 AND f.file_kind IN ('wtmp', 'btmp')
ORDER BY e.host, f.evidence)",
        "A file of login records does not end with a whole record", "ログイン記録ファイルの末尾が不完全",
        "The size is no multiple of a record's. An interrupted write, a copy that was cut off, or a tool that "
        "removed "
        "bytes instead of records.",
        "ファイルサイズがレコード長の倍数ではありません。書き込みの中断、コピーの途中終了、またはレコード単位ではな"
        "くバ"
        "イ"
        "トを削除したツールが考えられます。",
        "Compare with a backup; read the records before the tail, they are in the table linux_login.",
        "バックアップと比較してください。末尾より前のレコードは linux_login 表にあります。", "", "" },
    { "linux-log.login-implausible", "linux.login", "", Severity::low, Severity::low, "",
        R"(SELECT e.host, l.evidence, l."offset", l.at, false, e.original_path AS log, l.kind, l."user", l.terminal
FROM linux_login l JOIN host_evidence e ON e.evidence = l.evidence WHERE NOT l.is_plausible AND l.file_kind IN ('wtmp', 'btmp')
ORDER BY e.host, l.evidence, l."offset")",
        "Login records with impossible type or time", "種別または時刻があり得ないログイン記録",
        "These records have a type that does not exist or a time before 1990. Damage, records of another "
        "architecture, "
        "or "
        "a tool that wrote them.",
        "存在しない種別、または 1990 "
        "年より前の時刻を持つレコードです。破損、別アーキテクチャのレコード、またはツールによる書き込みが考えられま"
        "す"
        "。",
        "Look at the bytes (konseki show) and at the records around them.",
        "該当バイト列(konseki show)と前後のレコードを確認してください。", "", "" },
    { "linux-log.login-order", "linux.login", "", Severity::medium, Severity::low, "T1070.002",
        R"(WITH ordered AS (SELECT evidence, "offset", "at", kind, "user", terminal,
    lag("at") OVER (PARTITION BY evidence ORDER BY "offset") AS before_at,
    lag(kind) OVER (PARTITION BY evidence ORDER BY "offset") AS before_kind
    FROM linux_login WHERE file_kind IN ('wtmp', 'btmp') AND "at" IS NOT NULL AND is_plausible AND NOT recovered)
SELECT e.host, o.evidence, o."offset", o.at, o.kind IN ('boot', 'run_level', 'new_time', 'old_time')
    OR o.before_kind IN ('boot', 'run_level', 'new_time', 'old_time'), e.original_path AS log, o.kind, o."user",
    o.terminal, o.before_at
FROM ordered o JOIN host_evidence e ON e.evidence = o.evidence WHERE o.at < o.before_at - INTERVAL 1 MINUTE
ORDER BY e.host, o.evidence, o."offset")",
        "Login records are out of order", "ログイン記録の順序が逆行している",
        "A record carries a time more than a minute before the record in front of it. Records are appended as "
        "things "
        "happen: the clock was set back, or records were written or moved afterwards.",
        "直前のレコードより一分以上前の時刻を持つレコードがあります。記録は発生順に追記されるため、時計が戻されたか"
        "、後"
        "か"
        "ら書き込み・移動されています。",
        "See whether the clock was set at that time (journal: 'Time has been changed', chrony, ntpd). If not, "
        "treat "
        "the "
        "times of this log as chosen by somebody.",
        "その時点で時計が変更されたか(ジャーナルの「Time has been "
        "changed」、chrony、ntpd)確認してください。該当がなければ、このログの時刻は作為的とみなしてください。",
        " It happened at a boot or a change of the clock: machines without a battery for their clock start in the "
        "past.",
        "起動時または時計変更時に発生しています。時計用電池のない機器は過去の時刻で起動します。" },
    { "linux-log.lastlog-without-wtmp", "linux.login", "", Severity::high, Severity::high, "T1070.002", lastlog_sql,
        "lastlog knows a login that wtmp does not", "lastlog にあるログインが wtmp にない",
        "The same code writes a login over the network with a terminal to lastlog and to wtmp. wtmp covers that "
        "time "
        "and "
        "has no such record: it was taken out of wtmp, and lastlog was forgotten.",
        "端末を伴うネットワーク経由のログインは、同じ処理で lastlog と wtmp の両方に書かれます。wtmp "
        "はその期間を含むのに該当レコードがなく、wtmp から取り除かれ lastlog が見落とされたと考えられます。",
        advice_copy, advice_copy_ja, "", "" },
    { "linux-log.wtmp-without-lastlog", "linux.login", "linux.account", Severity::medium, Severity::medium, "T1070.002",
        behind_sql, "wtmp knows a login that lastlog does not", "wtmp にあるログインが lastlog にない",
        "The same code writes a login over the network with a terminal to lastlog and to wtmp, and on this machine "
        "lastlog "
        "holds the newest login of other accounts. Of this account it holds an older one or none: its record was "
        "blanked "
        "or put back.",
        "端末を伴うネットワーク経由のログインは、同じ処理で lastlog と wtmp の両方に書かれます。この端末の lastlog "
        "は他のアカウントの最新のログインを保持していますが、このアカウントについては古いか空です。"
        "レコードが消されたか戻されています。",
        advice_copy, advice_copy_ja, "", "" },
    { "linux-log.journal-without-line", "linux.authentication", "", Severity::medium, Severity::medium, "T1070.002",
        Statement(common_logins, without_line_sql), "A login in the journal that the text logs lack",
        "ジャーナルにあるログインがテキストログにない",
        "The journal has a login that sshd accepted, and auth.log or secure of that time lacks the line, although both "
        "have the others. Whoever edits text logs often forgets the journal. rsyslog drops lines when there are too "
        "many "
        "at once.",
        "sshd が受け付けたログインがジャーナルにありますが、その期間の auth.log や secure に行がありません。"
        "他のログインは両方にあります。テキストログだけを編集しジャーナルを忘れた痕跡と考えられます"
        "(rsyslog は一度に大量の行を受けると取りこぼすことがあります)。",
        advice_copy, advice_copy_ja, "", "" },
    { "linux-log.wtmp-without-log", "linux.login", "linux.authentication", Severity::medium, Severity::medium,
        "T1070.002", Statement(common_logins, without_log_sql), "A login in wtmp that no log of sshd knows",
        "wtmp にあるログインが sshd のログにない",
        "wtmp shows a login from elsewhere at a time in which the logs know other logins, but no line says that "
        "sshd "
        "accepted it. The lines were removed, or the login came through another service (telnet, rlogin, a "
        "backdoor).",
        "他のログインがログに残っている期間に、wtmp "
        "だけに外部からのログインがあります。ログの行が削除されたか、別のサー"
        "ビス(telnet、rlogin、バックドア)を経由しています。",
        "Look at the text log around that time for missing lines and at what listened for logins; ask the source "
        "host's "
        "owner.",
        "その時刻前後のテキストログの欠落と、ログインを待ち受けていたサービスを確認し、接続元の管理者に照会してくだ"
        "さい"
        "。",
        "", "" },
    { "linux-log.log-without-wtmp", "linux.authentication", "linux.login", Severity::low, Severity::low, "T1070.002",
        Statement(common_logins, without_record_sql), "A login in the logs that wtmp does not know",
        "ログにあるログインが wtmp にない",
        "sshd accepted this login, and wtmp has no record of it, although the same user from the same address "
        "otherwise "
        "has one nearly each time. Sessions without a terminal (scp, ssh host command) get none, so this is a "
        "hint, no "
        "proof.",
        "sshd が受け付けたログインですが、同じ利用者・接続元の他のログインにはほぼ毎回ある wtmp "
        "の記録がありません。端末を使わないセッション(scp "
        "やコマンド実行)では記録されないため、手がかりにとどまります。",
        "See what the session did (journal, audit.log, history) and whether it had a terminal.",
        "そのセッションの操作(ジャーナル、audit.log、履歴)と、端末を使ったかどうかを確認してください。", "", "" },
});

}

std::span<Check const> login_checks()
{
    return checks;
}

}
