#include "app/timeline_query.hpp"
#include "base/text.hpp"
#include "store/query.hpp"
#include "traces/catalogue.hpp"
#include "traces/registry_artefact.hpp"
#include <algorithm>

namespace konseki::app {

namespace {

constexpr std::size_t value_characters_max = 300; // of one column in a message; the trace's address leads to the rest

// Columns that say what a row is about, the best first; else the first text does.
constexpr std::string_view headline_names[] { "path", "target", "message", "executable", "name", "title", "uri",
    "task" };

// Our own words in a statement: meanings of columns hold quotes.
std::string quoted(std::string_view text)
{
    std::string target = "'";
    for (auto const c : text)
        target += c == '\'' ? std::string("''") : std::string(1, c);
    return target + "'";
}

std::string_view up_to(std::string_view text, std::string_view mark)
{
    return text.substr(0, text.find(mark));
}

std::string hosts_condition(TimelineChoice const& choice, std::initializer_list<std::string_view> columns)
{
    std::string condition;
    for (std::size_t index = 1; index <= choice.hosts.size(); ++index)
        for (auto const column : columns)
            append_format(condition, "{}{} ILIKE ${} ESCAPE '!'", condition.empty() ? "(" : " OR ", column, index);
    return condition.empty() ? "TRUE" : condition + ")";
}

// From is rounded down and until up: a state trace within the same microsecond is shown rather than lost.
std::string times_condition(TimelineChoice const& choice, std::string_view time)
{
    std::string condition = format("{} IS NOT NULL", time);
    if (choice.from)
        append_format(condition, " AND {} >= make_timestamp({})", time, choice.from->unix_microseconds());
    if (choice.until)
        append_format(
            condition, " AND {} < make_timestamp({})", time, Timestamp { choice.until->ticks + 9 }.unix_microseconds());
    return condition;
}

// `detail` is what a typed table knows of the event; an event is in at most one of them as far as the sum is concerned
// (any_value).
std::string details_sql()
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

std::string events_sql(TimelineChoice const& choice)
{
    auto condition = hosts_condition(choice, { "host", "computer" });
    if (choice.from)
        append_format(condition, " AND written_at >= make_timestamp({}) AND written_at_ticks >= {}",
            choice.from->unix_microseconds(), choice.from->ticks);
    if (choice.until)
        append_format(condition, " AND written_at <= make_timestamp({}) AND written_at_ticks < {}",
            choice.until->unix_microseconds(), choice.until->ticks);
    return format(
        "SELECT written_at AS datetime, 'Event Logged' AS timestamp_desc, concat_ws(' ', channel, event_id::VARCHAR, "
        "'on ' || computer, CASE WHEN recovered THEN '[recovered: ' || how || ']' END, detail) AS message, "
        "'windows:event' AS data_type, host, computer, channel, provider, event_id, record_id, level, user_sid, "
        "recovered, trace_id(evidence, \"offset\") AS trace, findings, 0 AS rank, evidence, \"offset\" AS place, "
        "0 AS ordinal FROM windows_event LEFT JOIN (SELECT computer, coalesce(n.host, computer) AS host FROM (SELECT "
        "DISTINCT computer FROM windows_event WHERE computer IS NOT NULL) LEFT JOIN host_name n ON n.key = "
        "host_key(computer)) USING (computer) LEFT JOIN details USING (evidence, \"offset\") {} JOIN stood USING "
        "(evidence, \"offset\") WHERE {}",
        choice.is_of_findings_only ? "INNER" : "LEFT", condition);
}

bool is_words(ColumnType type)
{
    return type == ColumnType::text || type == ColumnType::symbol || type == ColumnType::local_time;
}

// "C:\x.exe; kind: service; user: hanako; [recovered]": what the row is about stands alone, the others bear their
// names.
std::string message_sql(Schema const& schema)
{
    auto const columns = schema.columns();
    auto headline = columns.end();
    for (auto const name : headline_names)
        if (headline == columns.end())
            headline = std::find_if(columns.begin(), columns.end(),
                [&](Column const& column) { return column.name == name && is_words(column.type); });
    auto const is_text = [](Column const& column) { return column.type == ColumnType::text; };
    if (headline == columns.end())
        headline = std::find_if(columns.begin(), columns.end(), is_text);
    if (headline == columns.end())
        headline = std::find_if(columns.begin(), columns.end(), [](auto const& one) { return is_words(one.type); });
    std::string parts, rest;
    for (auto one = columns.begin(); one != columns.end(); ++one) {
        if (one->type == ColumnType::boolean && one->name == "is_in_use")
            rest += ", CASE WHEN is_in_use = false THEN '[deleted]' END";
        if (!is_words(one->type))
            continue;
        auto const value = format("CASE WHEN length(\"{0}\") > {1} THEN left(\"{0}\", {1}) || '…' ELSE nullif(\"{0}\", "
                                  "'') END",
            one->name, value_characters_max);
        if (one == headline)
            parts.insert(0, value);
        else
            append_format(parts, ", '{}: ' || {}", one->name, value);
    }
    if (headline == columns.end())
        parts.insert(0, quoted(schema.meaning));
    return format("coalesce(nullif(concat_ws('; ', {}{}, CASE WHEN recovered THEN '[recovered]' END), ''), {})", parts,
        rest, quoted(schema.meaning));
}

std::string state_sql(TimelineChoice const& choice, Schema const& schema)
{
    std::string moments, near;
    std::size_t ordinal = 0;
    for (auto const& column : schema.columns()) {
        if (column.type != ColumnType::timestamp)
            continue;
        append_format(moments, "{}{{'at': \"{}\", 'what': {}, 'ordinal': {}}}", moments.empty() ? "" : ", ",
            column.name, quoted(time_words(column)), ordinal++);
        auto const name = format("\"{}\"", column.name);
        append_format(near, "{}{}", near.empty() ? "" : " OR ", times_condition(choice, name));
    }
    if (moments.empty())
        return {};
    auto data_type = std::string(schema.name);
    std::replace(data_type.begin(), data_type.end(), '.', ':');
    return format("SELECT moment.at AS datetime, moment.what AS timestamp_desc, message, '{}' AS data_type, recovered, "
                  "evidence, place, moment.ordinal AS ordinal FROM (SELECT unnest([{}]) AS moment, {} AS message, "
                  "recovered, evidence, \"offset\" AS place FROM {} WHERE {}) WHERE {}",
        data_type, moments, message_sql(schema), store::sql_name(schema.name), near,
        times_condition(choice, "moment.at"));
}

// The moments of all state traces. They are gathered before anything joins or sorts them: the store sets room aside
// for every join and every run of a sort from the start, and for each of 74 schemas that was more than its memory.
std::string moments_sql(TimelineChoice const& choice, std::span<Schema const* const> schemas)
{
    std::string branches;
    for (auto const* schema : schemas) {
        auto const branch = state_sql(choice, *schema);
        if (!branch.empty())
            append_format(branches, "{}{}", branches.empty() ? "" : " UNION ALL ", branch);
    }
    return branches;
}

std::string all_state_sql(TimelineChoice const& choice)
{
    return format(
        "SELECT datetime, timestamp_desc, message, data_type, host, NULL::VARCHAR AS computer, NULL::VARCHAR AS "
        "channel, NULL::VARCHAR AS provider, NULL AS event_id, NULL AS record_id, NULL AS level, NULL::VARCHAR AS "
        "user_sid, recovered, trace_id(evidence, place) AS trace, findings, 1 AS rank, evidence, place, ordinal FROM "
        "moments JOIN places USING (evidence) {} JOIN (SELECT evidence, \"offset\" AS place, findings FROM stood) "
        "USING "
        "(evidence, place)",
        choice.is_of_findings_only ? "INNER" : "LEFT");
}

std::string findings_sql(TimelineChoice const& choice, std::string_view title)
{
    auto const times = choice.from || choice.until ? times_condition(choice, "coalesce(first_at, last_at)") : "TRUE";
    return format(
        "SELECT coalesce(first_at, last_at) AS datetime, 'Finding' AS timestamp_desc, '[' || severity || '] ' || {0} "
        "|| CASE WHEN count > 1 THEN ' (' || count || ' times)' ELSE '' END AS message, 'konseki:finding' AS "
        "data_type, coalesce(n.host, f.host) AS host, f.host AS computer, NULL::VARCHAR AS channel, NULL::VARCHAR AS "
        "provider, NULL AS event_id, NULL AS record_id, NULL AS level, NULL::VARCHAR AS user_sid, false AS recovered, "
        "id AS trace, severity AS findings, 2 AS rank, 0 AS evidence, 0 AS place, 0 AS ordinal FROM finding f LEFT "
        "JOIN host_name n ON n.key = host_key(f.host) WHERE {1} AND {2}",
        title, times, hosts_condition(choice, { "coalesce(n.host, f.host)", "f.host" }));
}

}

std::string_view time_words(Column const& column)
{
    return up_to(up_to(column.meaning, "; "), ", UTC");
}

std::vector<Schema const*> const& state_schemas()
{
    static auto const schemas = [] {
        std::vector<Schema const*> all, of_events;
        for (auto const* parser : artefact_parsers())
            if (parser->name == "windows_event")
                of_events.assign(parser->emits.begin(), parser->emits.end());
        auto const add = [&](Schema const* schema) {
            auto const is_named = [&](Schema const* other) { return other->name == schema->name; };
            if (std::ranges::none_of(of_events, is_named) && std::ranges::none_of(all, is_named))
                all.push_back(schema);
        };
        for (auto const* parser : artefact_parsers())
            std::ranges::for_each(parser->emits, add);
        for (auto const* artefact : registry_artefacts())
            std::ranges::for_each(artefact->emits, add);
        return all;
    }();
    return schemas;
}

// The store sorts what does not fit memory.
TimelineQuery timeline_query(TimelineChoice const& choice, std::span<Schema const* const> state_schemas)
{
    auto const title = choice.language == "ja" ? "coalesce(nullif(title_ja, ''), title)" : "title";
    std::string branches;
    auto const add = [&](std::string const& branch) {
        if (!branch.empty())
            append_format(branches, "{}{}", branches.empty() ? "" : " UNION ALL ", branch);
    };
    if (choice.has_events)
        add(events_sql(choice));
    auto const moments = choice.has_state ? moments_sql(choice, state_schemas) : std::string();
    if (!moments.empty())
        add(all_state_sql(choice));
    if (choice.has_findings)
        add(findings_sql(choice, title));
    TimelineQuery query;
    query.sql = format(
        "WITH stood AS (SELECT t.evidence, t.\"offset\", string_agg(DISTINCT f.severity || ': ' || {0}, '; ' ORDER BY "
        "f.severity || ': ' || {0}) AS findings FROM finding_trace t JOIN finding f ON f.id = t.finding GROUP BY ALL), "
        "details AS ({1}), places AS (SELECT evidence, host FROM host_evidence WHERE {2}){4}, gathered AS "
        "MATERIALIZED ({3}) SELECT datetime, "
        "timestamp_desc, message, data_type, host, computer, channel, provider, event_id, record_id, level, user_sid, "
        "recovered, trace, findings FROM gathered ORDER BY datetime NULLS LAST, rank, evidence, place, data_type, "
        "ordinal, trace, message",
        title, details_sql(), hosts_condition(choice, { "host" }), branches,
        moments.empty() ? std::string() : format(", moments AS MATERIALIZED ({})", moments));
    query.parameters.assign(choice.hosts.begin(), choice.hosts.end());
    return query;
}

}
