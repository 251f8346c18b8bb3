// ESE databases of Windows: opened once, recognised by their tables, each table read by the file that knows it.
// Not the format: formats/ese; nor the meaning of tables: srum.hpp, ual.hpp, file_history.hpp, bits.hpp.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_ese {

extern ArtefactParser const parser;

// One per database.
struct DatabaseRow {
    Symbol kind;
    std::string_view path;
    Symbol state;
    std::uint32_t revision = 0, page_bytes = 0;
    Timestamp consistent_at, attached_at, detached_at;
    LocalTime consistent_local_time;
    std::uint32_t log_generation_min = 0, log_generation_max = 0;
    std::uint64_t tables = 0, rows = 0, recovered_rows = 0, pages_with_bad_checksum = 0;
    bool is_shadow_header = false;
};
inline constexpr auto database_schema = schema("windows.ese_database", "An ESE database that was read",
    field("kind", &DatabaseRow::kind,
        "What it is by its tables: srum, ual, ual_identity, file_history, bits, or unknown"),
    field("path", &DatabaseRow::path, "Where the evidence had it"),
    field("state", &DatabaseRow::state, "clean, or dirty: the newest rows may be in transaction logs only"),
    field("revision", &DatabaseRow::revision, "Format revision"),
    field("page_bytes", &DatabaseRow::page_bytes, "Page size"),
    field("consistent_at", &DatabaseRow::consistent_at, "Last brought to a clean state, as the header says"),
    field("attached_at", &DatabaseRow::attached_at, "Last opened by an engine"),
    field("detached_at", &DatabaseRow::detached_at, "Last closed by an engine"),
    field("consistent_local_time", &DatabaseRow::consistent_local_time,
        "consistent_at where the header says that its times are local"),
    field("log_generation_min", &DatabaseRow::log_generation_min, "First transaction log that a replay needs"),
    field("log_generation_max", &DatabaseRow::log_generation_max, "Last transaction log that a replay needs"),
    field("tables", &DatabaseRow::tables, "Tables in the catalogue"),
    field("rows", &DatabaseRow::rows, "Live rows in all of them"),
    field("recovered_rows", &DatabaseRow::recovered_rows, "Rows on deleted nodes and unreached pages"),
    field("pages_with_bad_checksum", &DatabaseRow::pages_with_bad_checksum, "Pages read in spite of their checksum"),
    field("is_shadow_header", &DatabaseRow::is_shadow_header, "The first header was unreadable, its copy was used"));

// One per table, so that tables nobody interprets are seen too.
struct TableRow {
    std::string_view name;
    Symbol kind;
    std::uint64_t rows = 0, recovered_rows = 0, columns = 0;
    std::string_view column_names;
    bool is_interpreted = false;
    std::uint32_t object_id = 0;
};
inline constexpr auto table_schema
    = schema("windows.ese_table", "A table of an ESE database", field("name", &TableRow::name, "Its name"),
        field("kind", &TableRow::kind, "Kind of the database"), field("rows", &TableRow::rows, "Live rows"),
        field("recovered_rows", &TableRow::recovered_rows, "Rows on deleted nodes and unreached pages"),
        field("columns", &TableRow::columns, "Number of columns"),
        field("column_names", &TableRow::column_names, "Their names; the first hundred"),
        field("is_interpreted", &TableRow::is_interpreted, "Its rows are in a schema of their own"),
        field("object_id", &TableRow::object_id, "Number in the catalogue"));

}
