// konseki timeline: all events and findings in time order, for other tools. One statement; the store sorts what does
// not fit memory.
#include "app/command_table.hpp"
#include "app/context.hpp"
#include "app/event_filter.hpp"
#include "app/rows_output.hpp"
#include "base/text.hpp"

namespace konseki::app {

// The columns that Timesketch requires come first and last: datetime, timestamp_desc, message, data_type.
// `detail` is what a typed table knows of the event; an event is in at most one of them as far as the sum is concerned
// (any_value).
static std::string details_sql()
{
    return "SELECT evidence, \"offset\", any_value(detail) AS detail FROM ("
           "SELECT evidence, \"offset\", concat_ws(' ', 'process', coalesce(command_line, image), 'by', \"user\", "
           "'from', parent_image) AS detail FROM windows_process_start "
           "UNION ALL SELECT evidence, \"offset\", concat_ws(' ', kind, CASE WHEN is_success = false THEN 'failed' "
           "END, 'type ' || logon_type, user_domain || '\\' || \"user\", "
           "'from ' || source_address, workstation) FROM windows_logon "
           "UNION ALL SELECT evidence, \"offset\", concat_ws(' ', 'service', name, kind, image) FROM "
           "windows_service_change "
           "UNION ALL SELECT evidence, \"offset\", concat_ws(' ', 'task', name, kind, command, arguments) FROM "
           "windows_task_change "
           "UNION ALL SELECT evidence, \"offset\", concat_ws(' ', 'connection', image, source_address || ':' || "
           "source_port, '->', target_address || ':' || target_port) "
           "FROM windows_network_connection) GROUP BY ALL";
}

struct TimelineQuery {
    std::string sql;
    std::vector<store::Parameter> parameters;
};

static TimelineQuery timeline_query(EventFilter const& filter, std::string_view language, bool findings_only)
{
    auto const [condition, parameters] = filter.sql();
    auto const title = language == "ja" ? "coalesce(nullif(title_ja, ''), title)" : "title";
    auto sql = format(
        "WITH stood AS (SELECT t.evidence, t.\"offset\", string_agg(DISTINCT f.severity || ': ' || {0}, '; ' ORDER BY "
        "f.severity || ': ' || {0}) AS findings "
        "FROM finding_trace t JOIN finding f ON f.id = t.finding GROUP BY ALL), details AS ({1}), "
        "events AS (SELECT written_at AS datetime, 'Event Logged' AS timestamp_desc, "
        "concat_ws(' ', channel, event_id::VARCHAR, 'on ' || computer, CASE WHEN recovered THEN '[recovered: ' || how "
        "|| ']' END, detail) AS message, "
        "'windows:event' AS data_type, computer, channel, provider, event_id, record_id, level, user_sid, recovered, "
        "trace_id(evidence, \"offset\") AS trace, findings, 0 AS rank, evidence, \"offset\" AS place "
        "FROM (SELECT * FROM windows_event WHERE {2}) LEFT JOIN details USING (evidence, \"offset\") {3} JOIN stood "
        "USING (evidence, \"offset\")), "
        "claims AS (SELECT coalesce(first_at, last_at) AS datetime, 'Finding' AS timestamp_desc, '[' || severity || '] "
        "' || {0} || CASE WHEN count > 1 THEN "
        "' (' || count || ' times)' ELSE '' END AS message, 'konseki:finding' AS data_type, host AS computer, "
        "NULL::VARCHAR AS channel, NULL::VARCHAR AS provider, "
        "NULL AS event_id, NULL AS record_id, NULL AS level, NULL::VARCHAR AS user_sid, false AS recovered, id AS "
        "trace, severity AS findings, 1 AS rank, "
        "0 AS evidence, 0 AS place FROM finding WHERE {4}) "
        "SELECT datetime, timestamp_desc, message, data_type, computer, channel, provider, event_id, record_id, level, "
        "user_sid, recovered, trace, findings "
        "FROM (SELECT * FROM events UNION ALL SELECT * FROM claims) ORDER BY datetime NULLS LAST, rank, evidence, "
        "place, trace",
        title, details_sql(), condition, findings_only ? "INNER" : "LEFT", [&] {
            std::string times = "TRUE";
            if (filter.from)
                append_format(times, " AND last_at >= make_timestamp({})", filter.from->unix_microseconds());
            if (filter.until)
                append_format(times, " AND first_at < make_timestamp({})", filter.until->unix_microseconds());
            return times;
        }());
    return { std::move(sql), parameters };
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
    auto const kind = arguments.value("to", "jsonl");
    auto const filter = TRY(read_event_filter(arguments));
    auto const query = timeline_query(filter, context.language(), arguments.has("findings-only"));
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
            format("{} events without a time were left out: Timesketch has no place for them", grouped(skipped)));
    return ExitCode::done;
}

ExitCode run_timeline(Context& context)
{
    return answer_with(context, [&] { return timeline(context); });
}

}
