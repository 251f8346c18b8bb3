#include "analysers/event_log_tampering/analyser.hpp"
#include "analysers/event_log_tampering/signs.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace konseki::event_log_tampering {

namespace {

constexpr std::size_t because_max = 20;

// What a log file mostly holds: the machine and channel that signs of the file are told about.
struct LogFile {
    std::string host, channel, path;
    bool is_dirty = false;
    bool has_several_hosts = false;
    bool is_export
        = false; // numbered from 1: what an event viewer's filter or wevtutil saved, in the order it was shown
};
using LogFiles = std::map<EvidenceNumber, LogFile>;

struct Pile {
    Finding finding;
    std::vector<TraceId> traces;

    void add(
        TraceId trace, std::string_view schema, Timestamp at, std::vector<std::pair<std::string, std::string>> fields)
    {
        traces.push_back(trace);
        if (at.is_set() && (!finding.first_at.is_set() || at < finding.first_at))
            finding.first_at = at;
        finding.last_at = std::max(finding.last_at, at);
        if (finding.because.size() < because_max)
            finding.because.push_back({ trace, std::string(schema), at, std::move(fields) });
    }

    void write(FindingSink& sink)
    {
        std::sort(traces.begin(), traces.end());
        traces.erase(std::unique(traces.begin(), traces.end()), traces.end());
        finding.analyser = analyser.name;
        finding.because_total = traces.size();
        finding.count = std::max<std::uint64_t>(1, traces.size());
        assign_id(finding);
        sink.add(finding, traces);
    }
};

Words const advice_edited {
    "Keep this file exactly as it is and note its hash: the bytes are the proof. Read the hidden or missing period "
    "from other sources (forwarded logs, shadow copies, domain controllers), and look at who had administrator rights "
    "on this machine then.",
    "このファイルは一切変更せず、ハッシュを控えてください。バイト列そのものが証拠です。隠された、または欠けている期間は"
    "他の記録(転送ログ、シャドウコピー、ドメインコントローラー)で補い、その時点で管理者権限を持っていた者を調べます。"
};
Words const advice_damage {
    "Compare with another copy of the same log (shadow copy, forwarded events). If several logs of the machine show "
    "the same, think of the disk or the copying first, of editing second.",
    "同じログの別の写し(シャドウコピー、転送イベント)"
    "と比較してください。同じ端末の複数のログで発生している場合は、まずディスクやコピー方法、次に改変を疑います。"
};
Words const advice_none { "Nothing to do by itself; read the other findings about this log with this in mind.",
    "単独では対応不要です。このログに関する他の所見を読む際に考慮してください。" };

Result<LogFiles> read_files(AnalyserInputs const& inputs)
{
    LogFiles files;
    auto rows = TRY(inputs.store.query(
        R"(SELECT evidence, computer, channel, count(*) AS events,
            min(record_id) AS first_id FROM windows_event WHERE NOT recovered
        GROUP BY evidence, computer, channel ORDER BY evidence, events DESC, computer, channel)",
        {}, inputs.stop));
    while (rows.next()) {
        auto const evidence = static_cast<EvidenceNumber>(rows.unsigned_integer(0));
        auto const [place, is_new] = files.try_emplace(evidence);
        auto& file = place->second;
        if (is_new) {
            file.host = rows.text(1);
            file.channel = rows.text(2);
        } else {
            file.has_several_hosts |= !equals_ignoring_case(file.host, rows.text(1));
        }
        file.is_export |= rows.unsigned_integer(4) == 1;
    }
    TRY(rows.status());
    auto headers
        = TRY(inputs.store.query(R"(SELECT f.evidence, f.is_dirty, e.original_path FROM windows_event_log_file f
        LEFT JOIN evidence e ON e.number = f.evidence ORDER BY f.evidence, f."offset")",
            {}, inputs.stop));
    while (headers.next()) {
        auto& file = files[static_cast<EvidenceNumber>(headers.unsigned_integer(0))];
        file.is_dirty = headers.boolean(1);
        file.path = headers.text(2);
    }
    TRY(headers.status());
    return files;
}

