// How a case is laid out in the engine: tables in schema "stored", what analysts see as views in "main". Internal to
// store/. Not the rows: store/trace_table.cpp writes those.
#pragma once
#include "record/schema.hpp"
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include <duckdb.h>

namespace konseki::store {

inline constexpr int case_format
    = 1; // of the folder and the tables that are not schemas; raised when an old program must not write

struct StoredColumn {
    std::string name;
    duckdb_type type = DUCKDB_TYPE_INVALID;
    std::string_view type_name;
};

// Physical columns of a schema's table: the four of the origin, then the schema's; a timestamp takes two (microseconds,
// and the digit of 100 ns below), a local time is text, for it must not be compared with a timestamp.
std::vector<StoredColumn> stored_columns(Schema const& schema);
// Name of the view's column that holds a timestamp column's exact ticks.
std::string ticks_name(std::string_view column);

// Statements that make or widen everything, in order; running them again changes nothing. Columns of schemas get their
// comments apart (below).
std::vector<std::string> layout_statements(std::span<Schema const* const> schemas);
// Comments on the columns of one schema's view. They are two thirds of what a new case costs, so a schema gets them
// with its first rows.
std::vector<std::string> column_comments(Schema const& schema);
// Adds a column that a table of an older case may lack: of no use in a new case.
bool widens_table(std::string_view statement);

}
