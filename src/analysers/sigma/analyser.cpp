#include "analysers/sigma/analyser.hpp"
#include "analysers/advice/advice.hpp"
#include "analysers/sigma/match_json.hpp"
#include "base/text.hpp"
#include "rules/sigma/correlation.hpp"
#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

namespace konseki::sigma {

namespace {

constexpr std::size_t because_max = 20; // shown in the finding; the store has all traces
constexpr std::size_t shown_value_bytes_max = 300;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// One row of sigma.match with the record number of its event.
struct Match {
    std::uint32_t rule = 0;
    Timestamp at;
    TraceId trace;
    std::string_view computer, channel, fields, group, schema;
    std::uint64_t record_id = 0;
    std::uint64_t event_id = 0;
    bool is_recovered = false;
};

// The same event in two copies of a log (shadow copies, exports) is one event with two traces.
struct EventKey {
    std::string channel;
    std::uint64_t record_id = 0;
    std::uint64_t event_id = 0;
    friend bool operator==(EventKey const&, EventKey const&) = default;
};

struct Folded {
    std::string host;
    Timestamp first_at, last_at;
    std::uint64_t count = 0;
    std::uint64_t recovered_count = 0;
    std::vector<Because> because;
    std::vector<TraceId> traces;
    std::vector<EventKey> newest; // events at last_at
};

std::string shown(std::string_view value)
{
    if (value.size() <= shown_value_bytes_max)
        return std::string(value);
    auto size = shown_value_bytes_max;
    while (size > 0 && (static_cast<unsigned char>(value[size]) & 0xc0U) == 0x80U)
        --size;
    return std::string(value.substr(0, size)) + "…";
}

std::string fields_text(Pairs const& fields)
{
    std::string text;
    for (auto const& [name, value] : fields)
        append_format(text, "{}{} = {}", text.empty() ? "" : "; ", name, shown(value));
    return text;
}

Words title_of(RuleHead const& head)
{
    return { head.title_words.en.empty() ? head.title : head.title_words.en, head.title_words.ja };
}

Words explanation_of(RuleHead const& head)
{
    if (!head.explanation.en.empty())
        return head.explanation;
    return { head.description.empty() ? head.title : std::string(trim(head.description)), head.explanation.ja };
}

std::string source_of(RuleHead const& head)
{
    std::string text = head.path;
    if (!head.author.empty())
        append_format(text, ", {}", head.author);
    if (!head.license.empty())
        append_format(text, ", {}", head.license);
    return text;
}

Finding finding_from(RuleHead const& head)
{
    Finding finding;
    finding.analyser = analyser.name;
    finding.rule = head.id.empty() ? head.title : head.id;
    finding.title = title_of(head);
    finding.severity = head.level;
    finding.attack = head.attack;
    finding.explanation = explanation_of(head);
    finding.advice = head.advice.en.empty() ? advice::for_techniques(head.attack, head.tags) : head.advice;
    finding.source = source_of(head);
    return finding;
}

// The Japanese text follows the English one only where it exists: a half-translated sentence helps nobody.
void append_words(Words& words, std::string const& en, std::string const& ja)
{
    words.en += en;
    if (!words.ja.empty())
        words.ja += ja;
}

void append_false_positives(Words& words, RuleHead const& head)
{
    std::string known;
    for (auto const& text : head.falsepositives)
        if (!equals_ignoring_case(text, "unknown") && !equals_ignoring_case(text, "none")
            && !equals_ignoring_case(text, "unlikely"))
            append_format(known, "{}{}", known.empty() ? "" : "; ", text);
    if (!known.empty())
        append_words(words, format(" Known harmless causes: {}.", known), format(" 無害な原因の例: {}。", known));
}

class Folder {
public:
    Folder(AnalyserInputs const& inputs, FindingSink& sink)
        : m_inputs(inputs)
        , m_sink(sink)
        , m_rules(inputs.sigma_rules)
        , m_engine(m_rules.correlations(), m_rules.rules(), inputs.limits)
    {
        for (std::uint32_t i = 0; i < m_rules.rules().size(); ++i) {
            auto const& rule = m_rules.rules()[i];
            m_by_name.try_emplace(rule.id.empty() ? rule.title : rule.id, i);
        }
    }

