#include "base/text.hpp"
#include "report/contents.hpp"
#include <algorithm>
#include <map>
#include <set>
#include <simdjson.h>

namespace konseki::report {

// The application's note about its rule sets; a note we cannot read is shown as absent.
static Result<void> gather_problems(store::Case const& source, Contents& c)
{
    auto const note = TRY(source.fact("rules.summary"));
    if (!note)
        return {};
    simdjson::dom::parser parser;
    simdjson::dom::element summary;
    if (parser.parse(simdjson::padded_string(*note)).get(summary) != simdjson::SUCCESS)
        return {};
    auto const number = [&](char const* name) {
        return summary[name].get_uint64().error() == simdjson::SUCCESS ? summary[name].get_uint64().value_unsafe() : 0;
    };
    auto const text = [](simdjson::dom::element const& from, char const* name) {
        std::string_view value;
        return std::string(from[name].get(value) == simdjson::SUCCESS ? value : std::string_view());
    };
    c.has_rules = true;
    c.rules = number("rules");
    c.correlations = number("correlations");
    c.rule_files = number("files");
    c.rules_fingerprint = text(summary, "fingerprint");
    simdjson::dom::array problems;
    if (summary["problems"].get(problems) != simdjson::SUCCESS)
        return {};
    std::map<std::string, std::uint64_t> reasons;
    std::map<std::pair<std::string, std::string>, RuleProblem> kinds;
    for (auto const problem : problems) {
        ++c.problems_total;
        auto const reason = text(problem, "reason");
        ++reasons[reason];
        auto& kind = kinds[{ reason, text(problem, "detail") }];
        if (++kind.count == 1)
            kind = { text(problem, "path"), text(problem, "title"), reason, text(problem, "detail"), 1 };
    }
    c.problem_reasons.assign(reasons.begin(), reasons.end());
    for (auto& [key, kind] : kinds)
        c.problems.push_back(std::move(kind));
    std::ranges::stable_sort(c.problems, [](RuleProblem const& a, RuleProblem const& b) {
        return std::pair(a.reason == "no_evidence", b.count) < std::pair(b.reason == "no_evidence", a.count);
    });
    c.problem_kinds_total = c.problems.size();
    c.problems.resize(std::min(c.problems.size(), rows_max));
    return {};
}

// The application's note about rules that had no events to look at.
static Result<void> gather_rule_coverage(store::Case const& source, Contents& c)
{
    auto const note = TRY(source.fact("rules.coverage"));
    simdjson::dom::parser parser;
    simdjson::dom::array sources;
    if (!note || parser.parse(simdjson::padded_string(*note)).get(sources) != simdjson::SUCCESS)
        return {};
    c.has_rule_coverage = true;
    for (auto const entry : sources) {
        std::string_view name, looked_for;
        std::uint64_t count = 0;
        if (entry["source"].get(name) != simdjson::SUCCESS || entry["rules"].get(count) != simdjson::SUCCESS
            || entry["looked_for"].get(looked_for) != simdjson::SUCCESS)
            continue;
        c.rules_without_log += count;
        c.sources_without_log.push_back({ std::string(name), std::string(looked_for), count });
    }
    std::ranges::stable_sort(c.sources_without_log, [](auto const& a, auto const& b) { return a.count > b.count; });
    c.sources_without_log_total = c.sources_without_log.size();
    c.sources_without_log.resize(std::min(c.sources_without_log.size(), rows_max));
    return {};
}

// The application's note about the YARA rules of the last scan.
static Result<void> gather_yara(store::Case const& source, Contents& c)
{
    auto const note = TRY(source.fact("yara.rules"));
    simdjson::dom::parser parser;
    simdjson::dom::element summary;
    if (!note || parser.parse(simdjson::padded_string(*note)).get(summary) != simdjson::SUCCESS)
        return {};
    auto const number = [](simdjson::dom::element const& from, char const* name) {
        std::uint64_t value = 0;
        return from[name].get(value) == simdjson::SUCCESS ? value : 0;
    };
    c.has_yara = true;
    c.yara_rules = number(summary, "rules");
    c.yara_files = number(summary, "files");
    simdjson::dom::array problems;
    if (summary["problems"].get(problems) != simdjson::SUCCESS)
        return {};
    std::set<std::string> skipped;
    for (auto const problem : problems) {
        std::string_view path, text;
        bool is_error = false;
        if (problem["path"].get(path) != simdjson::SUCCESS || problem["words"].get(text) != simdjson::SUCCESS
            || problem["is_error"].get(is_error) != simdjson::SUCCESS)
            continue;
        if (is_error)
            skipped.emplace(path);
        auto const line = number(problem, "line");
        c.yara_problems.push_back(
            { line > 0 ? format("{}:{}", path, line) : std::string(path), std::string(text), is_error });
    }
    c.yara_files_skipped = skipped.size();
    c.yara_problems_total = c.yara_problems.size();
    std::ranges::stable_sort(
        c.yara_problems, [](YaraProblem const& a, YaraProblem const& b) { return a.is_error > b.is_error; });
    c.yara_problems.resize(std::min(c.yara_problems.size(), rows_max));
    return {};
}

Result<void> gather_rules(store::Case const& source, Contents& contents)
{
    TRY(gather_problems(source, contents));
    TRY(gather_yara(source, contents));
    return gather_rule_coverage(source, contents);
}

}
