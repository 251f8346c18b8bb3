// konseki yara: YARA rules over the bytes of the case's evidence; matches are stored, printed and become findings.
#include "analysers/yara/analyser.hpp"
#include "app/command_table.hpp"
#include "app/event_filter.hpp"
#include "app/examine_command.hpp"
#include "app/report_command.hpp"
#include "app/rows_output.hpp"
#include "app/yara_scan.hpp"
#include "base/text.hpp"

namespace konseki::app {

static Result<std::vector<EvidenceNumber>> chosen_evidence(Arguments const& arguments, store::Case const& source)
{
    std::vector<EvidenceNumber> numbers;
    auto const ranges = TRY(read_ranges("evidence", arguments.values("evidence"), 'e'));
    if (ranges.empty())
        return numbers;
    for (auto const& evidence : TRY(source.evidence()))
        if (is_in(ranges, evidence.number))
            numbers.push_back(evidence.number);
    if (numbers.empty())
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "--evidence names no evidence of this case; konseki evidence lists it" };
    return numbers;
}

// --check: no case, the rules alone.
static Result<ExitCode> check_rules(Context& context, YaraRules const& rules)
{
    TRY(context.open_output());
    auto const writer = context.make_writer();
    writer->begin(std::vector<std::string> { "level", "file", "line", "problem" });
    bool has_errors = false;
    for (auto const& problem : rules.problems) {
        auto const line = format("{}", problem.line);
        std::array const cells { Cell::of(problem.is_error ? "error" : "warning"), Cell::of(problem.path),
            problem.line > 0 ? Cell::number(line) : Cell::absent(), Cell::of(problem.words) };
        writer->row(cells);
        has_errors = has_errors || problem.is_error;
    }
    writer->finish();
    return has_errors ? ExitCode::evidence_lost : ExitCode::done;
}

static Result<std::uint64_t> write_matches(
    Context& context, store::Case const& source, std::vector<EvidenceNumber> const& chosen)
{
    std::string where;
    for (auto const number : chosen)
        append_format(where, "{}{}", where.empty() ? "WHERE m.evidence IN (" : ", ", number);
    if (!where.empty())
        where += ")";
    auto rows = TRY(source.query(format(
        R"(SELECT m.severity, m.score, m.rule, trace_id(m.evidence, m."offset") AS trace, m.string_id,
                  m.string_places AS places, m.text, coalesce(nullif(e.machine_path, ''), e.original_path) AS path, m.attack, m.author,
                  m.license, m.rule_file, m.description
           FROM yara_match m JOIN evidence e ON e.number = m.evidence {}
           ORDER BY m.evidence, m.rule_file, m.rule, m."offset", m.string_id)",
        where)));
    return write_rows(rows, *context.make_writer(), context.answer());
}

static Result<ExitCode> yara(Context& context)
{
    auto const& arguments = context.arguments();
    if (!arguments.has("yara"))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "konseki yara needs rules: --yara DIR; konseki yara --help shows examples" };
    TRY(worker_count(arguments));
    TRY(read_ranges("evidence", arguments.values("evidence"), 'e'));
    if (!arguments.has("check"))
        TRY(choose_case(arguments));
    auto const rules = TRY(load_yara_rules(arguments));
    context.remark(yara_summary(rules));
    if (arguments.has("check"))
        return check_rules(context, rules);
    if (rules.set.rule_count() == 0)
        return Error { ErrorCode::wrong_use, "--yara", 0, 0, 0, "there is no rule that compiles" };
    // Before any thread: the rules are shared with the workers through the fork.
    auto access = TRY(EvidenceAccess::start({ yara_watcher(rules) }));
    auto const target = TRY(open_case(context, store::Access::read_write));
    auto const chosen = TRY(chosen_evidence(arguments, *target));
    TRY(context.open_output());
    auto const again = arguments.has("again") ? Again::yes : Again::no;
    auto const scanned = TRY(scan_with_yara(context, *access, *target, rules, chosen, again));
    TRY(run_analyser(konseki::yara::analyser, *target, {}, {}));
    TRY(target->commit());
    auto const count = TRY(write_matches(context, *target, chosen));
    context.answer().flush();
    context.remark(scanned_line(scanned));
    context.remark(format("{} places of matches{}", grouped(count),
        count > 0 ? "; konseki findings shows them with the rest of the case" : ""));
    std::error_code ignored;
    if (!scanned.was_stopped && std::filesystem::exists(target->report_folder() / "report.html", ignored))
        context.remark(format("{} says it too now", TRY(write_case_report(context, *target, {})).string()));
    return scanned.unread > 0 || scanned.was_stopped ? ExitCode::evidence_lost : ExitCode::done;
}

ExitCode run_yara(Context& context)
{
    return answer_with(context, [&] { return yara(context); });
}

}