    Result<void> run()
    {
        TRY(read_matches());
        emit_folded();
        TRY(emit_correlations());
        return {};
    }

private:
    Result<void> read_matches();
    void take(Match const& match);
    void emit_folded();
    Result<void> emit_correlations();
    Result<std::map<TraceId, Because>> describe(std::vector<CorrelationHit> const& hits) const;
    void emit_limit(CorrelationOutcome const& outcome);

    AnalyserInputs const& m_inputs;
    FindingSink& m_sink;
    RuleSet const& m_rules;
    CorrelationEngine m_engine;
    std::unordered_map<std::string, std::uint32_t> m_by_name;
    std::map<std::pair<std::uint32_t, std::string>, Folded> m_folded; // rule, host in lower case
    std::string m_last_rule; // rows of one rule often follow each other
    std::uint32_t m_last_index = 0;
};

// Which table the event behind a match stands in: m is the match, v its evidence.
constexpr std::string_view schema_sql = R"(CASE WHEN m.channel = 'linux/auditd' THEN 'linux.audit_record'
    WHEN m.channel IN ('linux/process_creation', 'linux/file_event', 'linux/network_connection')
        THEN 'linux.audit_event'
    WHEN m.channel LIKE 'linux/%' AND v.parser = 'linux_journal' THEN 'linux.journal_entry'
    WHEN m.channel LIKE 'linux/%' THEN 'linux.log_line' ELSE 'windows.event' END)";

Result<void> Folder::read_matches()
{
    auto rows = TRY(m_inputs.store.query(
        format(R"(SELECT m.rule, m.written_at, m.evidence, m."offset", coalesce(nullif(m.computer, ''), h.host),
                m.channel, m.fields, m."group", e.record_id,
                m.event_id, m.recovered, {}
           FROM sigma_match m LEFT JOIN windows_event e ON e.evidence = m.evidence AND e."offset" = m."offset"
           LEFT JOIN evidence v ON v.number = m.evidence
           LEFT JOIN host_evidence h ON h.evidence = m.evidence AND m.channel LIKE 'linux/%'
               AND coalesce(m.computer, '') = ''
           ORDER BY m.written_at, m.evidence, m."offset", m.rule, h.number)",
            schema_sql),
        {}, m_inputs.stop));
    while (rows.next()) {
        auto const name = rows.text(0);
        if (m_last_rule != name || m_last_rule.empty()) {
            auto const place = m_by_name.find(std::string(name));
            if (place == m_by_name.end())
                continue; // examined with other rules than are loaded now; `examine` runs the rules again when they
                          // change
            m_last_rule = name;
            m_last_index = place->second;
        }
        Match match;
        match.rule = m_last_index;
        match.at = rows.time(1);
        match.trace = rows.trace(2);
        std::string const computer(rows.text(4)), channel(rows.text(5)), fields(rows.text(6)), group(rows.text(7)),
            schema(rows.text(11));
        match.computer = computer;
        match.channel = channel;
        match.fields = fields;
        match.group = group;
        match.schema = schema;
        match.record_id = rows.unsigned_integer(8);
        match.event_id = rows.unsigned_integer(9);
        match.is_recovered = rows.boolean(10);
        take(match);
    }
    return rows.status();
}

