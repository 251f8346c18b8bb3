#include "analysers/yara/watcher.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "rules/yara/match_row.hpp"

namespace konseki::yara {

namespace {

constexpr std::uint32_t seconds_at_least = 300; // below what intake gives the worker for the same file
constexpr std::uint64_t bytes_per_second = 2ULL << 20; // slower than the slowest ordinary file measured
constexpr std::size_t crowded_shown = 20;

std::string joined(std::vector<std::string> const& words)
{
    std::string text;
    for (auto const& word : words)
        append_format(text, "{}{}", text.empty() ? "" : " ", word);
    return text;
}

Symbol symbol(std::string_view text)
{
    return text.empty() ? Symbol {} : Symbol { text };
}

// Turns matches into rows. Views what it is made with.
class RowsOfMatches final : public MatchReceiver {
public:
    RowsOfMatches(EvidenceView const& evidence, TraceSink& sink)
        : m_evidence(evidence)
        , m_sink(sink)
    {
    }

    void on_match(Match const& match) override
    {
        auto const& rule = match.rule;
        auto const tags = joined(rule.tags), attack = joined(rule.attack());
        MatchRow row;
        row.rule = symbol(rule.name);
        row.rule_file = symbol(rule.file);
        row.severity = severity_name(rule.severity());
        row.score = rule.score();
        row.tags = symbol(tags);
        row.attack = symbol(attack);
        row.description = symbol(rule.meta_text("description"));
        row.author = symbol(rule.meta_text("author"));
        row.reference = symbol(rule.meta_text("reference"));
        row.license = symbol(rule.meta_text("license"));
        for (auto const& string : match.strings)
            row.rule_places += string.total;
        if (match.strings.empty())
            m_sink.emit(match_schema, {}, row);
        for (auto const& string : match.strings)
            for (auto const& place : string.first) {
                auto const bytes = slice(m_evidence.bytes, place.offset, place.size_bytes, "yara.match.bytes");
                auto const text = bytes.ok() ? excerpt(bytes.value()) : std::string {};
                row.string_id = symbol(string.id);
                row.text = text;
                row.string_places = string.total;
                m_sink.emit(match_schema, { place.offset, place.size_bytes, false }, row);
            }
    }

private:
    EvidenceView const& m_evidence;
    TraceSink& m_sink;
};

}

ScanWatcher::ScanWatcher(RuleSet const& rules, TraceSink& sink)
    : m_rules(rules)
    , m_sink(sink)
    , m_scanner(rules)
{
}

void ScanWatcher::on_bytes(EvidenceView const& evidence, DiagnosticSink& diagnostics)
{
    ScanLimits limits;
    limits.seconds_max = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(seconds_at_least + evidence.bytes.size() / bytes_per_second, 80'000));
    RowsOfMatches rows { evidence, m_sink };
    auto const outcome = m_scanner.scan(evidence.bytes, Externals::of(evidence.name, evidence.bytes), rows, limits);
    std::string problem;
    if (outcome.failure) {
        diagnostics.report({ *outcome.failure, evidence.bytes.size() });
        problem = to_string(*outcome.failure);
    }
    for (std::size_t index = 0; index < outcome.crowded.size(); ++index) {
        if (index == crowded_shown) {
            append_format(problem, "; and {} more strings", outcome.crowded.size() - index);
            break;
        }
        append_format(problem, "{}too many places of {}", problem.empty() ? "" : "; ", outcome.crowded[index]);
    }
    if (!outcome.crowded.empty()) // a remark: the rules ran, without those strings from there on
        diagnostics.report({ { ErrorCode::limit, "yara.string_places", 0, outcome.crowded.size(), 0, {} }, 0 });
    ScanRow row;
    row.rules = std::string_view(m_rules.fingerprint());
    row.rule_count = m_rules.rule_count();
    row.matched_rules = outcome.matched_rules;
    row.is_whole = !outcome.failure && outcome.crowded.empty();
    if (!problem.empty())
        row.problem = problem;
    m_sink.emit(scan_schema, { 0, evidence.bytes.size(), false }, row); // last: what stands before it is complete
}

}