LogFile const& file_of(LogFiles const& files, EvidenceNumber evidence)
{
    static LogFile const unknown;
    auto const place = files.find(evidence);
    return place == files.end() ? unknown : place->second;
}

// One finding per kind, host and state of the log: a machine with fifty dirty logs is one line.
Result<void> weigh_signs(AnalyserInputs const& inputs, LogFiles const& files, FindingSink& sink)
{
    auto rows
        = TRY(inputs.store.query(R"(SELECT evidence, "offset", kind, record_id, written_at, expected, found, detail
        FROM windows_event_log_sign ORDER BY kind, evidence, "offset")",
            {}, inputs.stop));
    std::map<std::tuple<std::string, std::string, bool, bool>, Pile> piles; // kind, host, is_dirty, a reversed export
    while (rows.next()) {
        auto const* meaning = find_meaning(rows.text(2));
        auto const evidence = static_cast<EvidenceNumber>(rows.unsigned_integer(0));
        auto const& file = file_of(files, evidence);
        if (meaning == nullptr
            || (meaning->only_for == OnlyFor::own_numbering
                && (file.has_several_hosts || file.channel == "ForwardedEvents")))
            continue;
        auto const is_reversed = meaning->kind == "time_backwards" && file.is_export && !file.is_dirty;
        auto& pile = piles[{ std::string(meaning->kind), file.host, file.is_dirty, is_reversed }];
        std::vector<std::pair<std::string, std::string>> fields { { "log", file.path }, { "channel", file.channel } };
        if (!rows.is_null(3))
            fields.emplace_back("record_id", std::string(rows.text(3)));
        if (rows.unsigned_integer(5) != 0 || rows.unsigned_integer(6) != 0) {
            fields.emplace_back("expected", std::string(rows.text(5)));
            fields.emplace_back("found", std::string(rows.text(6)));
        }
        fields.emplace_back("detail", std::string(rows.text(7)));
        pile.add({ evidence, rows.unsigned_integer(1) }, "windows.event_log.sign", rows.time(4), std::move(fields));
    }
    TRY(rows.status());
    for (auto const& meaning : sign_meanings()) {
        for (auto& [key, pile] : piles) {
            if (std::get<0>(key) != meaning.kind)
                continue;
            auto const is_dirty = std::get<2>(key);
            auto& finding = pile.finding;
            finding.rule
                = format("event-log.{}{}", meaning.kind, is_dirty && meaning.kind != "file_dirty" ? ".open" : "");
            finding.title = { std::string(meaning.title), std::string(meaning.title_ja) };
            finding.severity = is_dirty ? meaning.severity_dirty : meaning.severity;
            finding.explanation = { std::string(meaning.explanation), std::string(meaning.explanation_ja) };
            if (is_dirty && meaning.kind != "file_dirty") {
                finding.explanation.en
                    += " The log was copied while it was open, which by itself explains many such signs.";
                finding.explanation.ja
                    += "このログは開かれた状態でコピーされており、それだけで説明できる場合が多くあります。";
            }
            if (std::get<3>(key)) {
                finding.rule += ".export";
                finding.severity = Severity::informational;
                finding.explanation.en
                    += " These logs are exports, numbered from 1: an export saves events in the order they were shown.";
                finding.explanation.ja
                    += "これらのログは 1 "
                       "から番号が付いたエクスポートで、表示順に保存されるため時刻が前後することがあります。";
            }
            finding.host = std::get<1>(key);
            if (finding.severity >= Severity::medium)
                finding.attack = { "T1070.001", "T1685.005" };
            finding.advice = meaning.kind == "record_hidden" || meaning.kind == "record_id_gap" ? advice_edited
                : finding.severity == Severity::informational                                   ? advice_none
                                                                                                : advice_damage;
            pile.write(sink);
        }
    }
    return {};
}

