// A question to the store as a value: which schema, which columns, which rows, in which order.
// Not SQL: store/duckdb_sql.hpp prints it for DuckDB; a printer for another engine can stand beside.
#pragma once
#include "base/result.hpp"
#include "record/schema.hpp"
#include "store/rows.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace konseki::store {

std::string quoted_text(std::string_view text); // 'text', quotes doubled

enum class Operator : std::uint8_t {
    equal,
    equal_ignoring_case, // text
    not_equal, // also true for absent values
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    contains, // text, case does not matter
    glob, // text with * and ?, case does not matter
    in, // one of the values
    is_absent,
    is_present,
};

struct Filter {
    std::string column {}; // of the schema, or evidence, offset, size_bytes, recovered
    Operator test = Operator::equal;
    std::vector<Parameter> values {}; // one, `in`: any number, is_absent and is_present: none
};

struct Order {
    std::string column {};
    bool is_descending = false;
};

// All filters must hold; any_of groups: at least one filter of each group must hold.
struct Query {
    std::string schema {}; // "windows.event"
    std::vector<std::string> columns {}; // empty: all, the origin columns last
    std::vector<Filter> filters {};
    std::vector<std::vector<Filter>> any_of {};
    // Half-open range over one timestamp column of the schema.
    std::string time_column {};
    std::optional<Timestamp> from {}, until {};
    std::vector<Order> order {}; // evidence and offset always follow, so that the order is total
    std::optional<std::uint64_t> limit {};
    std::uint64_t skip = 0;
};

inline constexpr std::string_view origin_column_names[] { "evidence", "offset", "size_bytes", "recovered" };

// The schema's name in SQL: "windows.event" -> "windows_event".
std::string sql_name(std::string_view schema_name);

}
