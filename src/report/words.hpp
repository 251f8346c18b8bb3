// Every word of the report in both languages, as data. {0}, {1} … are places for values.
// Not the findings' own texts: those come with the rules.
#pragma once
#include <array>
#include <string_view>

namespace konseki::report {

struct Say {
    std::string_view en, ja;
};

namespace words {

inline constexpr Say report { "Case report", "調査報告書" };
inline constexpr Say machine { "Found by machine, not yet judged by an analyst",
    "機械による検出結果（分析者による判断の前）" };
inline constexpr Say generated { "Written", "作成日時" };
inline constexpr Say case_name { "Case", "案件" };
inline constexpr Say scope { "Scope", "対象範囲" };
inline constexpr Say scope_text { "{0} pieces of evidence, {1}; {2} events of {3} hosts",
    "証拠 {0} 件（{1}）、{3} 台の端末のイベント {2} 件" };
inline constexpr Say marking_text { "Marking", "共有範囲" };

inline constexpr Say contents { "Contents", "目次" };
inline constexpr Say answer { "The answer first", "結論" };
inline constexpr Say findings { "Findings", "検出事項" };
inline constexpr Say techniques { "Techniques (ATT&CK)", "攻撃の手口（ATT&CK）" };
inline constexpr Say timeline { "Timeline", "時系列" };
inline constexpr Say hosts { "Hosts and what their logs cover", "端末とログの範囲" };
inline constexpr Say held { "What each host holds", "各端末の状態" };
inline constexpr Say fleet { "The fleet", "端末群の比較" };
inline constexpr Say logons { "Logons", "ログオン" };
inline constexpr Say rules { "Rules that could not run", "実行できなかったルール" };
inline constexpr Say evidence { "Evidence", "証拠" };
inline constexpr Say reading { "How to read this report", "この報告書の読み方" };

inline constexpr std::array<Say, 5> severities { {
    { "informational", "情報" },
    { "low", "低" },
    { "medium", "中" },
    { "high", "高" },
    { "critical", "重大" },
} };
inline constexpr std::array<std::string_view, 5> severity_marks { "○", "◔", "◑", "◕",
    "●" }; // so that colour is never alone

inline constexpr Say severe { "Findings: {0} critical, {1} high; hosts concerned: {2}. Look at these first.",
    "重大 {0} 件、高 {1} 件の検出事項が {2} 台の端末にある。まずこれらを確認すること。" };
inline constexpr Say moderate {
    "Nothing critical or high. Findings of medium or low severity: {0}; hosts concerned: {1}.",
    "重大・高の検出事項はない。中・低の検出事項が {1} 台の端末に {0} 件ある。"
};
inline constexpr Say nothing {
    "No rule and no check found anything above informational. That is not proof that nobody was there: see what the "
    "logs cover.",
    "ルールと検査は「情報」を超える事項を検出しなかった。ただし侵害がなかった証明ではない。ログの範囲を確認すること。"
};
inline constexpr Say earliest { "Earliest trace", "最も早い痕跡" };
inline constexpr Say latest { "Latest trace", "最も新しい痕跡" };
inline constexpr Say hosts_touched { "Hosts touched", "該当端末" };
inline constexpr Say of_hosts { "of {0} in the logs", "ログ中 {0} 台のうち" };
inline constexpr Say not_read { "Not fully read", "読み切れなかった証拠" };
inline constexpr Say bytes_lost { "{0} lost", "失われた量 {0}" };
inline constexpr Say nothing_lost { "no bytes lost", "失われたバイトはない" };
inline constexpr Say where { "Where it concentrates", "集中している端末" };
inline constexpr Say could_not_read { "What could not be read", "読めなかったもの" };
inline constexpr Say unreadable_text { "Whatever lay in these bytes is not in this report.",
    "これらのバイトにあったものは、この報告書に含まれない。" };

inline constexpr Say host { "Host", "端末" };
inline constexpr Say first { "First", "最初" };
inline constexpr Say last { "Last", "最後" };
inline constexpr Say time { "Time", "日時" };
inline constexpr Say count { "Count", "件数" };
inline constexpr Say traces { "Traces", "痕跡" };
inline constexpr Say finding { "Finding", "検出事項" };
inline constexpr Say severity { "Severity", "重大度" };
inline constexpr Say means { "What it means", "意味" };
inline constexpr Say advice { "What to do", "対処" };
inline constexpr Say why { "Why: the fields that matched", "根拠：一致した項目" };
inline constexpr Say where_found { "Where and when", "場所と日時" };
inline constexpr Say no_explanation { "The rule gives no explanation.", "このルールには説明がない。" };
inline constexpr Say rule { "Rule", "ルール" };
inline constexpr Say source { "Source", "出典" };
inline constexpr Say group_counts { "Findings {0} · hosts {1} · traces {2}", "検出 {0} 件・端末 {1} 台・痕跡 {2} 件" };
inline constexpr Say show_traces { "Traces: the first {0} of {1}", "痕跡 {1} 件のうち最初の {0} 件" };
inline constexpr Say cut { "… {0} bytes more; the command above shows them",
    "… ほか {0} バイト。上のコマンドで表示する" };
inline constexpr Say rest { "Show {0} more", "さらに {0} 件を表示" };
inline constexpr Say more { "{0} more:", "ほか {0} 件：" };
inline constexpr Say several_hosts { "several or unknown", "複数または不明" };
inline constexpr Say no_findings { "There are no findings.", "検出事項はない。" };
inline constexpr Say rare_first { "By severity; within it the rarest first, because what fires everywhere says least.",
    "重大度の順。同じ重大度では、まれなものを先に置く。どこでも現れるものは手がかりになりにくいため。" };

inline constexpr Say technique { "Technique", "手口" };
inline constexpr Say highest { "Highest severity", "最高の重大度" };
inline constexpr Say no_techniques { "No finding names a technique.", "手口の付いた検出事項はない。" };

inline constexpr Say chart_findings { "Findings by the time of their first trace", "検出事項（最初の痕跡の日時）" };
inline constexpr Say chart_events { "All events in the logs (height: logarithmic)", "ログの全イベント（高さは対数）" };
inline constexpr Say bin_days { "One bar is {0} days (UTC); from {1} to {2}",
    "棒 1 本は {0} 日（UTC）。{1} から {2} まで" };
inline constexpr Say bin_day { "One bar is one day (UTC); from {1} to {2}",
    "棒 1 本は 1 日（UTC）。{1} から {2} まで" };
inline constexpr Say events_outside { "{0} live events carry a time before 1995 or after this report was written: a "
                                      "wrong clock or tampering. They are not in the chart.",
    "{0} 件のイベントは 1995 "
    "年より前、またはこの報告書より後の日時を持つ。時計の誤りか改ざんである。図には含めていない。" };
inline constexpr Say key_events { "Key events: the first trace of each finding of medium severity and above",
    "主な出来事：中以上の検出事項の最初の痕跡" };
inline constexpr Say no_times { "Nothing in this case carries a time.", "この案件には日時を持つものがない。" };

inline constexpr Say events { "Events", "イベント" };
inline constexpr Say recovered { "Recovered", "復元" };
inline constexpr Say channel { "Log", "ログ" };
inline constexpr Say activity { "Activity", "推移" };
inline constexpr Say logs_count { "{0} logs", "ログ {0} 種" };
inline constexpr Say coverage_text { "An intruder's act outside these spans, or in a log that is not here, cannot be "
                                     "seen and is not cleared by this report.",
    "この期間の外、またはここにないログに残る行為は見えない。この報告書はそれを否定しない。" };
inline constexpr Say gaps { "Gaps of more than three days in Security and System logs",
    "Security・System ログの 3 日を超える空白" };
inline constexpr Say gaps_text {
    "The machine was off, the log was cleared or it overwrote itself: each needs its reason.",
    "停止していたか、ログが消されたか、上書きされたか。それぞれ理由を確かめること。"
};
inline constexpr Say days { "Days", "日数" };
inline constexpr Say from { "From", "開始" };
inline constexpr Say until { "Until", "終了" };
inline constexpr Say no_gaps { "None.", "なし。" };
inline constexpr Say no_events { "The evidence holds no Windows events.", "証拠に Windows のイベントはない。" };

inline constexpr Say remote_logons { "Successful logons over the network", "ネットワーク経由のログオン成功" };
inline constexpr Say failed_logons { "Failed logons", "ログオン失敗" };
inline constexpr Say account { "Account", "アカウント" };
inline constexpr Say from_where { "From", "接続元" };
inline constexpr Say logon_type { "Type", "種別" };
inline constexpr Say none { "None in the logs.", "ログにはない。" };

inline constexpr Say rules_text { "{0} rules and {1} correlations from {2} files were used. {3} could not be used:",
    "{2} 個のファイルから、ルール {0} 件と相関ルール {1} 件を用いた。使えなかったものは {3} 件：" };
inline constexpr Say rules_all { "{0} rules and {1} correlations from {2} files were used; none was refused.",
    "{2} 個のファイルから、ルール {0} 件と相関ルール {1} 件を用いた。拒んだものはない。" };
inline constexpr Say rules_unknown { "No rule set is on record for this case.", "この案件にはルールの記録がない。" };
inline constexpr Say yara_text {
    "YARA: {0} rules of {1} files were used; {2} files could not be used and were skipped.",
    "YARA：{1} 個のファイルからルール {0} 件を用いた。使えずに飛ばしたファイルは {2} 件。"
};
inline constexpr Say yara_all { "YARA: {0} rules of {1} files were used; no file was skipped.",
    "YARA：{1} 個のファイルからルール {0} 件を用いた。飛ばしたファイルはない。" };
inline constexpr Say yara_file { "YARA file", "YARA ファイル" };
inline constexpr Say rules_coverage { "Rules that had no log to look at:", "見るべきログがなかったルール：" };
inline constexpr Say rules_without_log {
    "{0} of {1} rules could not fire: the case holds no events of the logs they look "
    "at. What these rules are for is not ruled out.",
    "ルール {1} 件のうち {0} "
    "件は、対象のログのイベントが案件にないため反応しようがなかった。それらが扱う行為は否定できない。"
};
inline constexpr Say rules_all_saw { "Every rule had events of its logs to look at.",
    "すべてのルールに、見るべきログのイベントがあった。" };
inline constexpr Say sources_count { "By log source ({0})", "ログの種類別（{0} 種）" };
inline constexpr Say log_source { "Log source", "ログの種類" };
inline constexpr Say looked_for { "Looked for", "必要なログ" };
inline constexpr Say rules_count { "Rules", "ルール数" };
inline constexpr Say first_of_them { "The first of them", "その最初のもの" };
inline constexpr Say reason { "Reason", "理由" };
inline constexpr Say file { "File", "ファイル" };
inline constexpr Say detail { "Detail", "詳細" };
inline constexpr Say fingerprint { "Fingerprint of the rule set", "ルール一式の指紋" };

inline constexpr Say number { "No.", "番号" };
inline constexpr Say original_path { "Original path", "元のパス" };
inline constexpr Say size { "Size", "サイズ" };
inline constexpr Say state { "State", "状態" };
inline constexpr Say parent { "in e{0}", "e{0} の中" };
inline constexpr Say duplicate { "same as e{0}", "e{0} と同一" };
inline constexpr Say remarks { "Remarks", "備考" };
inline constexpr Say diagnostics { "Diagnostics by kind", "診断の種類" };
inline constexpr Say what { "What", "対象" };
inline constexpr Say lost { "Lost", "損失" };
inline constexpr Say pieces { "Pieces", "証拠数" };
inline constexpr Say diagnostics_count { "diagnostics: {0}", "診断 {0} 件" };
inline constexpr Say no_evidence { "There is no evidence in this case.", "この案件には証拠がない。" };

inline constexpr Say state_text {
    "What starts, ran, may log on and was done on each host, ranked by the weight of what speaks "
    "for an implant (in nats; no verdict). The hosts with the heaviest items come first.",
    "各端末で自動起動するもの、実行されたもの、ログオンできるもの、行われたことを、攻撃者の設置物であることを示す重み（"
    "nat）の順に並べる。"
    "判定ではない。最も重い項目を持つ端末を先に置く。"
};
inline constexpr Say no_state { "No state of a host was weighed.", "状態を評価した端末はない。" };
inline constexpr Say unknown_host { "of no known machine", "端末が不明" };
inline constexpr Say top_item { "Heaviest item", "最も重い項目" };
inline constexpr Say score { "Score", "スコア" };
inline constexpr Say rank { "Rank", "順位" };
inline constexpr Say item { "Item and what speaks for and against it", "項目と、その根拠" };
inline constexpr Say items_count { "Items: {0} of {1}", "項目：{1} 件のうち {0} 件" };
inline constexpr Say all_terms { "All reasons ({0}) and traces ({1})", "根拠（{0} 件）と痕跡（{1} 件）のすべて" };
inline constexpr Say weight { "Weight", "重み" };
inline constexpr Say reason_trace { "Shown by", "示す痕跡" };
inline constexpr Say starts { "Starts", "起動内容" };
inline constexpr Say place { "Place", "場所" };
inline constexpr Say system { "System", "システム" };
inline constexpr Say installed { "installed {0}", "インストール {0}" };
inline constexpr Say time_zone { "Time zone", "タイムゾーン" };
inline constexpr Say other_names { "Also named", "別名" };
inline constexpr Say domain { "Domain", "ドメイン" };
inline constexpr Say last_shutdown { "Last shutdown", "最後の停止" };
inline constexpr Say recorded { "Recorded", "記録の期間" };
inline constexpr Say handed_over { "Evidence", "証拠" };
inline constexpr Say handed_over_text { "{0} pieces, {1} rows", "{0} 件、{1} 行" };
inline constexpr Say not_there { "Not there", "ないもの" };
inline constexpr Say not_cleared { "What cannot be cleared for want of evidence", "証拠がなく潔白を示せないこと" };
inline constexpr Say accounts { "Accounts: {0}", "アカウント：{0} 件" };
inline constexpr Say account_name { "Account", "アカウント" };
inline constexpr Say logon_count { "Logons", "ログオン回数" };
inline constexpr Say last_logon { "Last logon", "最終ログオン" };
inline constexpr Say password_set { "Password set", "パスワード設定" };
inline constexpr Say account_made { "Name entered", "名前の登録" };
inline constexpr Say disabled { "disabled", "無効" };
inline constexpr Say hidden { "hidden: no entry by name", "隠しアカウント：名前の項目がない" };
inline constexpr Say rid_foreign { "bears another account’s id", "他のアカウントの ID を持つ" };
inline constexpr Say deleted { "deleted", "削除済み" };
inline constexpr Say autostarts { "Autostarts of the registry: {0}; those that Windows puts there last",
    "レジストリの自動起動：{0} 件。Windows 自身のものは最後" };
inline constexpr Say usual { "usual", "標準" };
inline constexpr Say written { "Key written", "キーの書込み" };
inline constexpr Say hosts_less { "Other hosts, with lighter items: {0}", "より軽い項目を持つ他の端末：{0} 台" };
inline constexpr Say class_damaged { "damaged", "破損" };
inline constexpr Say class_truncated { "truncated", "途中まで" };
inline constexpr Say class_unreadable { "not readable", "読取不能" };

struct State {
    std::string_view name;
    Say words;
};
inline constexpr std::array<State, 6> states { {
    { "registered", { "not examined", "未調査" } },
    { "examined", { "examined", "調査済" } },
    { "not_recognised", { "not recognised", "形式不明" } },
    { "duplicate", { "duplicate", "重複" } },
    { "container", { "archive", "書庫" } },
    { "failed", { "not readable", "読取不能" } },
} };

inline constexpr std::array<Say, 7> limits { {
    { "A finding is a machine's claim with the traces it stands on. It is not a judgement: benign causes exist for "
      "most of them.",
        "検出事項は、痕跡に基づく機械の主張である。判断ではない。多くには無害な原因もありうる。" },
    { "Every trace has an address such as e7@0x12a0: evidence number 7, byte offset 0x12a0. “konseki show” with the "
      "address shows the event and its bytes.",
        "痕跡には e7@0x12a0 のような番地がある。証拠番号 7、バイト位置 0x12a0 の意味である。番地を付けて konseki show "
        "を実行すると、イベントとそのバイトを表示する。" },
    { "Times are those the evidence states, in UTC and Japan Standard Time (UTC+9). A wrong or changed clock gives "
      "wrong times.",
        "日時は証拠に記された値であり、UTC "
        "と日本標準時（UTC+9）で示す。時計が誤っていたり変えられていれば、日時も誤る。" },
    { "“Recovered” traces come from slack or free space or from inside other records. They are never mixed into live "
      "counts.",
        "「復元」とした痕跡は、未使用領域や他の記録の内側から得た。現存する記録の件数には混ぜていない。" },
    { "Silence is not innocence: logs roll over, are cleared, or were never switched on. The coverage table says what "
      "could be seen at all.",
        "何も出ないことは潔白を意味しない。ログは上書きされ、消され、もともと無効のこともある。何が見えたかは範囲の表に"
        "ある。" },
    { "Text from the evidence is shown as it is. Characters that could deceive the eye are shown as visible codes such "
      "as \\u{202e}.",
        "証拠の文字列はそのまま示す。目を欺きうる文字は \\u{202e} のように見える符号で示す。" },
    { "Where a table is cut, it says how many rows are missing and which command shows them.",
        "表を途中で切った場合は、残りの件数と、それを表示するコマンドを示す。" },
} };

}

}