// Consecutive record numbers of one channel of one machine, from one chunk.
struct Stretch {
    std::uint64_t first_id = 0, last_id = 0;
    Timestamp first_at, last_at;
    TraceId trace;
};

void write_gaps(std::string const& host, std::string const& channel, std::vector<Stretch>& stretches,
    LogFiles const& files, FindingSink& sink)
{
    std::sort(stretches.begin(), stretches.end(), [](Stretch const& a, Stretch const& b) {
        return std::tie(a.first_id, a.last_id, a.trace) < std::tie(b.first_id, b.last_id, b.trace);
    });
    Pile within, between;
    std::uint64_t missing_within = 0;
    std::uint64_t missing_between = 0;
    auto const* before = stretches.data();
    for (auto const& next : stretches) {
        // Exports are numbered anew: numbers that go up while time goes down belong to different histories.
        if (next.first_id > before->last_id + 1 && next.first_at >= before->last_at) {
            auto const is_within = before->trace.evidence == next.trace.evidence;
            auto const missing = next.first_id - before->last_id - 1;
            (is_within ? missing_within : missing_between) += missing;
            (is_within ? within : between)
                .add(next.trace, "windows.event_log.chunk", before->last_at,
                    { { "log", file_of(files, next.trace.evidence).path }, { "channel", channel },
                        { "last_id_before", std::to_string(before->last_id) },
                        { "first_id_after", std::to_string(next.first_id) },
                        { "missing_records", std::to_string(missing) },
                        { "last_at_before", to_string(before->last_at) },
                        { "first_at_after", to_string(next.first_at) } });
            (is_within ? within : between).finding.last_at = next.first_at;
        }
        if (next.last_id > before->last_id)
            before = &next;
    }
    auto write = [&](Pile& pile, std::uint64_t missing, bool is_within) {
        if (pile.traces.empty())
            return;
        auto& finding = pile.finding;
        finding.rule = format("event-log.{}:{}", is_within ? "gap-between-chunks" : "gap-between-files", channel);
        finding.title = is_within ? Words { format("Records are missing inside the log {}", channel),
            format("ログ {} の内部でレコードが欠落", channel) }
                                  : Words { format("Records are missing between the copies of the log {}", channel),
                                        format("ログ {} の複数の写しの間でレコードが欠落", channel) };
        auto const is_open = std::all_of(pile.traces.begin(), pile.traces.end(),
            [&](TraceId trace) { return file_of(files, trace.evidence).is_dirty; });
        finding.severity = !is_within ? Severity::informational : is_open ? Severity::low : Severity::medium;
        finding.explanation = is_within
            ? Words { format("{} record numbers are missing between parts of one file, although Windows writes them "
                             "without gaps. Parts of the log were removed, overwritten or could not be read.",
                          grouped(missing)),
                  format("一つのファイルの内部で {} 件のレコード番号が欠けています。Windows "
                         "は欠番なく書き込むため、ログの一部が削除、上書き、または読み取り不能になっています。",
                      grouped(missing)) }
            : Words { format("Between the files that were handed over, {} record numbers are missing. Usually they "
                             "were overwritten before the copy was made; this time cannot be cleared by this log.",
                          grouped(missing)),
                  format("受領したファイルの間で {} "
                         "件のレコード番号が欠けています。通常はコピー前の上書きによるもので、この期間はこのログでは確"
                         "認できません。",
                      grouped(missing)) };
        finding.advice = is_within
            ? advice_edited
            : Words { "Ask for older copies: archived logs, shadow copies, backups, the log collector.",
                  "古い写し(アーカイブ、シャドウコピー、バックアップ、ログ収集サーバー)を求めてください。" };
        if (is_within)
            finding.attack = { "T1070.001", "T1685.005" };
        finding.host = host;
        pile.write(sink);
    };
    write(within, missing_within, true);
    write(between, missing_between, false);
}

