// konseki fleet rank, konseki fleet compare: where to look first in a fleet, and how two hosts differ.
#include "analysers/ranking/analyser.hpp"
#include "app/case_baseline.hpp"
#include "app/command_table.hpp"
#include "app/examine_command.hpp"
#include "app/fleet_sql.hpp"
#include "app/host_choice.hpp"
#include "app/rows_output.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::app {

enum class Told : std::uint8_t { heads, all }; // leads: those that stand for others and for themselves, or each

// Folded leads bear the scores of their own, so by rank alone they would seem out of order: in a table each follows the
// one that it is told with.
static std::string leads_sql(std::string_view reasons, Told told, bool is_table)
{
    std::string_view const under = is_table && told == Told::heads ? "" : "under, ";
    std::string_view const chosen = told == Told::heads ? " WHERE under IS NULL" : "";
    std::string_view const order
        = is_table ? "coalesce(fleet_lead.under, fleet_lead.rank), fleet_lead.under NULLS FIRST, " : "";
    return format(
        "SELECT rank, round(score, 2) AS score, {}hosts, kind, items, first_at, trace_id(evidence, \"offset\") "
        "AS trace, title, story, round(shared, 2) AS shared, round(came, 2) AS came, alike, alike_stories, host, "
        "item_rank, host_names, {} AS reasons FROM "
        "fleet_lead{} ORDER BY {}fleet_lead.rank",
        under, reasons, chosen, order);
}

static std::string rank_sql(Arguments const& arguments, std::string_view language, Told told)
{
    auto const reasons = language == "ja" ? "reasons_ja" : "reasons";
    if (arguments.has("items"))
        return format("SELECT host, rank, round(score, 2) AS score, kind, hosts, first_at, trace_id(evidence, "
                      "\"offset\") AS trace, title, command, {} AS reasons FROM host_item ORDER BY host_item.score "
                      "DESC, host, host_item.rank",
            reasons);
    if (arguments.has("leads"))
        return leads_sql(reasons, told, arguments.value("format", "table") == "table");
    if (arguments.has("campaigns"))
        return "SELECT rank, round(score, 2) AS score, hosts, kind, granularity, keys, first_at, last_at, "
               "trace_id(evidence, \"offset\") AS trace, title, host_names, key, other_keys FROM fleet_campaign ORDER "
               "BY fleet_campaign.rank";
    return "SELECT rank, coalesce(nullif(host, ''), '(unknown)') AS host, round(score, 2) AS score, machines, high, "
           "medium, items, round(top_score, 2) AS top_score, top_title FROM fleet_host ORDER BY fleet_host.rank";
}

static Result<void> rank_with_baselines(Context& context)
{
    auto const target = TRY(open_case(context, store::Access::read_write));
    for (auto const& file : context.arguments().values("baseline"))
        TRY(keep_baseline(target->folder(), file));
    return run_analyser(ranking::analyser, *target, {}, {});
}

static Result<void> remark_folded(Context& context, store::Case const& source)
{
    auto rows = TRY(source.query("SELECT count(*) FROM fleet_lead WHERE under IS NOT NULL"));
    if (rows.next() && rows.unsigned_integer(0) > 0)
        context.remark(
            format("{} more are told with one of these (alike: the same but for one word, or come together): "
                   "--all shows them below it, --format jsonl has all",
                grouped(rows.unsigned_integer(0))));
    return rows.status();
}

static Result<ExitCode> rank(Context& context)
{
    auto const& arguments = context.arguments();
    constexpr std::array<std::string_view, 3> lists { "leads", "items", "campaigns" };
    if (std::count_if(lists.begin(), lists.end(), [&](auto name) { return arguments.has(name); }) > 1)
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0, "--leads, --items or --campaigns: ask one" };
    if (arguments.has("all") && !arguments.has("leads"))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0, "--all goes with --leads" };
    if (arguments.has("baseline"))
        TRY(rank_with_baselines(context));
    auto const source = TRY(open_case(context, store::Access::read_only));
    bool const is_table = arguments.value("format", "table") == "table";
    constexpr std::uint64_t rows_for_people = 50;
    auto const limit = TRY(arguments.number("limit", is_table ? rows_for_people : 0));
    auto const told = is_table && !arguments.has("all") ? Told::heads : Told::all;
    auto sql = rank_sql(arguments, context.language(), told);
    if (limit > 0)
        append_format(sql, " LIMIT {}", limit);
    auto rows = TRY(source->query(sql));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    auto const count = TRY(write_rows(rows, *writer, context.answer()));
    context.answer().flush();
    if (count == 0)
        context.remark(arguments.has("campaigns") ? "nothing of weight is shared by several hosts"
                                                  : "no host was ranked: examine the case again");
    else if (limit > 0 && count == limit)
        context.remark(format("the first {}; --limit 0 shows all", grouped(count)));
    if (arguments.has("leads") && told == Told::heads)
        TRY(remark_folded(context, *source));
    if (count > 0 && is_table)
        context.remark("one host: konseki host NAME; its item whole: konseki host NAME --item RANK; who else has it: "
                       "konseki stack item");
    return ExitCode::done;
}

static Result<ExitCode> compare(Context& context)
{
    auto const& arguments = context.arguments();
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto const one = TRY(host_named(*source, arguments.operands()[0]));
    auto const other = TRY(host_named(*source, arguments.operands()[1]));
    if (one == other)
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            format("{} and {} are one host", arguments.operands()[0], arguments.operands()[1]) };
    auto const question = compare_question(one, other, arguments.has("all"));
    auto rows = TRY(source->query(question.sql, question.parameters));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    auto const count = TRY(write_rows(rows, *writer, context.answer()));
    if (count == 0)
        context.remark("nothing differs: both hold the same, or nothing is known of either");
    return ExitCode::done;
}

ExitCode run_fleet_rank(Context& context)
{
    return answer_with(context, [&] { return rank(context); });
}

ExitCode run_fleet_compare(Context& context)
{
    return answer_with(context, [&] { return compare(context); });
}

}
