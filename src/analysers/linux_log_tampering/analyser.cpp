#include "analysers/linux_log_tampering/analyser.hpp"
#include "analysers/linux_log_tampering/checks.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <map>

namespace konseki::linux_log_tampering {

namespace {

constexpr std::size_t because_max = 20, value_bytes_max = 512;
constexpr std::size_t fixed_columns = 5; // host, evidence, offset, at, is_weak

struct Pile {
    Finding finding;
    std::vector<TraceId> traces;
};

void fill(Finding& finding, Check const& check, std::string const& host, bool is_weak)
{
    finding.analyser = analyser.name;
    finding.rule = format("{}{}", check.rule, is_weak && !check.note_weak.empty() ? ".weak" : "");
    finding.severity = is_weak ? check.severity_weak : check.severity;
    finding.host = host;
    finding.title = { std::string(check.title), std::string(check.title_ja) };
    finding.explanation = { std::string(check.explanation), std::string(check.explanation_ja) };
    if (is_weak) {
        finding.explanation.en += check.note_weak;
        finding.explanation.ja += check.note_weak_ja;
    }
    finding.advice = { std::string(check.advice), std::string(check.advice_ja) };
    if (!check.attack.empty() && finding.severity >= Severity::low)
        finding.attack = { std::string(check.attack) };
}

void add(Pile& pile, Check const& check, store::Rows const& rows)
{
    auto& finding = pile.finding;
    auto const trace = rows.trace(1);
    auto const at = rows.time(3);
    pile.traces.push_back(trace);
    if (at.is_set() && (!finding.first_at.is_set() || at < finding.first_at))
        finding.first_at = at;
    finding.last_at = std::max(finding.last_at, at);
    if (finding.because.size() >= because_max)
        return;
    Because because { trace, std::string(check.schema.empty() ? "evidence" : check.schema), at, {} };
    for (std::size_t column = fixed_columns; column < rows.columns().size(); ++column) {
        if (!rows.is_null(column))
            because.fields.emplace_back(
                rows.columns()[column].name, std::string(rows.text(column).substr(0, value_bytes_max)));
    }
    finding.because.push_back(std::move(because));
}

bool can_run(AnalyserInputs const& inputs, Check const& check)
{
    auto schemas = split(check.needs, ' ');
    schemas.push_back(check.schema);
    std::erase(schemas, std::string_view());
    auto const& store = inputs.store;
    bool const is_about_rows = schemas.empty()
        || std::ranges::any_of(schemas, [&](auto name) { return store.has_rows(name); }); // else it costs its plan only
    return is_about_rows && std::ranges::all_of(schemas, [&](auto name) { return store.has_schema(name); });
}

Result<void> run(AnalyserInputs const& inputs, Check const& check, FindingSink& findings)
{
    if (!can_run(inputs, check))
        return {};
    auto const statement = format("{}{}{}", check.sql.first, check.sql.second, check.sql.third);
    auto rows = TRY(inputs.store.query(statement, {}, inputs.stop));
    std::map<std::pair<std::string, bool>, Pile> piles; // by host
    while (rows.next()) {
        auto const is_weak = rows.boolean(4);
        auto const [place, is_new] = piles.try_emplace({ std::string(rows.text(0)), is_weak });
        if (is_new)
            fill(place->second.finding, check, place->first.first, is_weak);
        add(place->second, check, rows);
    }
    TRY(rows.status());
    for (auto& [key, pile] : piles) {
        auto& traces = pile.traces;
        std::sort(traces.begin(), traces.end());
        traces.erase(std::unique(traces.begin(), traces.end()), traces.end());
        pile.finding.because_total = traces.size();
        pile.finding.count = std::max<std::uint64_t>(1, traces.size());
        assign_id(pile.finding);
        findings.add(pile.finding, traces);
    }
    return {};
}

Result<void> run(AnalyserInputs const& inputs, FindingSink& findings)
{
    for (auto const checks : { login_checks(), journal_checks(), other_checks() }) {
        for (auto const& check : checks)
            TRY(run(inputs, check, findings));
    }
    return {};
}

constexpr std::array<std::string_view, 13> needs { "linux.login", "linux.login_file", "linux.journal_entry",
    "linux.journal_file", "linux.journal_sign", "linux.log_line", "linux.authentication", "linux.audit_record",
    "linux.audit_event", "linux.shell_history", "linux.file", "linux.account", "linux.autostart" };

}

Analyser const analyser {
    .name = "linux_log_tampering",
    .title = "Logs of Linux that were edited, emptied, stopped or kept from being written",
    .version = 3,
    .needs = needs,
    .run = run,
};

}
