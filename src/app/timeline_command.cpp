// konseki timeline: events, every time of every state trace and findings in time order, for other tools. One statement;
// the store sorts what does not fit memory.
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/event_filter.hpp"
#include "app/rows_output.hpp"
#include "app/timeline_query.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::app {

// --to may still name the format, as it did before --format was there.
static bool is_format(std::string_view text)
{
    auto const* const command = find_command("timeline");
    auto const format_option = std::ranges::find(command->options, std::string_view("format"), &Option::name);
    auto const choices = split_choices(format_option->choices);
    return std::ranges::find(choices, text) != choices.end();
}

static Result<TimelineChoice> read_choice(Context const& context)
{
    auto const& arguments = context.arguments();
    TimelineChoice choice;
    auto const kind = arguments.value("kind", "all");
    choice.has_events = kind == "all" || kind == "events";
    choice.has_state = kind == "all" || kind == "state";
    choice.has_findings = kind == "all" || kind == "findings";
    choice.is_of_findings_only = arguments.has("findings-only");
    choice.language = context.language();
    for (auto const& pattern : host_patterns(arguments.values("host")))
        choice.hosts.push_back(like_pattern(pattern));
    if (arguments.has("from"))
        choice.from = TRY(read_time("from", arguments.value("from"), EdgeOfDay::start));
    if (arguments.has("to") && !is_format(arguments.value("to")))
        choice.until = TRY(read_time("to", arguments.value("to"), EdgeOfDay::end));
    if (choice.from && choice.until && !(*choice.from < *choice.until))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0, "--from is not before --to" };
    return choice;
}

// Timesketch takes CSV with ISO times, and refuses rows without one; everything else is kept as it is.
static Result<std::uint64_t> write_timeline(store::Rows& rows, RowWriter& writer, Output const& output, bool needs_time)
{
    auto const names = column_names(rows);
    writer.begin(names);
    std::vector<Cell> cells(names.size());
    std::uint64_t skipped = 0;
    while (!output.reader_is_gone() && rows.next()) {
        if (needs_time && rows.is_null(0)) {
            ++skipped;
            continue;
        }
        for (std::size_t column = 0; column < names.size(); ++column)
            cells[column] = cell_of(rows, column);
        std::string moment; // microseconds: what its importers understand everywhere
        if (needs_time) {
            append_iso8601_microseconds(moment, rows.time(0));
            cells[0] = Cell::of(moment);
        }
        writer.row(cells);
    }
    TRY(rows.status());
    writer.finish();
    return skipped;
}

static Result<ExitCode> timeline(Context& context)
{
    auto const& arguments = context.arguments();
    auto const kind = arguments.has("format") ? arguments.value("format")
        : is_format(arguments.value("to"))    ? arguments.value("to")
                                              : std::string_view("jsonl");
    auto const query = timeline_query(TRY(read_choice(context)), state_schemas());
    if (kind == "parquet" && !arguments.has("output"))
        return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
            "parquet is not text: say where it goes with --output FILE" };
    auto const source = TRY(open_case(context, store::Access::read_only));
    if (kind == "parquet") {
        auto const count = TRY(
            source->export_parquet(query.sql, std::filesystem::path(arguments.value("output")), query.parameters));
        context.remark(format("{} rows written", grouped(count)));
        return ExitCode::done;
    }
    auto rows = TRY(source->query(query.sql, query.parameters));
    TRY(context.open_output());
    auto const writer = make_row_writer(kind == "jsonl" ? "jsonl" : "csv", context.answer(), {});
    auto const skipped = TRY(write_timeline(rows, *writer, context.answer(), kind == "timesketch"));
    if (skipped > 0)
        context.remark(
            format("{} rows without a time were left out: Timesketch has no place for them", grouped(skipped)));
    return ExitCode::done;
}

ExitCode run_timeline(Context& context)
{
    return answer_with(context, [&] { return timeline(context); });
}

}
