// konseki findings: what was found, the most severe first.
#include "analysers/catalogue.hpp"
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/event_filter.hpp"
#include "app/finding_text.hpp"
#include "app/host_choice.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <set>

namespace konseki::app {

struct FindingChoice {
    Severity severity_min = Severity::informational;
    std::span<std::string const> rules, hosts, analysers;
};

static bool is_named(
    std::span<std::string const> patterns, std::initializer_list<std::string_view> texts, bool anywhere)
{
    if (patterns.empty())
        return true;
    for (auto const& pattern : patterns)
        for (auto const text : texts)
            if (matches_glob(anywhere ? format("*{}*", pattern) : pattern, text))
                return true;
    return false;
}

static bool admits(FindingChoice const& choice, Finding const& finding)
{
    return finding.severity >= choice.severity_min
        && (is_named(choice.rules, { finding.rule }, false)
            || is_named(choice.rules, { finding.title.en, finding.title.ja }, true))
        && is_named(choice.hosts, { finding.host }, false) && is_named(choice.analysers, { finding.analyser }, false);
}

static Cell text_or_absent(std::string_view text)
{
    return text.empty() ? Cell::absent() : Cell::of(text);
}

static void write_brief(RowWriter& writer, Finding const& finding, std::string_view language, bool is_table)
{
    auto const count = format("{}", finding.count);
    std::string attack;
    for (auto const& id : finding.attack)
        append_format(attack, "{}{}", attack.empty() ? "" : " ", id);
    auto severity = Cell::of(severity_name(finding.severity));
    severity.colour = severity_colour(finding.severity);
    std::vector<Cell> cells { severity, Cell::of(finding.id), Cell::time(finding.first_at), Cell::time(finding.last_at),
        Cell::number(count), text_or_absent(finding.host), text_or_absent(attack) };
    if (!is_table) {
        cells.push_back(Cell::of(finding.analyser));
        cells.push_back(Cell::of(finding.rule));
        cells.push_back(text_or_absent(finding.explanation.in(language)));
        cells.push_back(text_or_absent(finding.advice.in(language)));
        cells.push_back(text_or_absent(finding.source));
    }
    cells.push_back(Cell::of(finding.title.in(language)));
    writer.row(cells);
}

static void write_whole(RowWriter& writer, Finding const& finding, std::string_view language)
{
    auto const count = format("{}", finding.count);
    auto const total = format("{}", finding.because_total);
    auto const attack = json_array(finding.attack);
    auto const because = because_json(finding);
    std::array const cells { Cell::of(finding.id), Cell::of(severity_name(finding.severity)),
        Cell::of(finding.title.in(language)), Cell::of(finding.analyser), Cell::of(finding.rule), Cell::json(attack),
        text_or_absent(finding.host), Cell::time(finding.first_at), Cell::time(finding.last_at), Cell::number(count),
        Cell::number(total), text_or_absent(finding.explanation.in(language)),
        text_or_absent(finding.advice.in(language)), text_or_absent(finding.source), Cell::json(because) };
    writer.row(cells);
}

static Result<void> write_traces(
    Context& context, RowWriter& writer, store::Case const& source, std::vector<Finding> const& findings)
{
    static std::vector<std::string> const columns { "severity", "finding", "trace", "host", "title" };
    writer.begin(columns);
    for (auto const& finding : findings) {
        auto severity = Cell::of(severity_name(finding.severity));
        severity.colour = severity_colour(finding.severity);
        for (auto const trace : TRY(source.finding_traces(finding.id))) {
            auto const name = to_string(trace);
            std::array const cells { severity, Cell::of(finding.id), Cell::of(name), text_or_absent(finding.host),
                Cell::of(finding.title.in(context.language())) };
            writer.row(cells);
        }
    }
    writer.finish();
    return {};
}

static bool is_pattern(std::string_view name)
{
    return name.find_first_of("*?") != std::string_view::npos;
}

// An empty answer to a name with a slip of the pen would look like good news.
static Result<void> refuse_unknown_names(
    Arguments const& arguments, store::Case const& source, std::span<Finding const> all)
{
    for (auto const& value : arguments.values("host")) {
        for (auto const part : split(value, ',')) {
            std::string const host(trim(part));
            auto const patterns = host_patterns({ &host, 1 });
            bool const is_found = std::ranges::any_of(
                all, [&](Finding const& finding) { return is_named(patterns, { finding.host }, false); });
            if (!is_found && !host.empty() && !is_pattern(host))
                TRY(host_named(source, host));
        }
    }
    std::set<std::string> known;
    for (auto const* analyser : analysers())
        known.emplace(std::string(analyser->name));
    for (auto const& finding : all)
        known.insert(finding.analyser);
    for (auto const& name : arguments.values("analyser"))
        if (!is_pattern(name) && !known.contains(name))
            return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
                format("there is no analyser {}: konseki list analysers shows them", name) };
    return {};
}

static Result<ExitCode> list_findings(Context& context)
{
    auto const& arguments = context.arguments();
    auto const hosts = host_patterns(arguments.values("host"));
    FindingChoice choice { Severity::informational, arguments.values("rule"), hosts, arguments.values("analyser") };
    if (arguments.has("severity"))
        (void)parse_severity(arguments.value("severity"), choice.severity_min); // one of the choices by now
    auto const limit = TRY(arguments.number("limit", 0));
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto findings = TRY(source->findings());
    TRY(refuse_unknown_names(arguments, *source, findings));
    std::erase_if(findings, [&](Finding const& finding) { return !admits(choice, finding); });
    if (limit > 0 && findings.size() > limit)
        findings.resize(limit);
    TRY(context.open_output());
    auto const writer = context.make_writer();
    auto const output_format = arguments.value("format", "table");
    if (arguments.has("traces")) {
        TRY(write_traces(context, *writer, *source, findings));
        return ExitCode::done;
    }
    static std::vector<std::string> const table_columns { "severity", "finding", "first_at", "last_at", "count", "host",
        "attack", "title" };
    static std::vector<std::string> const csv_columns { "severity", "finding", "first_at", "last_at", "count", "host",
        "attack", "analyser", "rule", "explanation", "advice", "source", "title" };
    static std::vector<std::string> const json_columns { "finding", "severity", "title", "analyser", "rule", "attack",
        "host", "first_at", "last_at", "count", "because_total", "explanation", "advice", "source", "because" };
    bool const is_json = output_format.starts_with("json");
    bool const is_table = output_format == "table";
    writer->begin(is_json ? json_columns : is_table ? table_columns : csv_columns);
    for (auto const& finding : findings)
        is_json ? write_whole(*writer, finding, context.language())
                : write_brief(*writer, finding, context.language(), is_table);
    writer->finish();
    if (findings.empty() && is_table)
        context.remark("no findings");
    return ExitCode::done;
}

ExitCode run_findings(Context& context)
{
    return answer_with(context, [&] { return list_findings(context); });
}

}