Result<void> find_gaps(AnalyserInputs const& inputs, LogFiles const& files, FindingSink& sink)
{
    auto rows = TRY(inputs.store.query(
        R"(SELECT evidence, "offset", channel, first_id, last_id, first_at, last_at FROM windows_event_log_chunk
        WHERE live_count > 0 AND first_id > 0 AND last_id >= first_id ORDER BY evidence, "offset")",
        {}, inputs.stop));
    std::map<std::pair<std::string, std::string>, std::vector<Stretch>> stretches;
    while (rows.next()) {
        auto const evidence = static_cast<EvidenceNumber>(rows.unsigned_integer(0));
        auto const& file = file_of(files, evidence);
        if (file.has_several_hosts || file.channel == "ForwardedEvents")
            continue;
        stretches[{ file.host, std::string(rows.text(2)) }].push_back({ rows.unsigned_integer(3),
            rows.unsigned_integer(4), rows.time(5), rows.time(6), { evidence, rows.unsigned_integer(1) } });
    }
    TRY(rows.status());
    for (auto& [key, list] : stretches)
        write_gaps(key.first, key.second, list, files, sink);
    return {};
}

// Records in slack or free space from before the log was cleared, which the live log does not have any more.
Result<void> find_survivors(AnalyserInputs const& inputs, FindingSink& sink)
{
    auto rows = TRY(inputs.store.query(R"(
        WITH cleared AS (
            SELECT lower(computer) AS host, 'Security' AS channel, max(written_at) AS cleared_at FROM windows_event
                WHERE event_id = 1102 AND provider = 'Microsoft-Windows-Eventlog' GROUP BY 1, 2
            UNION ALL
            SELECT lower(computer), log, max(written_at) FROM windows_log_cleared WHERE kind = 'cleared' AND event_id = 104 AND log IS NOT NULL GROUP BY 1, 2),
        candidate AS (SELECT r.computer, r.channel, r.evidence, r."offset", r.written_at, r.event_id, r.record_id, c.cleared_at, r.how, c.host
            FROM windows_event r JOIN cleared c ON lower(r.computer) = c.host AND r.channel = c.channel
            WHERE r.recovered AND r.written_at < c.cleared_at),
        live AS (SELECT DISTINCT lower(w.computer) AS host, w.channel, w.record_id, w.written_at FROM windows_event w
            SEMI JOIN candidate c ON c.record_id = w.record_id AND c.written_at = w.written_at WHERE NOT w.recovered)
        SELECT r.computer, r.channel, r.evidence, r."offset", r.written_at, r.event_id, r.record_id, r.cleared_at, r.how
        FROM candidate r ANTI JOIN live l ON l.host = r.host AND l.channel = r.channel AND l.record_id = r.record_id AND l.written_at = r.written_at
        ORDER BY lower(r.computer), r.channel, r.written_at, r.evidence, r."offset")",
        {}, inputs.stop));
    std::map<std::pair<std::string, std::string>, Pile> piles;
    while (rows.next()) {
        auto& pile = piles[{ ascii_lower(rows.text(0)), std::string(rows.text(1)) }];
        if (pile.traces.empty()) {
            pile.finding.host = rows.text(0);
            pile.finding.explanation.en = to_string(rows.time(7));
        }
        pile.add(rows.trace(2), "windows.event", rows.time(4),
            { { "event_id", std::string(rows.text(5)) }, { "record_id", std::string(rows.text(6)) },
                { "how", std::string(rows.text(8)) } });
    }
    TRY(rows.status());
    for (auto& [key, pile] : piles) {
        auto& finding = pile.finding;
        auto const cleared_at = finding.explanation.en;
        finding.rule = format("event-log.survivors:{}", key.second);
        finding.severity = Severity::high;
        finding.attack = { "T1070.001", "T1685.005" };
        finding.title = { format("Records from before the log {} was cleared were recovered", key.second),
            format("ログ {} の消去前のレコードを復元", key.second) };
        finding.explanation = {
            format("The log was last cleared at {}. {} records from before survive in unused space of the files and "
                   "are no longer in the live log. This is what somebody wanted to be gone.",
                cleared_at, grouped(pile.traces.size())),
            format("ログは {} に最後に消去されました。それ以前の {} "
                   "件のレコードがファイルの未使用領域に残っており、現在のログにはありません。隠そうとされた内容です。",
                cleared_at, grouped(pile.traces.size()))
        };
        finding.advice = { "Read these records first. Rules were run over them as well; findings that stand on "
                           "recovered records say so.",
            "まずこれらのレコードを確認してください。ルールは復元レコードにも適用済みで、該当する所見にはその旨が示され"
            "ています。" };
        pile.write(sink);
    }
    return {};
}

