// Prints the query model as one DuckDB statement with parameters. Pure: no engine is needed to test it.
// Not for analysts' own SQL: that goes to Case::query as it is.
#pragma once
#include "base/result.hpp"
#include "store/query.hpp"

namespace konseki::store {

struct PrintedQuery {
    std::string sql;
    std::vector<Parameter> parameters;
    std::vector<bool> exact_times; // per column: holds ticks, to be shown as a time
};

// Refuses unknown columns, values that do not fit a column's type, and tests that make no sense for it: wrong_use, with
// the names there are.
Result<PrintedQuery> duckdb_sql(Query const& query, Schema const& schema);

}
