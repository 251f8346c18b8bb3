// konseki host: one machine on one screen: who it is, what its evidence covers, what its state holds, and what happened
// around a moment.
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/event_filter.hpp"
#include "app/host_choice.hpp"
#include "app/host_text.hpp"
#include "app/rows_output.hpp"
#include "app/timeline_query.hpp"
#include "base/text.hpp"

namespace konseki::app {

namespace {

constexpr std::size_t everything = 1'000'000;
constexpr std::string_view unknown_name = "(unknown)"; // evidence of no known machine

struct HostPlan {
    std::string name;
    std::optional<std::uint64_t> item;
    std::optional<Timestamp> around;
    std::int64_t window_seconds = 300;
    report::HostStateLimits limits;
};

Error wrong_use(std::string detail)
{
    return { ErrorCode::wrong_use, "command line", 0, 0, 0, std::move(detail) };
}

// "90s", "5m", "2h", "1d".
Result<std::int64_t> read_duration(std::string_view text)
{
    auto const unit = text.empty() ? '\0' : ascii_lower(text.back());
    auto const number = parse_uint(text.substr(0, text.empty() ? 0 : text.size() - 1));
    std::int64_t const seconds = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3'600 : unit == 'd' ? 86'400 : 0;
    if (!number || seconds == 0 || *number == 0 || *number > 100'000)
        return wrong_use(format("--window \"{}\" is no duration; write 90s, 5m, 2h or 1d", text));
    return static_cast<std::int64_t>(*number) * seconds;
}

Result<HostPlan> read_plan(Context const& context)
{
    auto const& arguments = context.arguments();
    HostPlan plan;
    if (arguments.has("item")) {
        plan.item = TRY(arguments.number("item", 1));
        plan.limits.terms = plan.limits.traces = everything;
    }
    if (arguments.has("around"))
        plan.around = TRY(read_time("around", arguments.value("around"), EdgeOfDay::start));
    if (arguments.has("window")) {
        if (!plan.around)
            return wrong_use("--window goes with --around TIME");
        plan.window_seconds = TRY(read_duration(arguments.value("window")));
    }
    if (plan.item && plan.around)
        return wrong_use("--item and --around are two questions: ask one");
    plan.limits.items = TRY(arguments.number("top", 10));
    if (plan.limits.items == 0)
        plan.limits.items = everything;
    auto const is_for_people = arguments.value("format", "table") == "table";
    plan.limits.accounts = is_for_people ? 20 : everything;
    plan.limits.autostarts = is_for_people ? 15 : everything;
    return plan;
}

Result<std::string> choose_host(store::Case const& source, std::string_view wanted)
{
    if (wanted == unknown_name)
        return std::string();
    return host_named(source, wanted);
}

Result<store::Rows> rows_around(store::Case const& source, HostPlan const& plan, std::string_view language)
{
    TimelineChoice choice;
    std::string exactly;
    for (auto const c : plan.name)
        exactly += c == '%' || c == '_' || c == '!' ? format("!{}", c) : std::string(1, c);
    choice.hosts = { exactly };
    choice.from = Timestamp { plan.around->ticks - plan.window_seconds * ticks_per_second };
    choice.until = Timestamp { plan.around->ticks + plan.window_seconds * ticks_per_second };
    choice.language = language;
    auto const query = timeline_query(choice, state_schemas());
    return source.query(query.sql, query.parameters);
}

Result<std::uint64_t> write_timeline_table(Context& context, store::Rows& rows)
{
    auto const writer = context.make_writer();
    writer->begin(std::vector<std::string> { "time", "what", "trace", "message" });
    std::uint64_t count = 0;
    while (!context.answer().reader_is_gone() && rows.next()) {
        std::array cells { cell_of(rows, 0), cell_of(rows, 1), cell_of(rows, 13), cell_of(rows, 2) };
        writer->row(cells);
        ++count;
    }
    TRY(rows.status());
    writer->finish();
    return count;
}

Result<std::string> timeline_json(store::Rows& rows)
{
    std::string json = ",\"timeline\":[";
    bool is_first = true;
    while (rows.next()) {
        append_format(json, "{}{{\"datetime\":", is_first ? "" : ",");
        append_json_string(json, to_string(rows.time(0)));
        for (auto const& [name, column] : { std::pair<std::string_view, std::size_t> { "timestamp_desc", 1 },
                 { "message", 2 }, { "data_type", 3 }, { "trace", 13 }, { "findings", 14 } }) {
            append_format(json, ",\"{}\":", name);
            if (rows.is_null(column))
                json += "null";
            else
                append_json_string(json, rows.text(column));
        }
        json += '}';
        is_first = false;
    }
    TRY(rows.status());
    return json + "]";
}

std::vector<std::string> const item_columns { "host", "rank", "score", "kind", "title", "command", "target", "location",
    "attack", "first_at", "last_at", "traces", "reasons" };

void write_item_row(
    RowWriter& writer, report::HostState const& host, report::HostItem const& item, std::string_view language)
{
    std::string attack, reasons;
    for (auto const& id : item.attack)
        append_format(attack, "{}{}", attack.empty() ? "" : " ", id);
    for (auto const& term : item.terms)
        append_format(reasons, "{}{:+.1f} {}", reasons.empty() ? "" : " ", term.weight, term.text.in(language));
    std::array const numbers { format("{}", item.rank), format("{:.3f}", item.score), format("{}", item.traces_total) };
    std::array const cells { Cell::of(host.name()), Cell::number(numbers[0]), Cell::number(numbers[1]),
        Cell::of(item.kind), Cell::of(item.title), Cell::of(item.command), Cell::of(item.target),
        Cell::of(item.location), Cell::of(attack), Cell::time(item.first_at), Cell::time(item.last_at),
        Cell::number(numbers[2]), Cell::of(reasons) };
    writer.row(cells);
}

// One row per term and then per trace of the item.
void write_item_parts(RowWriter& writer, report::HostItem const& item, std::string_view language)
{
    writer.begin(std::vector<std::string> { "part", "weight", "feature", "text", "trace" });
    for (auto const& term : item.terms) {
        auto const weight = format("{:.3f}", term.weight);
        auto const trace = to_string(term.trace);
        writer.row(std::array { Cell::of("term"), Cell::number(weight), Cell::of(term.feature),
            Cell::of(term.text.in(language)), Cell::of(trace) });
    }
    for (auto const trace : item.traces) {
        auto const text = to_string(trace);
        writer.row(std::array { Cell::of("trace"), Cell::absent(), Cell::absent(), Cell::absent(), Cell::of(text) });
    }
    writer.finish();
}

void write_rows_of(Context& context, HostPlan const& plan, report::HostState const& host)
{
    auto const writer = context.make_writer();
    if (plan.item) {
        write_item_parts(*writer, host.items.front(), context.language());
        return;
    }
    writer->begin(item_columns);
    for (auto const& item : host.items)
        write_item_row(*writer, host, item, context.language());
    writer->finish();
}

Result<ExitCode> answer(
    Context& context, store::Case const& source, HostPlan const& plan, report::HostState const& host)
{
    auto const form = context.arguments().value("format", "table");
    if (form == "json") {
        std::string more;
        if (plan.around) {
            auto rows = TRY(rows_around(source, plan, context.language()));
            more = TRY(timeline_json(rows));
        }
        context.answer().write(report::host_json(host, more) + "\n");
        return ExitCode::done;
    }
    if (plan.around) {
        auto rows = TRY(rows_around(source, plan, context.language()));
        if (form != "table") {
            auto const writer = context.make_writer();
            TRY(write_rows(rows, *writer, context.answer()));
            return ExitCode::done;
        }
        write_host_identity(context, host);
        context.answer().write("\n");
        auto const count = TRY(write_timeline_table(context, rows));
        context.answer().flush();
        if (count == 0)
            context.remark("nothing in this time; --window makes it wider");
        return ExitCode::done;
    }
    if (form != "table")
        write_rows_of(context, plan, host);
    else if (plan.item)
        write_host_item(context, host, host.items.front());
    else
        write_host(context, host);
    context.answer().flush();
    if (form == "table" && !plan.item && !host.items.empty())
        context.remark(context.language() == "ja" ? "項目の詳細は --item 順位、ある時刻の前後は --around 時刻"
                                                  : "one item whole: --item RANK; what happened around a time: "
                                                    "--around TIME");
    return ExitCode::done;
}

Result<ExitCode> show_host(Context& context)
{
    auto plan = TRY(read_plan(context));
    auto const source = TRY(open_case(context, store::Access::read_only));
    plan.name = TRY(choose_host(*source, context.arguments().operands()[0]));
    auto const hosts = TRY(report::gather_host_states(*source, plan.limits, plan.name, plan.item));
    if (hosts.empty()) // "(unknown)" where every piece has its machine
        return wrong_use("everything in this case is of a known machine: konseki hosts lists them");
    auto const& host = hosts.front();
    if (plan.item && host.items.empty())
        return wrong_use(format("there is no item {}: {} has {}, and the heaviest 500 and all from 5.5 are ranked",
            *plan.item, host.name(), host.items_total));
    TRY(context.open_output());
    return answer(context, *source, plan, host);
}

}

ExitCode run_host(Context& context)
{
    return answer_with(context, [&] { return show_host(context); });
}

}
