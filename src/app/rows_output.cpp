#include "app/rows_output.hpp"

namespace konseki::app {

std::vector<std::string> column_names(store::Rows const& rows)
{
    std::vector<std::string> names;
    for (auto const& column : rows.columns())
        names.push_back(column.name);
    return names;
}

Cell cell_of(store::Rows const& rows, std::size_t column)
{
    if (rows.is_null(column))
        return Cell::absent();
    switch (rows.columns()[column].kind) {
    case store::ValueKind::boolean: return Cell::boolean(rows.boolean(column));
    case store::ValueKind::integer:
    case store::ValueKind::unsigned_integer: return Cell::number(rows.text(column));
    case store::ValueKind::real: {
        auto const text = rows.text(column);
        bool const is_json_number = !text.empty() && text.find_first_of("ni") == std::string_view::npos; // not nan, inf
        return is_json_number ? Cell::number(text) : Cell::of(text);
    }
    case store::ValueKind::time: return Cell::time(rows.time(column));
    case store::ValueKind::text:
    case store::ValueKind::other: break;
    }
    return Cell::of(rows.text(column));
}

Result<std::uint64_t> write_rows(store::Rows& rows, RowWriter& writer, Output const& output)
{
    auto const names = column_names(rows);
    writer.begin(names);
    std::vector<Cell> cells(names.size());
    std::uint64_t count = 0;
    while (!output.reader_is_gone() && rows.next()) {
        for (std::size_t column = 0; column < names.size(); ++column)
            cells[column] = cell_of(rows, column);
        writer.row(cells);
        ++count;
    }
    TRY(rows.status());
    writer.finish();
    return count;
}

}