// 1100 is written at every shutdown; without a shutdown around it somebody stopped the service.
Result<void> find_stops(AnalyserInputs const& inputs, FindingSink& sink)
{
    auto rows = TRY(inputs.store.query(R"(
        WITH system AS (SELECT lower(computer) AS host, min(written_at) AS first_at, max(written_at) AS last_at FROM windows_event
            WHERE channel = 'System' AND NOT recovered GROUP BY 1)
        SELECT s.computer, s.evidence, s."offset", s.written_at FROM windows_event s JOIN system y ON y.host = lower(s.computer)
        WHERE s.event_id = 1100 AND s.provider = 'Microsoft-Windows-Eventlog' AND s.written_at BETWEEN y.first_at AND y.last_at
            AND NOT EXISTS (SELECT 1 FROM windows_event e WHERE e.channel = 'System' AND lower(e.computer) = lower(s.computer)
                AND e.written_at BETWEEN s.written_at - INTERVAL 10 MINUTE AND s.written_at + INTERVAL 10 MINUTE
                AND ((e.event_id IN (6006, 6005, 6008, 1074, 1076) AND e.provider IN ('EventLog', 'USER32', 'User32'))
                    OR (e.event_id IN (12, 13, 41, 109) AND e.provider LIKE 'Microsoft-Windows-Kernel%')))
        ORDER BY lower(s.computer), s.written_at, s.evidence, s."offset")",
        {}, inputs.stop));
    std::map<std::string, Pile> piles;
    while (rows.next()) {
        auto& pile = piles[ascii_lower(rows.text(0))];
        pile.finding.host = rows.text(0);
        pile.add(rows.trace(1), "windows.event", rows.time(3), { { "EventID", "1100" } });
    }
    TRY(rows.status());
    for (auto& [host, pile] : piles) {
        auto& finding = pile.finding;
        finding.rule = "event-log.stopped-without-shutdown";
        finding.severity = Severity::medium;
        finding.attack = { "T1562.002", "T1685.001" };
        finding.title
            = { "Event logging stopped although the machine did not", "端末の停止を伴わないイベントログの停止" };
        finding.explanation = { "The event log service stopped (1100), but the System log, which covers this time, "
                                "shows no shutdown or start within ten minutes.",
            "イベントログサービスが停止しました(1100)"
            "が、この期間を含むシステムログには前後十分間に終了や起動の記録がありません。" };
        finding.advice = {
            "Look at what ran on this machine while nothing was recorded: file system, prefetch, EDR, network logs.",
            "記録がない間に何が動いていたかを、ファイルシステム、プリフェッチ、EDR、通信記録で調べてください。"
        };
        pile.write(sink);
    }
    return {};
}

Result<void> run(AnalyserInputs const& inputs, FindingSink& findings)
{
    auto const files = TRY(read_files(inputs));
    TRY(weigh_signs(inputs, files, findings));
    TRY(find_gaps(inputs, files, findings));
    TRY(find_survivors(inputs, findings));
    TRY(find_stops(inputs, findings));
    return {};
}

constexpr std::array<std::string_view, 5> needs { "windows.event", "windows.event_log.sign", "windows.event_log.file",
    "windows.event_log.chunk", "windows.log_cleared" };

}

Analyser const analyser {
    .name = "event_log_tampering",
    .title = "Event logs that were edited, cleared, stopped or damaged",
    .version = 1,
    .needs = needs,
    .run = run,
};

}
