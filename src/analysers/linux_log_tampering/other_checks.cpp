#include "analysers/linux_log_tampering/checks.hpp"
#include <array>

namespace konseki::linux_log_tampering {

namespace {

// Commands against logs and histories, wherever a command line is seen. RE2.
#define KONSEKI_AGAINST_LOGS                                                                                                                     \
    R"('(?:^|[\s;&|("'']|/)(?:unset\s+(?:\S+\s+)*HISTFILE\b|(?:export\s+)?HISTFILE=(?:/dev/null)?(?:[\s;&|]|$)|)"                                \
    R"((?:export\s+)?HIST(?:FILE)?SIZE=0(?:[\s;&|]|$)|set\s+\+o\s+history|history\s+-[cw]*c|)"                                                   \
    R"(ln\s+-s\S*\s+/dev/null\s+\S*(?:_history|\.histfile)|)"                                                                                    \
    R"((?:rm|shred|wipe|srm|unlink|truncate)\s[^;&|]*(?:_history\b|/var/log/|/var/run/utmp|lastlog\b)|)"                                         \
    R"((?:[^;&|>]*[^-0-9&>;|])?>\s*[^\s>]*(?:_history|/var/log/(?:wtmp|btmp|lastlog|auth\.log|secure|messages|syslog|audit/\S+))(?:[\s;&|]|$)|)" \
    R"(journalctl\s[^;&|]*--vacuum-(?:time|size|files)=|utmpdump\s+(?:-r|--reverse)|auditctl\s+(?:-e\s*0|-D)|)"                                  \
    R"((?:systemctl\s+(?:stop|disable|mask|kill)\s[^;&|]*(?:rsyslog|syslog-ng|auditd|systemd-journald)|)"                                        \
    R"(service\s+(?:rsyslog|syslog|auditd)\s+stop))')"

constexpr std::string_view advice_audit = "See who was logged on (the record's auid and session), what ran until "
                                          "auditing came back, and whether the change "
                                          "was planned.";
constexpr std::string_view advice_audit_ja
    = "ログインしていた者(auid "
      "とセッション)、監査が再開するまでに実行されたもの、計画された変更かどうかを確認してください。";

constexpr std::string_view gap_sql = R"(WITH single AS (SELECT e.host, a.evidence, a."offset", a.at, a.serial
    FROM linux_audit_event a JOIN host_evidence e ON e.evidence = a.evidence WHERE a.type NOT LIKE 'DAEMON%'
    QUALIFY row_number() OVER (PARTITION BY e.host, a.at, a.serial ORDER BY a.evidence, a."offset") = 1),
events AS (SELECT *, lag(serial) OVER step AS serial_before, lag("at") OVER step AS at_before FROM single
    WINDOW step AS (PARTITION BY host ORDER BY "at", serial)),
dense AS (SELECT host FROM events GROUP BY host HAVING count(*) >= 1000
    AND count(*) FILTER (serial > serial_before + 1) * 1000 <= count(*) + 1000)
SELECT v.host, v.evidence, v."offset", v.at, false, v.serial_before, v.serial AS serial_after,
    v.serial - v.serial_before - 1 AS missing, v.at_before FROM events v JOIN dense d ON d.host IS NOT DISTINCT FROM v.host
WHERE v.serial > v.serial_before + 1 ORDER BY v.host, v.at, v.evidence, v."offset")";

constexpr std::string_view emptied_sql = R"(WITH logs AS (
SELECT host, number AS evidence, 0::UBIGINT AS place, original_path AS path, size_bytes AS bytes, modified_at FROM evidence
    WHERE state <> 'container'
UNION ALL SELECT e.host, f.evidence, f."offset", f.path, f.file_bytes, f.modified_at FROM linux_file f
    JOIN host_evidence e ON e.evidence = f.evidence WHERE f.type = 'regular' AND f.file_bytes IS NOT NULL),
named AS (SELECT *, regexp_extract(path, '(?:^|/)var/log/((?:audit/)?(?:wtmp|auth\.log|syslog|messages|secure|cron|kern\.log|daemon\.log|audit\.log))([.-][0-9.gxzst-]*)?$', 1) AS log,
    regexp_extract(path, '(?:^|/)var/log/(?:audit/)?(?:wtmp|auth\.log|syslog|messages|secure|cron|kern\.log|daemon\.log|audit\.log)([.-][0-9.gxzst-]*)?$', 1) AS turn
    FROM logs),
