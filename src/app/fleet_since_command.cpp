// konseki fleet since: what hosts hold now that they did not at the last examination, or that a baseline does not know.
#include "app/case_baseline.hpp"
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/fleet_changes.hpp"
#include "base/text.hpp"

namespace konseki::app {

static void write_change(RowWriter& writer, Change const& change)
{
    auto const text = [](std::string const& value) { return value.empty() ? Cell::absent() : Cell::of(value); };
    std::array const numbers { format("{:.2f}", change.score), format("{}", change.count) };
    auto const trace = change.trace.evidence == 0 ? std::string() : to_string(change.trace);
    std::array const cells { Cell::of(change_name(change.kind)), text(change.host), text(change.item_kind),
        change.score == 0 ? Cell::absent() : Cell::number(numbers[0]), text(change.title), text(change.before),
        text(change.after), text(change.explained), Cell::number(numbers[1]), text(trace), text(change.key) };
    writer.row(cells);
}

static Result<std::vector<Change>> read_changes(Context& context, store::Case const& now)
{
    std::filesystem::path const other(context.arguments().operands()[0]);
    auto const folding = context.arguments().has("all") ? Folding::all : Folding::folded;
    if (!store::Case::is_case(other)) {
        std::error_code error;
        if (std::filesystem::is_directory(other, error))
            return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
                format("{} is neither a case folder nor a baseline", other.string()) };
        auto const baseline = TRY(load_baseline(other));
        return changes_since(baseline, now, folding);
    }
    auto const before = TRY(store::Case::open(other, store::Access::read_only, stored_schemas()));
    return changes_since(*before, now, folding);
}

static Result<ExitCode> since(Context& context)
{
    auto const& arguments = context.arguments();
    auto const now = TRY(open_case(context, store::Access::read_only));
    auto const changes = TRY(read_changes(context, *now));
    bool const is_table = arguments.value("format", "table") == "table";
    constexpr std::uint64_t rows_for_people = 200;
    auto const limit = TRY(arguments.number("limit", is_table ? rows_for_people : 0));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    writer->begin(std::vector<std::string> {
        "change", "host", "kind", "score", "title", "before", "after", "explained_by", "items", "trace", "key" });
    std::uint64_t open = 0, explained = 0;
    for (std::size_t at = 0; at < changes.size(); ++at) {
        auto const& change = changes[at];
        if (limit == 0 || at < limit)
            write_change(*writer, change);
        if (change.kind != ChangeKind::packages)
            (change.explained.empty() ? open : explained) += change.count;
    }
    writer->finish();
    context.answer().flush();
    context.remark(format("{} changes that nothing explains, {} that packages explain{}", grouped(open),
        grouped(explained),
        limit > 0 && changes.size() > limit ? format("; shown: the first {} (--limit 0: all)", grouped(limit)) : ""));
    return ExitCode::done;
}

ExitCode run_fleet_since(Context& context)
{
    return answer_with(context, [&] { return since(context); });
}

}
