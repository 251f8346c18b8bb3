#include "analysers/linux_log_tampering/checks.hpp"
#include <array>

namespace konseki::linux_log_tampering {

namespace {

constexpr std::string_view signs_sql
    = R"(SELECT e.host, s.evidence, s."offset", s.at, f.state = 'online' OR f.path LIKE '%~', f.path AS log, s.kind,
    f.state, s.sequence_number, s.expected, s.found, s.detail FROM linux_journal_sign s
JOIN linux_journal_file f USING (evidence) JOIN host_evidence e ON e.evidence = s.evidence WHERE s.kind IN ()";
constexpr std::string_view signs_order_sql = R"() ORDER BY e.host, s.evidence, s."offset", s.kind)";

// Signs of these kinds; what an open or set-aside file shows is weak.
constexpr Statement signs(std::string_view kinds)
{
    return { signs_sql, kinds, signs_order_sql };
}

constexpr std::string_view note_open
    = " The file was open when it was copied, or journald had set it aside as damaged: that by itself explains many of "
      "these.";
constexpr std::string_view note_open_ja = "ファイルはコピー時に開かれていたか、journald "
                                          "が破損として退避したもので、それだけで説明できる場合が多くあります。";
constexpr std::string_view advice_journal
    = "Keep the file as it is and note its hash. Read the stretch from other sources (text logs, a log server, "
      "audit.log, "
      "wtmp). Recovered entries and orphaned fields are in linux_journal_entry (recovered) and linux_journal_sign.";
constexpr std::string_view advice_journal_ja
    = "ファイルを変更せずハッシュを控えてください。該当期間は他の記録(テキストログ、ログサーバー、audit.log、wtmp)"
      "で補って"
      "ください。復元されたエントリーと孤立したフィールドは linux_journal_entry(recovered)と linux_journal_sign "
      "にあります。";

constexpr auto checks = std::to_array<Check>({
    { "linux-log.journal-edited", "linux.journal_sign", "linux.journal_file", Severity::high, Severity::low,
        "T1070.002", signs("'data_hash', 'entry_hash', 'field_missing', 'data_orphan'"),
        "Entries of the journal were changed or removed", "ジャーナルのエントリーが変更または削除されている",
        "Contents do not fit the hashes that journald wrote with them, or fields remain that no entry uses any "
        "more. "
        "journald only appends: somebody changed bytes of the file, or the disk did.",
        "内容が journald "
        "の書いたハッシュと一致しないか、どのエントリーからも使われないフィールドが残っています。journald "
        "は追記しか行わないため、何者かがバイト列を変更したか、ディスク障害です。",
        advice_journal, advice_journal_ja, note_open, note_open_ja },
    { "linux-log.journal-holes", "linux.journal_sign", "linux.journal_file", Severity::high, Severity::low, "T1070.002",
        signs("'zeroed', 'object_broken'"), "Parts of the journal were overwritten",
        "ジャーナルの一部が上書きされている",
        "Between readable objects lie zeros or bytes that are none of the journal's. In a file that was closed "
        "properly "
        "objects follow each other without gaps.",
        "読み取れるオブジェクトの間に、ゼロまたはジャーナルのものではないバイト列があります。正常に閉じられたファイ"
        "ルで"
        "は"
        "オブジェクトは隙間なく並びます。",
        advice_journal, advice_journal_ja, note_open, note_open_ja },
    { "linux-log.journal-structure", "linux.journal_sign", "linux.journal_file", Severity::medium,
        Severity::informational, "T1070.002",
        signs("'entry_unreached', 'array_broken', 'header_count', 'header_numbers'"),
        "The journal's lists do not name all its entries", "ジャーナルの一覧と実際のエントリーが一致しない",
        "Entries exist that the file's own lists do not lead to, or the header counts others than there are. "
        "Entries "
        "that "
        "were unlinked are invisible to journalctl; they were read here.",
        "ファイル自身の一覧から辿れないエントリーがあるか、ヘッダーの件数が実際と異なります。リンクを外されたエント"
        "リー"
        "は "
        "journalctl では見えませんが、ここでは読み取りました。",
        advice_journal, advice_journal_ja, note_open, note_open_ja },
    { "linux-log.journal-order", "linux.journal_sign", "linux.journal_file", Severity::medium, Severity::medium,
        "T1070.002", signs("'sequence_backwards', 'monotonic_backwards'"),
        "Numbers or the boot's clock run backwards in the journal", "ジャーナルの番号または起動後時計が逆行している",
        "A later entry has a lower number, or less time since the same boot. Neither can be set by hand or by a "
        "time "
        "server: entries were written by something else than journald, or files were joined.",
        "後のエントリーの番号、または同じ起動からの経過時間が小さくなっています。これらは手動でも時刻サーバーでも変"
        "更で"
        "き"
        "ず、journald 以外が書き込んだか、ファイルが結合されています。",
        advice_journal, advice_journal_ja, "", "" },
    { "linux-log.journal-time", "linux.journal_sign", "linux.journal_file", Severity::low, Severity::low, "",
        signs("'time_backwards'"), "The clock was set back", "時計が戻されている",
        "A later entry of the journal is more than a minute earlier. At a boot this is usual for machines without "
        "a "
        "battery for their clock; otherwise somebody or a time server set the clock.",
        "後のエントリーの時刻が一分以上前になっています。時計用電池のない機器の起動時には普通ですが、それ以外では時"
        "計が"
        "変"
        "更されています。",
        "Read times of that stretch by the entries' order and monotonic times, not by the clock.",
        "該当区間は時計ではなく、エントリーの順序と起動後経過時間で読んでください。", "", "" },
    { "linux-log.journal-seal", "linux.journal_sign", "linux.journal_file", Severity::medium, Severity::medium,
        "T1070.002", signs("'tag_missing'"), "Seals of a sealed journal are missing", "封印付きジャーナルの封印が欠落",
        "The journal was written with forward secure sealing, but it holds no seal, or entries behind the last one "
        "although it was closed.",
        "前方秘匿封印を有効にして書かれたジャーナルですが、封印がないか、閉じられたのに最後の封印の後にエントリーが"
        "あり"
        "ま"
        "す。",
        "Verify with the verification key, if it was kept: journalctl --verify --verify-key=… --file=….",
        "検証鍵が保管されていれば、journalctl --verify --verify-key=… --file=… で検証してください。", "", "" },
    { "linux-log.journal-gap", "linux.journal_entry", "", Severity::medium, Severity::medium, "T1070.002",
        R"(WITH entries AS (SELECT e.host, j.evidence, j."offset", j.sequence_id, j.sequence_number, j.boot_id, j.at
    FROM linux_journal_entry j JOIN host_evidence e ON e.evidence = j.evidence
    QUALIFY row_number() OVER (PARTITION BY e.host, j.sequence_id, j.sequence_number ORDER BY j.evidence, j."offset") = 1),
stepped AS (SELECT *, lag(sequence_number) OVER step AS number_before, lag("at") OVER step AS at_before,
    lag(boot_id) OVER step AS boot_before FROM entries
    WINDOW step AS (PARTITION BY host, sequence_id ORDER BY sequence_number))
SELECT host, evidence, "offset", "at", false, number_before, sequence_number AS number_after,
    sequence_number - number_before - 1 AS missing, at_before, "at" AS at_after FROM stepped
WHERE sequence_number > number_before + 1 AND boot_id = boot_before AND "at" > at_before + INTERVAL 1 HOUR
ORDER BY host, "at", evidence, "offset")",
        "Entries of the journal are missing while the machine ran", "稼働中のジャーナルのエントリーが欠落",
        "Numbers of the journal are missing, and for an hour or more of the same boot nothing is left of what they "
        "counted. Rotation removes the oldest files first, not some in the middle; single numbers are missing "
        "where "
        "users' "
        "own journals were not handed over, whole hours hardly.",
        "ジャーナルの番号が欠け、同じ起動中の一時間以上の記録が残っていません。ローテーションは最も古いファイルから"
        "削除"
        "す"
        "るため、途中が欠けることはありません。利用者別ジャーナルが未提出の場合は番号が飛びますが、数時間すべてが欠"
        "ける"
        "こと"
        "はまずありません。",
        advice_journal, advice_journal_ja, "", "" },
    { "linux-log.boot-without-wtmp", "linux.journal_entry", "linux.login", Severity::low, Severity::low, "T1070.002",
        R"(WITH boots AS (SELECT e.host, j.boot_id, min(j.at - to_microseconds(CAST(j.monotonic_us AS BIGINT))) AS booted_at,
    arg_min(j.evidence, j.at) AS evidence, arg_min(j."offset", j.at) AS place FROM linux_journal_entry j
    JOIN host_evidence e ON e.evidence = j.evidence WHERE j.at IS NOT NULL AND j.monotonic_us < 4000000000000000 GROUP BY ALL),
records AS (SELECT e.host, l.at FROM linux_login l JOIN host_evidence e ON e.evidence = l.evidence WHERE l.file_kind = 'wtmp'
    AND l.at IS NOT NULL AND l.is_plausible AND l.kind = 'boot'),
spans AS (SELECT host, min("at") AS first_at, max("at") AS last_at FROM records GROUP BY host),
judged AS (SELECT b.*, EXISTS (SELECT 1 FROM records r WHERE r.host IS NOT DISTINCT FROM b.host
    AND r.at BETWEEN b.booted_at - INTERVAL 15 MINUTE AND b.booted_at + INTERVAL 15 MINUTE) AS is_known FROM boots b)
SELECT j.host, j.evidence, j.place, j.booted_at, false, j.boot_id, j.booted_at AS booted FROM judged j JOIN spans s
    ON s.host IS NOT DISTINCT FROM j.host WHERE NOT j.is_known AND j.booted_at BETWEEN s.first_at AND s.last_at
    AND EXISTS (SELECT 1 FROM judged k WHERE k.host IS NOT DISTINCT FROM j.host AND k.is_known)
ORDER BY j.host, j.booted_at, j.boot_id)",
        "A boot that wtmp does not know", "wtmp に記録のない起動",
        "The journal holds a boot of which wtmp, which knows other boots before and after it, has no record.",
        "ジャーナルにある起動が、前後の起動を記録している wtmp にありません。",
        "Compare wtmp with its rotated copies and with backups.",
        "wtmp をローテーション済みの写しやバックアップと比較してください。", "", "" },
    { "linux-log.boot-without-journal", "linux.login", "linux.journal_entry", Severity::low, Severity::low, "T1070.002",
        R"(WITH boots AS (SELECT e.host, j.boot_id, min(j.at - to_microseconds(CAST(j.monotonic_us AS BIGINT))) AS booted_at
    FROM linux_journal_entry j JOIN host_evidence e ON e.evidence = j.evidence WHERE j.at IS NOT NULL
    AND j.monotonic_us < 4000000000000000 GROUP BY ALL),