older AS (SELECT host, log, max(modified_at) AS modified_at, count(*) AS files FROM named WHERE log <> '' AND turn <> ''
    AND bytes > 0 GROUP BY host, log)
SELECT n.host, n.evidence, n.place, n.modified_at,
    n.modified_at IS NULL OR o.modified_at IS NULL OR n.modified_at <= o.modified_at + INTERVAL 1 HOUR,
    n.path AS log, o.files AS older_files, o.modified_at AS older_written_at FROM named n
JOIN older o ON o.host IS NOT DISTINCT FROM n.host AND o.log = n.log
WHERE n.log <> '' AND n.turn = '' AND n.bytes = 0
ORDER BY n.host, n.path, n.evidence, n.place)";

// What is empty although logins were written that belong there, and no older one is beside it.
constexpr std::string_view lacking_sql = R"(WITH logs AS (
SELECT host, number AS evidence, 0::UBIGINT AS place, original_path AS path, size_bytes AS bytes, modified_at FROM evidence
    WHERE state <> 'container'
UNION ALL SELECT e.host, f.evidence, f."offset", f.path, f.file_bytes, f.modified_at FROM linux_file f
    JOIN host_evidence e ON e.evidence = f.evidence WHERE f.type = 'regular' AND f.file_bytes IS NOT NULL),
named AS (SELECT *, regexp_extract(path, '(?:^|/)var/log/(wtmp|auth\.log|secure)(?:[.-][0-9.gxzst-]*)?$', 1) AS log FROM logs),
empty AS (SELECT host, log, min(evidence) AS evidence, arg_min(place, evidence) AS place, any_value(path) AS path,
    max(modified_at) AS modified_at FROM named WHERE log <> '' GROUP BY host, log HAVING max(bytes) = 0),
logins AS (SELECT e.host, a.log, count(*) AS logins FROM linux_authentication a JOIN host_evidence e ON e.evidence = a.evidence
    WHERE a.program = 'sshd' AND a.kind = 'accepted' GROUP BY e.host, a.log)
SELECT n.host, n.evidence, n.place, n.modified_at, false, n.path AS log, sum(l.logins) AS logins, string_agg(l.log, ' ') AS told_by
FROM empty n JOIN logins l ON l.host IS NOT DISTINCT FROM n.host
WHERE NOT EXISTS (SELECT 1 FROM logins o WHERE o.host IS NOT DISTINCT FROM n.host AND o.log = n.log)
    AND NOT EXISTS (SELECT 1 FROM linux_login w WHERE w.evidence = n.evidence)
GROUP BY ALL HAVING sum(l.logins) >= 10
ORDER BY n.host, n.path)";

// Logs that write on nearly every day, and days before the others of the host nothing more.
constexpr std::string_view silent_sql = R"(WITH times AS (
SELECT e.host, 'journal' AS log, j.evidence, j."offset", j.at FROM linux_journal_entry j JOIN host_evidence e ON e.evidence = j.evidence
UNION ALL SELECT e.host, 'audit.log', a.evidence, a."offset", a.at FROM linux_audit_event a JOIN host_evidence e ON e.evidence = a.evidence
UNION ALL SELECT e.host, l.log, l.evidence, l."offset", coalesce(l.at, try_cast(left(l.local_at, 26) AS TIMESTAMP))
    FROM linux_log_line l JOIN host_evidence e ON e.evidence = l.evidence
    WHERE l.log IN ('syslog', 'messages', 'auth.log', 'secure')),
logs AS (SELECT host, log, count(DISTINCT date_trunc('day', "at")) AS days, min("at") AS first_at, max("at") AS last_at,
    arg_max(evidence, "at") AS evidence, arg_max("offset", "at") AS place FROM times WHERE "at" IS NOT NULL GROUP BY host, log),