void Folder::take(Match const& match)
{
    auto& folded = m_folded[{ match.rule, ascii_lower(match.computer) }];
    if (folded.traces.empty()) {
        folded.host = match.computer;
        folded.first_at = match.at;
    }
    if (match.at != folded.last_at)
        folded.newest.clear();
    folded.last_at = std::max(folded.last_at, match.at); // events without a time come last
    folded.traces.push_back(match.trace);
    EventKey key { std::string(match.channel), match.record_id, match.event_id };
    if (match.record_id != 0 && std::find(folded.newest.begin(), folded.newest.end(), key) != folded.newest.end())
        return;
    folded.newest.push_back(std::move(key));
    ++folded.count;
    folded.recovered_count += match.is_recovered ? 1 : 0;
    if (folded.because.size() < because_max && !m_rules.rules()[match.rule].is_silent)
        folded.because.push_back({ match.trace, std::string(match.schema), match.at, read_pairs(match.fields) });
    if (match.at.is_set())
        m_engine.add({ match.rule, match.at, match.trace, match.computer, read_pairs(match.group) });
}

void Folder::emit_folded()
{
    for (auto const& [key, folded] : m_folded) {
        auto const& rule = m_rules.rules()[key.first];
        if (rule.is_silent)
            continue; // only a part of correlations: its rows stay in sigma_match
        auto finding = finding_from(rule);
        finding.host = folded.host;
        finding.first_at = folded.first_at;
        finding.last_at = folded.last_at;
        finding.count = folded.count;
        finding.because_total = folded.traces.size();
        finding.because = folded.because;
        if (!folded.because.empty()) {
            auto const text = fields_text(folded.because.front().fields);
            if (!text.empty())
                append_words(finding.explanation,
                    format(" {}: {}.", folded.count > 1 ? "In the first event" : "What matched", text),
                    format(" {}: {}", folded.count > 1 ? "最初のイベントの該当項目" : "該当項目", text));
        }
        if (folded.recovered_count > 0)
            append_words(finding.explanation,
                format(" {} of the events were recovered from deleted or unused space.", folded.recovered_count),
                format(" うち {} 件は削除済みまたは未使用の領域から復元したものです。", folded.recovered_count));
        append_false_positives(finding.explanation, rule);
        assign_id(finding);
        m_sink.add(finding, folded.traces);
    }
}

// The matches behind the first traces of each hit, for Finding::because.
Result<std::map<TraceId, Because>> Folder::describe(std::vector<CorrelationHit> const& hits) const
{
    std::map<TraceId, Because> wanted;
    std::uint32_t evidence_first = 0xffff'ffff;
    std::uint32_t evidence_last = 0;
    for (auto const& hit : hits)
        for (std::size_t i = 0; i < std::min(because_max, hit.traces.size()); ++i) {
            wanted[hit.traces[i]] = { hit.traces[i], "windows.event", {}, {} };
            evidence_first = std::min(evidence_first, hit.traces[i].evidence);
            evidence_last = std::max(evidence_last, hit.traces[i].evidence);
        }
    if (wanted.empty())
        return wanted;
    std::array<store::Parameter, 2> const range { std::uint64_t { evidence_first }, std::uint64_t { evidence_last } };
    auto rows = TRY(m_inputs.store.query(
        format(R"(SELECT m.evidence, m."offset", m.written_at, m.fields, m."group", {} FROM sigma_match m
           LEFT JOIN evidence v ON v.number = m.evidence
           WHERE m.evidence BETWEEN ? AND ? ORDER BY m.evidence, m."offset", m.rule)",
            schema_sql),
        range, m_inputs.stop));
    while (rows.next()) {
        auto const place = wanted.find(rows.trace(0));
        if (place == wanted.end())
            continue;
        place->second.at = rows.time(2);
        place->second.schema = rows.text(5);
        for (std::size_t const column : { 4U, 3U })
            for (auto& pair : read_pairs(rows.text(column)))
                if (std::find(place->second.fields.begin(), place->second.fields.end(), pair)
                    == place->second.fields.end())
                    place->second.fields.push_back(std::move(pair));
    }
    TRY(rows.status());
    return wanted;
}

