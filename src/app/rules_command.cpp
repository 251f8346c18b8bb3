// konseki rules: check, list, coverage, compile. Explaining is in explain_command.cpp.
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/finding_text.hpp"
#include "app/rule_coverage.hpp"
#include "app/rule_loading.hpp"
#include "base/text.hpp"
#include "rules/sigma/coverage.hpp"
#include <algorithm>
#include <map>

namespace konseki::app {

static std::vector<std::string> const& problem_columns()
{
    static std::vector<std::string> const columns { "reason", "rule", "path", "line", "title", "detail" };
    return columns;
}

static void write_problems(RowWriter& writer, LoadedRules const& rules)
{
    writer.begin(problem_columns());
    for (auto const& [path, error] : rules.unreadable) {
        auto const detail = to_string(error);
        std::array const cells { Cell::of("unreadable"), Cell::absent(), Cell::of(path), Cell::absent(), Cell::absent(),
            Cell::of(detail) };
        writer.row(cells);
    }
    for (auto const& problem : rules.set.problems()) {
        auto const line = format("{}", problem.line);
        auto reason = Cell::of(sigma::reason_name(problem.reason));
        reason.colour = problem.is_error() ? Colour::red : Colour::yellow;
        std::array const cells { reason, problem.id.empty() ? Cell::absent() : Cell::of(problem.id),
            Cell::of(problem.path), problem.line == 0 ? Cell::absent() : Cell::number(line),
            problem.title.empty() ? Cell::absent() : Cell::of(problem.title), Cell::of(problem.detail) };
        writer.row(cells);
    }
    writer.finish();
}

static std::string reason_counts(LoadedRules const& rules)
{
    std::map<std::string, std::size_t> counts;
    for (auto const& problem : rules.set.problems())
        ++counts[std::string(sigma::reason_name(problem.reason))];
    if (!rules.unreadable.empty())
        counts["unreadable"] = rules.unreadable.size();
    std::string text;
    for (auto const& [reason, count] : counts)
        append_format(text, "{}{} {}", text.empty() ? "" : ", ", grouped(count), reason);
    return text.empty() ? "none" : text;
}

static Result<ExitCode> check(Context& context)
{
    auto const rules = TRY(load_rules(context.arguments(), context.arguments().operands()));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    write_problems(*writer, rules);
    context.answer().flush();
    auto const cannot_run = error_count(rules.set) + rules.unreadable.size();
    context.remark(format("{} files, {} documents: {} rules and {} correlations can run, {} filters apply",
        grouped(rules.file_count), grouped(rules.set.document_count()), grouped(rules.set.rules().size()),
        grouped(rules.set.correlations().size()), grouped(rules.set.filter_count())));
    context.remark(format("by reason: {}", reason_counts(rules)));
    context.remark(format("{} cannot run", grouped(cannot_run)));
    return cannot_run > 0 ? ExitCode::evidence_lost : ExitCode::done;
}

ExitCode run_rules_check(Context& context)
{
    return answer_with(context, [&] { return check(context); });
}

static void write_rule(RowWriter& writer, sigma::RuleHead const& rule, std::string_view kind, std::string_view source,
    std::string_view language)
{
    std::string attack;
    for (auto const& id : rule.attack)
        append_format(attack, "{}{}", attack.empty() ? "" : " ", id);
    auto level = Cell::of(severity_name(rule.level));
    level.colour = severity_colour(rule.level);
    auto const title = rule.title_words.in(language);
    std::array const cells { level, Cell::of(kind), Cell::of(rule.id), Cell::of(source),
        attack.empty() ? Cell::absent() : Cell::of(attack), Cell::of(rule.path),
        Cell::of(title.empty() ? std::string_view(rule.title) : title) };
    writer.row(cells);
}

static Result<ExitCode> list(Context& context)
{
    bool const has_folders = context.arguments().command()->name == "rules list";
    auto const rules = TRY(load_rules(
        context.arguments(), has_folders ? context.arguments().operands() : std::span<std::string const> {}));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    static std::vector<std::string> const columns { "level", "kind", "rule", "logsource", "attack", "path", "title" };
    writer->begin(columns);
    for (auto const& rule : rules.set.rules()) {
        auto const source = to_string(rule.logsource);
        write_rule(*writer, rule, "rule", source, context.language());
    }
    for (auto const& correlation : rules.set.correlations())
        write_rule(*writer, correlation, sigma::correlation_type_name(correlation.type), "", context.language());
    writer->finish();
    return ExitCode::done;
}

ExitCode run_rules_list(Context& context)
{
    return answer_with(context, [&] { return list(context); });
}

// Tables sum up by log source; other formats hold one row per rule.
static void write_coverage(
    RowWriter& writer, sigma::RuleSet const& set, std::vector<sigma::SourceCoverage> const& coverage, bool is_table)
{
    static std::vector<std::string> const table_columns { "logsource", "events_seen", "rules_covered",
        "rules_without_events", "looked_for" };
    static std::vector<std::string> const rule_columns { "rule", "title", "level", "logsource", "is_covered",
        "events_seen", "looked_for" };
    writer.begin(is_table ? table_columns : rule_columns);
    for (auto const& entry : coverage) {
        auto const source = to_string(entry.source);
        auto const events = format("{}", entry.events_seen);
        auto const looked_for = first_ones(entry.looked_for, is_table ? 3 : entry.looked_for.size());
        if (is_table) {
            auto const covered = format("{}", entry.rules_covered.size());
            auto const uncovered = format("{}", entry.rules_without_events.size());
            std::array const cells { Cell::of(source), Cell::number(events), Cell::number(covered),
                Cell::number(uncovered), Cell::of(looked_for) };
            writer.row(cells);
            continue;
        }
        for (auto const* list : { &entry.rules_covered, &entry.rules_without_events }) {
            for (auto const index : *list) {
                auto const& rule = set.rules()[index];
                std::array const cells { Cell::of(rule.id), Cell::of(rule.title), Cell::of(severity_name(rule.level)),
                    Cell::of(source), Cell::boolean(list == &entry.rules_covered), Cell::number(events),
                    Cell::of(looked_for) };
                writer.row(cells);
            }
        }
    }
    writer.finish();
}

static Result<ExitCode> coverage(Context& context)
{
    auto const rules = TRY(load_rules(context.arguments()));
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto const entries = TRY(coverage_of(rules.set, *source));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    write_coverage(*writer, rules.set, entries, context.arguments().value("format", "table") == "table");
    context.answer().flush();
    std::size_t uncovered = 0;
    for (auto const& entry : entries)
        uncovered += entry.rules_without_events.size();
    context.remark(format("{} of {} rules could not fire: the case holds no events of their logs", grouped(uncovered),
        grouped(rules.set.rules().size())));
    if (error_count(rules.set) + rules.unreadable.size() > 0)
        context.remark(rules_summary(rules));
    return ExitCode::done;
}

ExitCode run_rules_coverage(Context& context)
{
    return answer_with(context, [&] { return coverage(context); });
}

static Result<ExitCode> compile(Context& context)
{
    auto const& arguments = context.arguments();
    if (!arguments.has("output"))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0, "say where the pack goes with --output FILE" };
    auto const rules = TRY(load_rules(arguments, arguments.operands()));
    TRY(context.open_output());
    context.answer().write(rules.set.pack());
    context.remark(rules_summary(rules));
    return ExitCode::done;
}

ExitCode run_rules_compile(Context& context)
{
    return answer_with(context, [&] { return compile(context); });
}

}