hosts AS (SELECT host, max(last_at) AS last_at FROM logs GROUP BY host)
SELECT l.host, l.evidence, l.place, l.last_at, false, l.log, l.days, h.last_at AS others_until FROM logs l
    JOIN hosts h ON h.host IS NOT DISTINCT FROM l.host
WHERE l.days >= 3 AND l.days >= 0.95 * (epoch(l.last_at - l.first_at) / 86400) AND l.last_at < h.last_at - INTERVAL 3 DAY
ORDER BY l.host, l.log, l.evidence, l.place)";

constexpr std::string_view hole_sql = R"(WITH times AS (
SELECT e.host, 'journal' AS log, j.evidence, j."offset", j.at FROM linux_journal_entry j JOIN host_evidence e ON e.evidence = j.evidence
    WHERE j.at IS NOT NULL
UNION ALL SELECT e.host, l.log, l.evidence, l."offset", coalesce(l.at, try_cast(left(l.local_at, 26) AS TIMESTAMP))
    FROM linux_log_line l JOIN host_evidence e ON e.evidence = l.evidence WHERE l.log IN ('syslog', 'messages')),
hours AS (SELECT host, log, date_trunc('hour', "at") AS hour, min("at") AS first_at, arg_min(evidence, "at") AS evidence,
    arg_min("offset", "at") AS place FROM times WHERE "at" IS NOT NULL GROUP BY ALL),
steady AS (SELECT host, log FROM hours GROUP BY host, log HAVING epoch(max(hour) - min(hour)) >= 604800
    AND count(*) >= 0.98 * (epoch(max(hour) - min(hour)) / 3600 + 1)),
stepped AS (SELECT h.*, lag(h.hour) OVER (PARTITION BY h.host, h.log ORDER BY h.hour) AS before FROM hours h
    JOIN steady s ON s.host IS NOT DISTINCT FROM h.host AND s.log = h.log),
boots AS (SELECT e.host, l.at FROM linux_login l JOIN host_evidence e ON e.evidence = l.evidence WHERE l.kind = 'boot'
UNION ALL SELECT e.host, coalesce(l.at, try_cast(left(l.local_at, 26) AS TIMESTAMP)) FROM linux_log_line l
    JOIN host_evidence e ON e.evidence = l.evidence WHERE l.identifier = 'kernel' AND l.message LIKE '%Linux version%'
UNION ALL SELECT e.host, min(j.at) FROM linux_journal_entry j JOIN host_evidence e ON e.evidence = j.evidence GROUP BY e.host, j.boot_id)
SELECT s.host, s.evidence, s.place, s.first_at, false, s.log, s.before + INTERVAL 1 HOUR AS silent_from,
    s.first_at AS silent_until FROM stepped s
WHERE s.hour > s.before + INTERVAL 3 HOUR AND NOT EXISTS (SELECT 1 FROM boots b WHERE b.host IS NOT DISTINCT FROM s.host
    AND b.at BETWEEN s.first_at - INTERVAL 10 MINUTE AND s.first_at + INTERVAL 10 MINUTE)
ORDER BY s.host, s.first_at, s.log, s.evidence, s.place)";

constexpr std::string_view against_title = "Commands against logs or histories";
constexpr std::string_view against_title_ja = "ログや履歴を妨げるコマンド";
constexpr std::string_view against_words
    = "Somebody emptied or removed logs, stopped what writes them, or kept the shell from remembering. Administrators "
      "do "
      "some of this when a disk is full; shortly before or after other findings it is meant.";
constexpr std::string_view against_words_ja = "ログの消去・削除、ログ出力の停止、またはシェル履歴の無効化が行われていま"
                                              "す。ディスク逼迫時の作業として行われること"
                                              "もありますが、他の所見の前後であれば意図的と考えられます。";
constexpr std::string_view against_advice = "Ask who did this and why. Take the commands around it, and the logs of "
                                            "that time from elsewhere (log server, journal, "
                                            "backups).";
constexpr std::string_view against_advice_ja = "実行者と理由を確認し、前後のコマンドと、その時間帯のログを別の場所("
                                               "ログサーバー、ジャーナル、バックアップ)から入手し"
                                               "てください。";