Result<void> Folder::emit_correlations()
{
    auto const outcome = m_engine.finish();
    auto const described = TRY(describe(outcome.hits));
    // Hits of one group on one host are one finding with a count.
    std::map<std::tuple<std::uint32_t, std::string, Pairs>, std::vector<CorrelationHit const*>> groups;
    for (auto const& hit : outcome.hits)
        if (!m_rules.correlations()[hit.correlation].is_silent)
            groups[{ hit.correlation, hit.host, hit.group }].push_back(&hit);
    for (auto const& [key, hits] : groups) {
        auto finding = finding_from(m_rules.correlations()[std::get<0>(key)]);
        finding.host = std::get<1>(key);
        finding.count = hits.size();
        finding.first_at = hits.front()->first_at;
        std::vector<TraceId> traces;
        std::uint64_t total = 0;
        double measured = 0;
        for (auto const* hit : hits) {
            finding.last_at = std::max(finding.last_at, hit->last_at);
            traces.insert(traces.end(), hit->traces.begin(), hit->traces.end());
            total += hit->trace_total;
            measured = std::max(measured, hit->measured);
        }
        std::sort(traces.begin(), traces.end());
        traces.erase(std::unique(traces.begin(), traces.end()), traces.end());
        finding.because_total = total;
        for (auto const& trace : hits.front()->traces) {
            auto const place = described.find(trace);
            if (place == described.end() || finding.because.size() >= because_max)
                break;
            finding.because.push_back(place->second);
        }
        std::stable_sort(finding.because.begin(), finding.because.end(),
            [](Because const& a, Because const& b) { return a.at < b.at; });
        auto const group = fields_text(std::get<2>(key));
        append_words(finding.explanation,
            format(
                " {} events contribute (largest value {:g}){}{}.", total, measured, group.empty() ? "" : "; ", group),
            format(" 関係するイベントは {} 件(最大値 {:g}){}{}。", total, measured, group.empty() ? "" : "、", group));
        if (traces.size() < total)
            append_words(finding.explanation,
                format(" The first {} are listed; all are in the table sigma_match.", traces.size()),
                format(" 最初の {} 件を示します。すべては表 sigma_match にあります。", traces.size()));
        append_false_positives(finding.explanation, m_rules.correlations()[std::get<0>(key)]);
        assign_id(finding);
        m_sink.add(finding, traces);
    }
    if (outcome.groups_dropped > 0)
        emit_limit(outcome);
    return {};
}

void Folder::emit_limit(CorrelationOutcome const& outcome)
{
    Finding finding;
    finding.analyser = analyser.name;
    finding.rule = "konseki.correlation-limit";
    finding.title = { "Correlation rules could not remember everything", "相関ルールの記憶上限に達した" };
    finding.explanation = { format("The correlation rules needed more than {} and gave up the {} groups that had been "
                                   "silent for longest, first at {}. "
                                   "Correlations over long times may be incomplete.",
                                size_text(m_inputs.limits.correlation_state_bytes_max), grouped(outcome.groups_dropped),
                                to_string(outcome.dropped_first_at)),
        format("相関ルールの状態が {} を超えたため、最も長く動きのなかった {} グループを破棄しました(最初は "
               "{})。長時間にわたる相関は不完全な可能性があります。",
            size_text(m_inputs.limits.correlation_state_bytes_max), grouped(outcome.groups_dropped),
            to_string(outcome.dropped_first_at)) };
    finding.advice = { "Examine parts of the evidence on their own, or narrow the rules' group-by and timespan.",
        "証拠を分けて調べるか、ルールの group-by と timespan を絞ってください。" };
    finding.first_at = finding.last_at = outcome.dropped_first_at;
    assign_id(finding);
    m_sink.add(finding, {});
}

Result<void> run(AnalyserInputs const& inputs, FindingSink& findings)
{
    return Folder(inputs, findings).run();
}

constexpr std::array<std::string_view, 2> needs { "sigma.match", "windows.event" };

}

Analyser const analyser {
    .name = "sigma",
    .title = "Sigma rules and their correlations",
    .version = 1,
    .needs = needs,
    .run = run,
};

}