spans AS (SELECT host, min(booted_at) AS first_at, max(booted_at) AS last_at FROM boots GROUP BY host),
records AS (SELECT e.host, l.evidence, l."offset", l.at, l.source_host, EXISTS (SELECT 1 FROM boots b
    WHERE b.host IS NOT DISTINCT FROM e.host AND b.booted_at BETWEEN l.at - INTERVAL 15 MINUTE AND l.at + INTERVAL 15 MINUTE)
    AS is_known FROM linux_login l JOIN host_evidence e ON e.evidence = l.evidence WHERE l.file_kind = 'wtmp' AND l.kind = 'boot'
    AND l.at IS NOT NULL AND l.is_plausible)
SELECT r.host, r.evidence, r."offset", r.at, false, r.source_host AS kernel FROM records r JOIN spans s
    ON s.host IS NOT DISTINCT FROM r.host WHERE NOT r.is_known AND r.at BETWEEN s.first_at AND s.last_at
    AND EXISTS (SELECT 1 FROM records k WHERE k.host IS NOT DISTINCT FROM r.host AND k.is_known)
ORDER BY r.host, r.at, r.evidence, r."offset")",
        "A boot that the journal does not know", "ジャーナルに記録のない起動",
        "wtmp holds a boot of which the journal, which knows boots before and after it, has nothing: that boot's "
        "files "
        "are "
        "missing, or were not handed over.",
        "wtmp にある起動が、前後の起動を含むジャーナルにありません。その起動のファイルが欠けているか、未提出です。",
        "Ask for the whole of /var/log/journal; see whether somebody ran journalctl --vacuum or removed files.",
        "/var/log/journal 全体の提出を求め、journalctl --vacuum の実行やファイル削除がないか確認してください。", "",
        "" },
});

}

std::span<Check const> journal_checks()
{
    return checks;
}

}
