// konseki stack: how many hosts have each value of a key, the rarest first.
#include "analysers/host_state/item.hpp"
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/fleet_sql.hpp"
#include "app/host_choice.hpp"
#include "app/rows_output.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::app {

static void list_keys(Context& context)
{
    auto const writer = context.make_writer();
    writer->begin(std::vector<std::string> { "key", "column", "meaning" });
    for (auto const& facts : stacking::granularities())
        writer->row(std::array { Cell::of(facts.name), Cell::of(facts.column), Cell::of(facts.meaning) });
    writer->finish();
}

static Result<StackChoice> read_choice(Arguments const& arguments)
{
    StackChoice choice;
    auto const all = stacking::granularities();
    auto const wanted = arguments.operands()[0];
    auto const found = std::find_if(all.begin(), all.end(), [&](auto const& one) { return one.name == wanted; });
    if (found == all.end())
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            format("there is no key {}; konseki stack --list names them", wanted) };
    choice.facts = *found;
    choice.host = arguments.value("host");
    choice.kind = arguments.value("kind");
    if (!choice.kind.empty() && !host_state::kind_of_name(choice.kind))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            format("there is no kind of item named {}; konseki query \"SELECT DISTINCT kind FROM host_state\" lists "
                   "them",
                choice.kind) };
    choice.is_by_surprise = arguments.value("by") == "surprise";
    return choice;
}

static Result<ExitCode> stack(Context& context)
{
    auto const& arguments = context.arguments();
    if (arguments.has("list") != arguments.operands().empty())
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "say what to count: konseki stack KEY, or konseki stack --list for the keys" };
    if (arguments.has("list")) {
        TRY(context.open_output());
        list_keys(context);
        return ExitCode::done;
    }
    auto choice = TRY(read_choice(arguments));
    constexpr std::uint64_t rows_on_terminal = 1'000;
    choice.limit = TRY(arguments.number("limit", context.answer().is_terminal() ? rows_on_terminal : 0));
    auto const source = TRY(open_case(context, store::Access::read_only));
    if (!choice.host.empty())
        choice.host = TRY(host_named(*source, choice.host));
    auto const fleet = TRY(stacking::read_fleet(*source));
    auto const question = stack_question(fleet, choice);
    auto rows = TRY(source->query(question.sql, question.parameters));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    auto const count = TRY(write_rows(rows, *writer, context.answer()));
    if (count == 0)
        context.remark(fleet.hosts.empty()                   ? "the case holds no state of any host: examine it again"
                : choice.host.empty() && choice.kind.empty() ? "no item has this key"
                                                             : "no item of this host or kind has this key");
    else if (choice.limit > 0 && count == choice.limit)
        context.remark(format("the first {}; --limit 0 shows all", grouped(count)));
    return ExitCode::done;
}

ExitCode run_stack(Context& context)
{
    return answer_with(context, [&] { return stack(context); });
}

}
