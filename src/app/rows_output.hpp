// Rows of the store, written as cells: the bridge between store::Rows and RowWriter.
#pragma once
#include "app/row_writer.hpp"
#include "store/rows.hpp"

namespace konseki::app {

std::vector<std::string> column_names(store::Rows const& rows);
Cell cell_of(store::Rows const& rows, std::size_t column); // valid until the next row
// Everything that is left; gives the number of rows.
Result<std::uint64_t> write_rows(store::Rows& rows, RowWriter& writer, Output const& output);

}
