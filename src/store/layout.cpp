#include "store/layout.hpp"
#include "base/text.hpp"
#include "store/engine.hpp"
#include "store/query.hpp"

namespace konseki::store {

namespace {

constexpr std::int64_t epoch_ticks = Timestamp::unix_epoch_seconds * ticks_per_second;

StoredColumn column(std::string name, duckdb_type type, std::string_view type_name)
{
    return { std::move(name), type, type_name };
}

void append_columns(std::vector<StoredColumn>& target, Column const& described)
{
    std::string const name(described.name);
    switch (described.type) {
    case ColumnType::boolean: target.push_back(column(name, DUCKDB_TYPE_BOOLEAN, "BOOLEAN")); return;
    case ColumnType::unsigned_integer: target.push_back(column(name, DUCKDB_TYPE_UBIGINT, "UBIGINT")); return;
    case ColumnType::signed_integer: target.push_back(column(name, DUCKDB_TYPE_BIGINT, "BIGINT")); return;
    case ColumnType::real: target.push_back(column(name, DUCKDB_TYPE_DOUBLE, "DOUBLE")); return;
    case ColumnType::timestamp:
        target.push_back(column(name, DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP"));
        target.push_back(column(name + "_digit", DUCKDB_TYPE_UTINYINT, "UTINYINT"));
        return;
    case ColumnType::local_time:
    case ColumnType::text:
    case ColumnType::symbol: target.push_back(column(name, DUCKDB_TYPE_VARCHAR, "VARCHAR")); return;
    }
}

constexpr std::string_view origin_meanings[] {
    "Number of the evidence the trace lies in; see evidence.number",
    "Where in the evidence it begins, in bytes; trace_id(evidence, \"offset\") gives the address that `konseki show` "
    "takes",
    "How many bytes it takes there",
    "True when it is not a live record: found in slack, free space or another record's body",
};

std::string exact_ticks(std::string_view name)
{
    auto const time = quoted_name(name);
    return format("((epoch_us({}) + {}) * 10 + {})", time, epoch_ticks / 10, quoted_name(std::string(name) + "_digit"));
}

void append_comment(
    std::vector<std::string>& target, std::string_view view, std::string_view column, std::string_view meaning)
{
    target.push_back(format("COMMENT ON COLUMN {}.{} IS {}", view, quoted_name(column), quoted_text(meaning)));
}

void append_schema(std::vector<std::string>& target, Schema const& schema)
{
    auto const name = sql_name(schema.name);
    auto const columns = stored_columns(schema);
    std::string definition;
    for (auto const& stored : columns)
        append_format(
            definition, "{}{} {}", definition.empty() ? "" : ", ", quoted_name(stored.name), stored.type_name);
    target.push_back(format("CREATE TABLE IF NOT EXISTS stored.{}({})", name, definition));
    for (auto const& stored : columns)
        target.push_back(format(
            "ALTER TABLE stored.{} ADD COLUMN IF NOT EXISTS {} {}", name, quoted_name(stored.name), stored.type_name));

    std::string seen, ticks;
    for (auto const& described : schema.columns()) {
        append_format(seen, "{}, ", quoted_name(described.name));
        if (described.type == ColumnType::timestamp)
            append_format(ticks, ", {} AS {}", exact_ticks(described.name), quoted_name(ticks_name(described.name)));
    }
    target.push_back(
        format("CREATE OR REPLACE VIEW {0} AS SELECT {1}evidence, \"offset\", size_bytes, recovered{2} FROM stored.{0}",
            name, seen, ticks));
    target.push_back(format("COMMENT ON VIEW {} IS {}", name, quoted_text(schema.meaning)));
}

std::string moment(std::string_view name)
{
    return format("CASE WHEN {0} <> 0 THEN make_timestamp({0} // 10 - {1}) END AS {0}", name, epoch_ticks / 10);
}

// Tables that are not schemas. Times are ticks, 0 means "not known".
void append_fixed_tables(std::vector<std::string>& target)
{
    target.emplace_back("CREATE TABLE IF NOT EXISTS stored.evidence(number UINTEGER, sha256 VARCHAR, size_bytes "
                        "UBIGINT, path VARCHAR, original_path "
                        "VARCHAR, parent UINTEGER, duplicate_of UINTEGER, modified_at BIGINT, received_at BIGINT, "
                        "modified_ns BIGINT, parser VARCHAR, "
                        "parser_version UINTEGER, state VARCHAR, is_in_vault BOOLEAN, host VARCHAR, machine_path "
                        "VARCHAR, companions VARCHAR)");
    for (auto const* const added : { "host", "machine_path", "companions" }) // cases of before have no such columns
        target.push_back(format("ALTER TABLE stored.evidence ADD COLUMN IF NOT EXISTS {} VARCHAR", added));
    target.emplace_back("CREATE TABLE IF NOT EXISTS stored.diagnostic(evidence UINTEGER, code VARCHAR, what VARCHAR, "
                        "\"offset\" UBIGINT, need UBIGINT, "
                        "have UBIGINT, detail VARCHAR, bytes_lost UBIGINT)");
    target.emplace_back("CREATE TABLE IF NOT EXISTS stored.host(name VARCHAR, other_names VARCHAR, known_from VARCHAR, "
                        "domain VARCHAR, os VARCHAR, os_build VARCHAR, time_zone VARCHAR, installed_at BIGINT, "
                        "last_shutdown_at BIGINT, first_at BIGINT, last_at BIGINT)");
    target.emplace_back(
        "CREATE TABLE IF NOT EXISTS stored.evidence_host(evidence UINTEGER, host VARCHAR, how VARCHAR)");
    target.emplace_back("CREATE TABLE IF NOT EXISTS stored.dictionary(key VARCHAR, bytes BLOB)");
    target.emplace_back("CREATE TABLE IF NOT EXISTS stored.fact(key VARCHAR, value VARCHAR)");
    target.emplace_back("CREATE TABLE IF NOT EXISTS stored.finding(id VARCHAR, analyser VARCHAR, rule VARCHAR, "
                        "severity_rank UTINYINT, title VARCHAR, "
                        "title_ja VARCHAR, host VARCHAR, first_at BIGINT, last_at BIGINT, count UBIGINT, because_total "
                        "UBIGINT, attack VARCHAR, explanation "
                        "VARCHAR, explanation_ja VARCHAR, advice VARCHAR, advice_ja VARCHAR, source VARCHAR)");
    target.emplace_back("CREATE TABLE IF NOT EXISTS stored.finding_because(finding VARCHAR, ordinal UINTEGER, evidence "
                        "UINTEGER, \"offset\" UBIGINT, "
                        "schema VARCHAR, seen_at BIGINT)");
    target.emplace_back("CREATE TABLE IF NOT EXISTS stored.finding_field(finding VARCHAR, ordinal UINTEGER, position "
                        "UINTEGER, name VARCHAR, value VARCHAR)");
    target.emplace_back("CREATE TABLE IF NOT EXISTS stored.finding_trace(finding VARCHAR, ordinal UINTEGER, evidence "
                        "UINTEGER, \"offset\" UBIGINT)");
}

void append_host_view(std::vector<std::string>& target)
{
    target.emplace_back("CREATE OR REPLACE MACRO host_key(name) AS lower(CASE WHEN regexp_full_match(name, '[0-9.]+') "
                        "THEN name ELSE split_part(name, '.', 1) END)");
    target.push_back(format("CREATE OR REPLACE VIEW host AS SELECT name, NULLIF(other_names, '') AS other_names, "
                            "known_from, NULLIF(domain, '') AS domain, NULLIF(os, '') AS os, NULLIF(os_build, '') AS "
                            "os_build, NULLIF(time_zone, '') AS time_zone, {}, {}, {}, {}, (SELECT count(*) FROM "
                            "stored.evidence_host e WHERE e.host = name) AS evidence FROM stored.host",
        moment("installed_at"), moment("last_shutdown_at"), moment("first_at"), moment("last_at")));
    target.emplace_back("COMMENT ON VIEW host IS 'The machines of this case; join evidence.host; for names "
                        "of events see host_name'");
    target.emplace_back(
        "CREATE OR REPLACE VIEW host_name AS WITH spelling AS (SELECT DISTINCT host_key(name) AS key, name "
        "AS host, true AS is_own FROM stored.host UNION SELECT DISTINCT host_key(unnest(string_split("
        "other_names, ', '))), name, false FROM stored.host WHERE other_names <> ''), best AS (SELECT "
        "key, host, is_own, bool_or(is_own) OVER (PARTITION BY key) AS has_own FROM spelling) SELECT "
        "key, min(host) AS host FROM best WHERE is_own OR NOT has_own GROUP BY key HAVING count(*) = 1");
    target.emplace_back("COMMENT ON VIEW host_name IS 'Each name that is one machine''s alone, in the form of "
                        "host_key(): JOIN host_name ON key = host_key(computer) gives an event its host'");
    append_comment(target, "host", "name", "As the machine named itself last");
    append_comment(target, "host", "other_names", "Other spellings, and names it had before");
    append_comment(target, "host", "known_from", "What says so: registry, event_log, collection");
    append_comment(target, "host", "installed_at", "Of its Windows, UTC: changes with feature updates");
    append_comment(target, "host", "last_shutdown_at", "Last orderly shutdown that the registry knows, UTC");
    append_comment(target, "host", "first_at", "First event, journal record or program run of the machine, UTC");
    append_comment(target, "host", "last_at", "Last event, journal record or program run of the machine, UTC");
    append_comment(target, "host", "evidence", "Pieces of evidence of this machine");
}

// The same bytes are read once. On another machine they say as much, and of several copies there one does: two would
// count twice what one machine holds.
void append_host_evidence_view(std::vector<std::string>& target)
{
    target.emplace_back(
        "CREATE OR REPLACE VIEW host_evidence AS SELECT number AS evidence, host, number, original_path, parent FROM "
        "evidence UNION ALL SELECT twin.duplicate_of, twin.host, min(twin.number), arg_min(twin.original_path, "
        "twin.number), arg_min(twin.parent, twin.number) FROM evidence AS twin JOIN evidence AS first ON first.number "
        "= twin.duplicate_of WHERE twin.host IS NOT NULL AND twin.host IS DISTINCT FROM first.host GROUP BY "
        "twin.duplicate_of, twin.host");
    target.emplace_back("COMMENT ON VIEW host_evidence IS 'Which machines the rows of a piece of evidence are of: "
                        "its own, and others that hold the same bytes; join it where hosts are counted'");
    append_comment(target, "host_evidence", "evidence", "Piece of evidence where the rows stand");
    append_comment(target, "host_evidence", "number", "The machine's own piece: that one, or its duplicate");
}

void append_fixed_views(std::vector<std::string>& target)
{
    target.push_back(format("CREATE OR REPLACE VIEW evidence AS SELECT number, sha256, size_bytes, original_path, "
                            "path, NULLIF(parent, 0) AS parent, "
                            "NULLIF(duplicate_of, 0) AS duplicate_of, {}, {}, NULLIF(parser, '') AS parser, "
                            "parser_version, state, is_in_vault, coalesce(h.host, NULLIF(e.host, '')) AS host, "
                            "NULLIF(machine_path, '') AS "
                            "machine_path, NULLIF(companions, '') AS companions, h.how AS host_how "
                            "FROM stored.evidence e LEFT JOIN stored.evidence_host h ON h.evidence = e.number",
        moment("modified_at"), moment("received_at")));
    append_host_view(target);
    append_host_evidence_view(target);
    target.emplace_back("CREATE OR REPLACE VIEW diagnostic AS SELECT evidence, code, what, \"offset\", need, have, "
                        "NULLIF(detail, '') AS detail, bytes_lost "
                        "FROM stored.diagnostic");
    target.push_back(format("CREATE OR REPLACE VIEW finding AS SELECT id, CASE severity_rank WHEN 0 THEN "
                            "'informational' WHEN 1 THEN 'low' WHEN 2 THEN "
                            "'medium' WHEN 3 THEN 'high' ELSE 'critical' END AS severity, title, title_ja, "
                            "NULLIF(host, '') AS host, {}, {}, count, "
                            "because_total AS traces, CASE WHEN attack = '' THEN [] ELSE string_split(attack, ' ') END "
                            "AS attack, analyser, rule, explanation, "
                            "explanation_ja, advice, advice_ja, source, severity_rank FROM stored.finding",
        moment("first_at"), moment("last_at")));
    target.emplace_back("CREATE OR REPLACE VIEW finding_trace AS SELECT finding, ordinal, evidence, \"offset\" FROM "
                        "stored.finding_trace");
    target.push_back(
        format("CREATE OR REPLACE VIEW finding_because AS SELECT finding, ordinal, evidence, \"offset\", schema, {} "
               "FROM stored.finding_because",
            moment("seen_at")));
    target.emplace_back("COMMENT ON VIEW finding_because IS 'The first traces of each finding, with their time'");
    target.push_back(format("CREATE OR REPLACE VIEW finding_field AS SELECT f.finding, f.ordinal, f.position, f.name, "
                            "f.value, b.evidence, b.\"offset\", "
                            "b.schema, {} FROM stored.finding_field f JOIN stored.finding_because b ON b.finding = "
                            "f.finding AND b.ordinal = f.ordinal",
        moment("seen_at")));
    target.emplace_back("CREATE OR REPLACE VIEW fact AS SELECT key, value FROM stored.fact");
    target.emplace_back(
        "CREATE OR REPLACE MACRO trace_id(evidence, place) AS 'e' || evidence || '@0x' || lower(hex(place))");
    target.emplace_back("CREATE OR REPLACE MACRO jst(moment) AS moment + INTERVAL 9 HOUR");
    target.emplace_back("COMMENT ON VIEW evidence IS 'Every registered piece of evidence and its custody'");
    target.emplace_back("COMMENT ON VIEW diagnostic IS 'What could not be read, where, and how many bytes it cost'");
    target.emplace_back("COMMENT ON VIEW finding IS 'What the analysers found'");
    target.emplace_back("COMMENT ON VIEW finding_trace IS 'Every trace a finding stands on'");
    target.emplace_back(
        "COMMENT ON VIEW finding_field IS 'The fields that matched, for the first traces of each finding'");
    target.emplace_back(
        "COMMENT ON VIEW fact IS 'What the program noted about this case: versions, rule sets, summaries'");
    append_comment(target, "evidence", "sha256", "Identity of the bytes");
    append_comment(target, "evidence", "original_path", "As the machine it comes from or the archive named it");
    append_comment(target, "evidence", "host", "The machine it comes from; see host.name");
    append_comment(target, "evidence", "host_how",
        "Who says so: registry, event_log (itself), collection (its name), spread (others of the same collection)");
    append_comment(target, "evidence", "machine_path", "Where it lay on that machine");
    append_comment(target, "evidence", "companions", "Files beside it that were read together with it");
    append_comment(target, "evidence", "path", "Where the bytes can be read now");
    append_comment(target, "evidence", "parent", "The archive it came from");
    append_comment(target, "evidence", "modified_at", "Of the file as received, UTC");
    append_comment(target, "evidence", "received_at", "When this case registered it, UTC");
    append_comment(target, "diagnostic", "bytes_lost", "0: a remark, nothing was lost");
    append_comment(target, "finding", "traces", "How many traces it stands on; all are in finding_trace");
    append_comment(target, "finding", "count", "Folded repeats");
}

}

std::vector<StoredColumn> stored_columns(Schema const& schema)
{
    std::vector<StoredColumn> columns {
        column("evidence", DUCKDB_TYPE_UINTEGER, "UINTEGER"),
        column("offset", DUCKDB_TYPE_UBIGINT, "UBIGINT"),
        column("size_bytes", DUCKDB_TYPE_UBIGINT, "UBIGINT"),
        column("recovered", DUCKDB_TYPE_BOOLEAN, "BOOLEAN"),
    };
    for (auto const& described : schema.columns())
        append_columns(columns, described);
    return columns;
}

std::string ticks_name(std::string_view column)
{
    return std::string(column) + "_ticks";
}

std::vector<std::string> layout_statements(std::span<Schema const* const> schemas)
{
    std::vector<std::string> statements { "CREATE SCHEMA IF NOT EXISTS stored" };
    append_fixed_tables(statements);
    append_fixed_views(statements);
    for (auto const* schema : schemas)
        append_schema(statements, *schema);
    return statements;
}

std::vector<std::string> column_comments(Schema const& schema)
{
    std::vector<std::string> statements;
    auto const name = sql_name(schema.name);
    for (auto const& described : schema.columns()) {
        append_comment(statements, name, described.name, described.meaning);
        if (described.type == ColumnType::timestamp)
            append_comment(
                statements, name, ticks_name(described.name), "The same moment exactly: 100 ns ticks since 1601-01-01");
    }
    for (std::size_t i = 0; i < std::size(origin_column_names); ++i)
        append_comment(statements, name, origin_column_names[i], origin_meanings[i]);
    return statements;
}

bool widens_table(std::string_view statement)
{
    return statement.starts_with("ALTER TABLE ");
}

std::string sql_name(std::string_view schema_name)
{
    std::string name(schema_name);
    for (auto& c : name)
        c = c == '.' ? '_' : c;
    return name;
}

}