constexpr auto checks = std::to_array<Check>({
    { "linux-log.audit-disabled", "linux.audit_record", "", Severity::high, Severity::high, "T1562.012",
        R"(SELECT e.host, a.evidence, a."offset", a.at, false, a.type, a.fields FROM linux_audit_record a
JOIN host_evidence e ON e.evidence = a.evidence WHERE a.type = 'CONFIG_CHANGE' AND NOT regexp_matches(a.fields, '\bauid=4294967295\b')
    AND (regexp_matches(a.fields, '\baudit_enabled=0\b') OR regexp_matches(a.fields, '\bop="?remove_rule\b'))
    AND NOT regexp_matches(a.fields, '\bres=0\b') ORDER BY e.host, a.at, a.evidence, a."offset")",
        "Auditing was switched off or its rules removed", "監査の無効化または監査ルールの削除",
        "Somebody who was logged on told the kernel to stop auditing, or took audit rules away. Rules that are "
        "loaded "
        "at "
        "boot have no login (auid unset) and are not meant here.",
        "ログイン中の何者かが、カーネルの監査を停止したか監査ルールを削除しました。起動時のルール読み込み(auid "
        "未設定)は対象外です。",
        advice_audit, advice_audit_ja, "", "" },
    { "linux-log.audit-stopped", "linux.audit_event", "", Severity::medium, Severity::medium, "T1562.012",
        R"(WITH marks AS (SELECT e.host, a.evidence, a."offset", a.at, a.type, a.login_uid FROM linux_audit_event a
    JOIN host_evidence e ON e.evidence = a.evidence WHERE a.type IN ('DAEMON_END', 'DAEMON_START', 'DAEMON_ABORT', 'SYSTEM_SHUTDOWN', 'SYSTEM_BOOT'))
SELECT m.host, m.evidence, m."offset", m.at, false, m.type, m.login_uid,
    (SELECT min(n.at) FROM marks n WHERE n.host IS NOT DISTINCT FROM m.host AND n.type = 'DAEMON_START' AND n.at > m.at) AS started_again_at
FROM marks m WHERE m.type IN ('DAEMON_END', 'DAEMON_ABORT') AND NOT EXISTS (SELECT 1 FROM marks n
    WHERE n.host IS NOT DISTINCT FROM m.host AND n.type IN ('DAEMON_START', 'SYSTEM_BOOT', 'SYSTEM_SHUTDOWN')
    AND n.at BETWEEN m.at - INTERVAL 10 MINUTE AND m.at + INTERVAL 10 MINUTE AND n.at <> m.at
    AND (n.type <> 'DAEMON_START' OR n.at > m.at)) ORDER BY m.host, m.at, m.evidence, m."offset")",
        "auditd ended and was not started again soon", "auditd が停止し、すぐに再開されていない",
        "The audit daemon ended without a shutdown of the machine around it and was not back within ten minutes.",
        "端末の停止を伴わずに監査デーモンが終了し、十分以内に再開されていません。", advice_audit, advice_audit_ja, "",
        "" },
    { "linux-log.audit-gap", "linux.audit_event", "", Severity::low, Severity::low, "T1070.002", gap_sql,
        "Numbers of the audit log are missing", "監査ログの番号が欠落",
        "The kernel numbers audit events from the boot, and this machine's log has next to no gaps, except here: "
        "records "
        "were removed, or lost when the kernel's backlog was full (audit: backlog limit exceeded).",
        "カーネルは起動時から監査イベントに番号を付け、この端末のログにはほとんど欠番がありませんが、ここだけ欠けて"
        "いま"
        "す。"
        "削除されたか、カーネルのバックログ溢れ(audit: backlog limit exceeded)で失われています。",
        "Look for 'backlog limit exceeded' and 'audit_lost' in the kernel's messages of that time.",
        "その時刻のカーネルメッセージで「backlog limit exceeded」「audit_lost」を確認してください。", "", "" },
    { "linux-log.emptied", "", "linux.file", Severity::medium, Severity::low, "T1070.002", emptied_sql,
        "A log is empty while older ones are there", "過去分があるのに空のログ",
        "The log holds nothing, and it was changed long after the older one was closed: it was emptied later, not "
        "by "
        "the "
        "rotation.",
        "ログが空で、しかも過去分が閉じられた後かなり経ってから変更されています。ローテーションではなく、後から空に"
        "され"
        "てい"
        "ます。",
        "Take the time from other logs. Look for the command that did it in histories, sudo lines and audit.log.",
        "その時間帯は他のログで補い、履歴、sudo の行、audit.log で実行されたコマンドを探してください。",
        " Its time fits the rotation, or is not known: logrotate leaves an empty log until the next message, so "
        "that "
        "this may "
        "be normal.",
        "時刻はローテーションと一致するか不明です。logrotate "
        "は次のメッセージまで空のログを残すため、正常な可能性があります"
        "。" },
    { "linux-log.empty-though-written", "", "linux.authentication linux.file linux.login", Severity::medium,
        Severity::medium, "T1070.002", lacking_sql, "A log of logins is empty although people logged in",
        "ログインがあるのに空のログ",
        "Other logs of this machine know logins by SSH, which are written to this one, too, and nothing of it is left: "
        "no "
        "line and no older file. It was emptied, or put in place of the real one.",
        "この端末の他のログには SSH ログインがあり、同じものがこのログにも書かれるはずですが、"
        "内容も過去分も残っていません。"
        "空にされたか、置き換えられています。",
        "Take the logins from the other logs. Look for the command that did it in histories, sudo lines and audit.log.",
        "ログインは他のログから補い、履歴、sudo の行、audit.log で実行されたコマンドを探してください。", "", "" },
    { "linux-log.falls-silent", "", "linux.log_line linux.journal_entry linux.audit_event", Severity::low,
        Severity::low, "T1562.012", silent_sql, "A log ends days before the others of its machine",
        "同じ端末の他のログより数日早く終わるログ",
        "It was written to nearly every day, and then for three days or more no longer, while other logs of the "
        "machine "
        "went on. It was cut off, what writes it was stopped, or the newest file of it was not collected.",
        "ほぼ毎日書かれていたログが、他のログが続いているのに三日以上前に途切れています。切り詰められたか、"
        "出力が停止されたか、最新のファイルが収集されていません。",
        "See whether its service still runs and whether newer files of it exist; if so collect them.",
        "出力するサービスが動作しているか、より新しいファイルがあるかを確認し、あれば収集してください。", "", "" },
    { "linux-log.silent-hours", "", "linux.log_line linux.journal_entry linux.login", Severity::low, Severity::low,
        "T1070.002", hole_sql, "Hours without a message on a machine that always writes",
        "常時出力される端末で無記録の時間帯",
        "For three hours or more the log holds nothing, although this machine otherwise writes at least once in 98 "
        "of "
        "100 "
        "hours, and it did not boot at the end of the silence. Lines were removed, logging was stopped, or the "
        "machine "
        "was "
        "suspended.",
        "この端末は通常 98% "
        "以上の時間帯に記録がありますが、三時間以上何も残っておらず、直後に起動もしていません。行の削除、ログ停止、"
        "また"
        "は"
        "端末のサスペンドが考えられます。",
        "Compare with other logs of the same hours (web, mail, database, network devices); see whether it was a "
        "virtual "
        "machine that was paused.",
        "同じ時間帯の他のログ(Web、メール、データベース、ネットワーク機器)"
        "と比較し、一時停止された仮想マシンかどうか確認し"
        "てください。",
        "", "" },
    { "linux-log.history-linked", "linux.file", "", Severity::medium, Severity::medium, "T1070.003",
        R"(SELECT e.host, f.evidence, f."offset", f.changed_at, false, f.path, f.target, f."user", f.changed_at AS linked_at FROM linux_file f
JOIN host_evidence e ON e.evidence = f.evidence WHERE f.target = '/dev/null'
    AND regexp_matches(f.path, '(?:_history|\.histfile|\.zhistory|\.lesshst|\.viminfo)$')
ORDER BY e.host, f.path, f.evidence, f."offset")",
        "A history leads to nowhere", "履歴ファイルが /dev/null へのリンク",
        "The shell's history is a link to /dev/null: nothing that is typed is kept. Intruders and their install "
        "scripts do "
        "this; some hardening guides do it for root.",
        "シェル履歴が /dev/null "
        "へのリンクで、入力は一切残りません。侵入者や導入スクリプトの典型ですが、一部の堅牢化手順でも行われます。",
        "See when the link was made (changed time) and who could write to that home folder.",
        "リンクの作成時刻(変更時刻)と、そのホームフォルダーに書き込めた者を確認してください。", "", "" },
    { "linux-log.against-logs:history", "linux.shell_history", "", Severity::medium, Severity::medium, "T1070.003",
        R"(SELECT e.host, h.evidence, h."offset", h.at, false, h.command, h."user", h.path FROM linux_shell_history h
JOIN host_evidence e ON e.evidence = h.evidence WHERE regexp_matches(h.command, )" KONSEKI_AGAINST_LOGS R"()
ORDER BY e.host, h.evidence, h."offset")",
        against_title, against_title_ja, against_words, against_words_ja, against_advice, against_advice_ja, "", "" },
    { "linux-log.against-logs:startup", "linux.autostart", "", Severity::medium, Severity::medium, "T1070.003",
        R"(SELECT e.host, s.evidence, s."offset", NULL::TIMESTAMP, false, s.command, s."user", s.path FROM linux_autostart s
JOIN host_evidence e ON e.evidence = s.evidence WHERE s.kind = 'shell' AND regexp_matches(s.command, )" KONSEKI_AGAINST_LOGS
        R"()
ORDER BY e.host, s.path, s.evidence, s."offset")",
        against_title, against_title_ja, against_words, against_words_ja, against_advice, against_advice_ja, "", "" },
    { "linux-log.against-logs:sudo", "linux.authentication", "", Severity::medium, Severity::medium, "T1070.002",
        R"(SELECT e.host, a.evidence, a."offset", a.at, false, a.command, a."user", a.log FROM linux_authentication a
JOIN host_evidence e ON e.evidence = a.evidence WHERE a.program = 'sudo' AND regexp_matches(a.command, )" KONSEKI_AGAINST_LOGS
        R"()
ORDER BY e.host, a.evidence, a."offset")",
        against_title, against_title_ja, against_words, against_words_ja, against_advice, against_advice_ja, "", "" },
    { "linux-log.against-logs:audit", "linux.audit_event", "", Severity::medium, Severity::medium, "T1070.002",
        R"(SELECT e.host, a.evidence, a."offset", a.at, false, a.command_line AS command, a.login_uid, a.executable
FROM linux_audit_event a JOIN host_evidence e ON e.evidence = a.evidence
WHERE a.login_uid IS NOT NULL AND regexp_matches(a.command_line, )" KONSEKI_AGAINST_LOGS R"()
ORDER BY e.host, a.evidence, a."offset")",
        against_title, against_title_ja, against_words, against_words_ja, against_advice, against_advice_ja, "", "" },
    { "linux-log.history-order", "linux.shell_history", "", Severity::informational, Severity::informational, "",
        R"(WITH stepped AS (SELECT evidence, "offset", "at", command, "user", path,
    lag("at") OVER (PARTITION BY evidence ORDER BY "offset") AS at_before FROM linux_shell_history
    WHERE "at" IS NOT NULL AND program IN ('bash', 'zsh', 'fish'))
SELECT e.host, s.evidence, s."offset", s.at, false, s.path, s."user", s.at_before, s.command FROM stepped s
JOIN host_evidence e ON e.evidence = s.evidence WHERE s.at < s.at_before - INTERVAL 1 DAY ORDER BY e.host, s.evidence, s."offset")",
        "Times of a history run backwards", "履歴の時刻が逆行している",
        "A command was entered more than a day before the one in front of it. Shells write their history when they "
        "end, so "
        "that long sessions interleave; lines that were inserted look the same.",
        "直前のコマンドより一日以上前の時刻のコマンドがあります。シェルは終了時に履歴を書くため長いセッションが混ざ"
        "ると"
        "発生"
        "しますが、行の挿入でも同様になります。",
        "Read the history by its times, not by its order.", "順序ではなく時刻に従って読んでください。", "", "" },
});

#undef KONSEKI_AGAINST_LOGS

}

std::span<Check const> other_checks()
{
    return checks;
}

}
