// konseki stats: counts, logons, and what the logs cover. All of it is asked of the index.
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/event_filter.hpp"
#include "app/rows_output.hpp"
#include "base/text.hpp"

namespace konseki::app {

static std::string counted_columns(std::string_view by)
{
    if (by == "channel")
        return "channel";
    if (by == "host")
        return "computer";
    if (by == "provider")
        return "provider";
    if (by == "level")
        return "level";
    if (by == "user")
        return "user_sid";
    if (by == "day")
        return "date_trunc('day', written_at)::TIMESTAMP AS day";
    if (by == "hour")
        return "date_trunc('hour', written_at)::TIMESTAMP AS hour";
    return "event_id, channel, provider";
}

static std::string count_sql(std::string_view by, std::string_view condition)
{
    auto const columns = counted_columns(by);
    bool const is_time = by == "day" || by == "hour";
    return format("SELECT count(*) AS events, count(*) FILTER (WHERE recovered) AS recovered, {} , count(DISTINCT "
                  "computer) AS hosts, min(written_at) AS first_at, "
                  "max(written_at) AS last_at FROM windows_event WHERE {} GROUP BY ALL ORDER BY {}",
        columns, condition, is_time ? std::string(by) : format("events DESC, {}", columns));
}

static std::string logon_sql(std::string_view condition)
{
    return format(
        "SELECT count(*) AS logons, kind, is_success, user_domain, \"user\", logon_type, source_address, "
        "workstation, computer, min(written_at) AS first_at, "
        "max(written_at) AS last_at, arg_min(trace_id(evidence, \"offset\"), (written_at, evidence, "
        "\"offset\")) AS first_trace "
        "FROM windows_logon WHERE kind NOT LIKE '%logoff%' AND kind <> 'special_privileges' AND {} GROUP BY ALL "
        "ORDER BY logons DESC, kind, user_domain, \"user\", logon_type, source_address, workstation, "
        "computer, is_success",
        condition);
}

// One row per host and channel. Missing: record numbers between the first and the last that no live record has.
static std::string coverage_sql(std::string_view condition)
{
    return format("WITH chosen AS (SELECT computer, channel, record_id, written_at, recovered, evidence FROM "
                  "windows_event WHERE {}), "
                  "live AS (SELECT *, lag(written_at) OVER (PARTITION BY computer, channel ORDER BY written_at) AS "
                  "before_at FROM chosen WHERE NOT recovered), "
                  "summed AS (SELECT computer, channel, count(*) AS events, count(DISTINCT evidence) AS files, "
                  "min(written_at) AS first_at, max(written_at) AS last_at, "
                  "min(record_id) AS first_record, max(record_id) AS last_record, "
                  "CASE WHEN min(record_id) > 0 THEN max(record_id) - min(record_id) + 1 - count(DISTINCT record_id) "
                  "END AS records_missing, "
                  "round(epoch(max(written_at - before_at)) / 3600, 1) AS longest_silence_hours, arg_max(before_at, "
                  "written_at - before_at) AS silent_from, "
                  "arg_max(written_at, written_at - before_at) AS silent_until FROM live GROUP BY computer, channel), "
                  "gone AS (SELECT computer, channel, count(*) AS recovered FROM chosen WHERE recovered GROUP BY "
                  "computer, channel) "
                  "SELECT computer, channel, coalesce(events, 0) AS events, coalesce(gone.recovered, 0) AS recovered, "
                  "files, first_at, last_at, first_record, last_record, "
                  "records_missing, longest_silence_hours, silent_from, silent_until FROM summed FULL JOIN gone USING "
                  "(computer, channel) ORDER BY computer, channel",
        condition);
}

// The typed table knows no channel, provider or level of the event.
static Result<void> check_logon_filter(Arguments const& arguments)
{
    for (auto const* name : { "channel", "provider", "level", "record", "user" })
        if (arguments.has(name))
            return Error { ErrorCode::wrong_use, "command line", 0, 0, 0,
                format("--logons cannot be filtered by --{}; konseki query can", name) };
    return {};
}

static Result<ExitCode> stats(Context& context)
{
    auto const& arguments = context.arguments();
    auto const filter = TRY(read_event_filter(arguments));
    auto const limit = TRY(arguments.number("limit", 0));
    auto [condition, parameters] = filter.sql();
    std::string sql;
    if (arguments.has("logons")) {
        TRY(check_logon_filter(arguments));
        sql = logon_sql(condition);
    } else if (arguments.has("coverage")) {
        sql = coverage_sql(condition);
    } else {
        sql = count_sql(arguments.value("by"), condition);
    }
    if (limit > 0)
        append_format(sql, " LIMIT {}", limit);
    auto const source = TRY(open_case(context, store::Access::read_only));
    auto rows = TRY(source->query(sql, parameters));
    TRY(context.open_output());
    auto const writer = context.make_writer();
    auto const count = TRY(write_rows(rows, *writer, context.answer()));
    if (count == 0 && arguments.value("format", "table") == "table")
        context.remark(arguments.has("logons") ? "no logons" : "no events");
    return ExitCode::done;
}

ExitCode run_stats(Context& context)
{
    return answer_with(context, [&] { return stats(context); });
}

}
