#include "store/trace_table.hpp"
#include "base/text.hpp"
#include "store/layout.hpp"
#include "store/query.hpp"
#include <algorithm>

namespace konseki::store {

namespace {

constexpr std::size_t no_row = SIZE_MAX;
constexpr std::int64_t ticks_min = INT64_MIN + 10;

// A local time as text that sorts by time and carries no zone: 2024-05-06T07:08:09.1234567.
std::string local_time_text(std::int64_t ticks)
{
    auto text = to_string(Timestamp { ticks });
    if (text.ends_with('Z'))
        text.pop_back();
    return text;
}

}

Result<std::unique_ptr<TraceTable>> TraceTable::open(Connection const& connection, Schema const& schema)
{
    std::vector<std::string> names;
    std::vector<duckdb_type> types;
    for (auto& column : stored_columns(schema)) {
        names.push_back(std::move(column.name));
        types.push_back(column.type);
    }
    auto appender = TRY(TableAppender::open(connection, sql_name(schema.name), names, types));
    return std::make_unique<TraceTable>(std::move(appender));
}

void TraceTable::fill_origins(TraceBatch const& batch)
{
    auto const evidence = m_appender->column<std::uint32_t>(0);
    auto const offsets = m_appender->column<std::uint64_t>(1);
    auto const sizes = m_appender->column<std::uint64_t>(2);
    auto const recovered = m_appender->column<std::uint8_t>(3);
    for (std::size_t row = 0; row < batch.row_count(); ++row) {
        auto const& origin = batch.origin(row);
        evidence[row] = batch.evidence();
        offsets[row] = origin.offset;
        sizes[row] = origin.size_bytes;
        recovered[row] = origin.is_recovered ? 1 : 0;
    }
}

template <typename T> void TraceTable::fill_numbers(TraceBatch const& batch, std::size_t source, std::size_t target)
{
    auto const cells = m_appender->column<T>(target);
    for (std::size_t row = 0; row < batch.row_count(); ++row) {
        auto const word = batch.number(source, row);
        if constexpr (std::is_same_v<T, double>)
            cells[row] = std::bit_cast<double>(word);
        else
            cells[row] = static_cast<T>(word);
        if (batch.is_absent(source, row))
            m_appender->set_absent(target, row);
    }
}

void TraceTable::fill_times(TraceBatch const& batch, std::size_t source, std::size_t target)
{
    auto const microseconds = m_appender->column<std::int64_t>(target);
    auto const digits = m_appender->column<std::uint8_t>(target + 1);
    for (std::size_t row = 0; row < batch.row_count(); ++row) {
        if (batch.is_absent(source, row)) {
            m_appender->set_absent(target, row);
            m_appender->set_absent(target + 1, row);
            continue;
        }
        // Hostile times may lie anywhere; the last 10 ticks of the range would overflow where the view computes them
        // again.
        auto const ticks = std::max(static_cast<std::int64_t>(batch.number(source, row)), ticks_min);
        auto const is_before = ticks % 10 < 0;
        auto const whole = ticks / 10 - (is_before ? 1 : 0);
        microseconds[row] = whole - Timestamp::unix_epoch_seconds * 1'000'000;
        digits[row] = static_cast<std::uint8_t>(ticks - whole * 10);
    }
}

void TraceTable::fill_local_times(TraceBatch const& batch, std::size_t source, std::size_t target)
{
    for (std::size_t row = 0; row < batch.row_count(); ++row) {
        if (batch.is_absent(source, row))
            m_appender->set_absent(target, row);
        else
            m_appender->set_text(target, row, local_time_text(static_cast<std::int64_t>(batch.number(source, row))));
    }
}

void TraceTable::fill_texts(TraceBatch const& batch, std::size_t source, std::size_t target)
{
    for (std::size_t row = 0; row < batch.row_count(); ++row) {
        if (batch.is_absent(source, row))
            m_appender->set_absent(target, row);
        else
            m_appender->lend_text(target, row, batch.text(source, row));
    }
}

// Each symbol's text is looked at once; later rows point at the same bytes, which live as long as the batch.
void TraceTable::fill_symbols(TraceBatch const& batch, std::size_t source, std::size_t target)
{
    m_symbol_rows.assign(batch.symbol_count(source), no_row);
    auto const cells = m_appender->column<duckdb_string_t>(target);
    for (std::size_t row = 0; row < batch.row_count(); ++row) {
        if (batch.is_absent(source, row)) {
            m_appender->set_absent(target, row);
            continue;
        }
        auto& first_row = m_symbol_rows[batch.symbol_index(source, row)];
        if (first_row == no_row) {
            first_row = row;
            m_appender->lend_text(target, row, batch.text(source, row));
        } else {
            cells[row] = cells[first_row];
        }
    }
}

Result<void> TraceTable::append(TraceBatch const& batch)
{
    VERIFY(batch.row_count() <= TableAppender::rows_max);
    if (batch.row_count() == 0)
        return {};
    fill_origins(batch);
    std::size_t target = std::size(origin_column_names);
    auto const columns = batch.schema().columns();
    for (std::size_t source = 0; source < columns.size(); ++source, ++target) {
        switch (columns[source].type) {
        case ColumnType::boolean: fill_numbers<std::uint8_t>(batch, source, target); break;
        case ColumnType::unsigned_integer:
        case ColumnType::signed_integer: fill_numbers<std::uint64_t>(batch, source, target); break;
        case ColumnType::real: fill_numbers<double>(batch, source, target); break;
        case ColumnType::timestamp: fill_times(batch, source, target++); break;
        case ColumnType::local_time: fill_local_times(batch, source, target); break;
        case ColumnType::text: fill_texts(batch, source, target); break;
        case ColumnType::symbol: fill_symbols(batch, source, target); break;
        }
    }
    return m_appender->append_chunk(batch.row_count());
}

}
