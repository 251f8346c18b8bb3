#include "record/trace_batch.hpp"
#include "bytes/byte_reader.hpp"

namespace konseki {

std::string_view column_type_name(ColumnType type)
{
    switch (type) {
    case ColumnType::boolean: return "boolean";
    case ColumnType::unsigned_integer: return "unsigned";
    case ColumnType::signed_integer: return "signed";
    case ColumnType::real: return "real";
    case ColumnType::timestamp: return "timestamp";
    case ColumnType::local_time: return "local_time";
    case ColumnType::text: return "text";
    case ColumnType::symbol: return "symbol";
    }
    return "text";
}

TraceBatch::TraceBatch(Schema const& schema, EvidenceNumber evidence)
    : m_schema(&schema)
    , m_evidence(evidence)
    , m_columns(schema.column_count)
    , m_next_column(schema.column_count)
{
}

std::string_view TraceBatch::heap_text(std::uint64_t place) const
{
    return std::string_view(m_heap).substr(place >> 32, place & 0xffff'ffff);
}

std::string_view TraceBatch::text(std::size_t column, std::size_t row) const
{
    auto const& data = m_columns[column];
    if (data.absent[row] != 0)
        return {};
    auto const is_symbol = m_schema->column_array[column].type == ColumnType::symbol;
    return heap_text(is_symbol ? data.symbols[data.words[row]] : data.words[row]);
}

std::uint64_t TraceBatch::add_to_heap(std::string_view text)
{
    VERIFY(m_heap.size() + text.size() <= UINT32_MAX);
    auto const place = (static_cast<std::uint64_t>(m_heap.size()) << 32) | text.size();
    m_heap += text;
    return place;
}

void TraceBatch::begin_row(TraceOrigin const& origin)
{
    VERIFY(m_next_column == m_columns.size());
    m_origins.push_back(origin);
    m_next_column = 0;
}

void TraceBatch::put_word(std::uint64_t word, bool absent)
{
    VERIFY(m_next_column < m_columns.size());
    auto& column = m_columns[m_next_column++];
    column.words.push_back(word);
    column.absent.push_back(absent ? 1 : 0);
}

void TraceBatch::put_absent()
{
    put_word(0, true);
}

void TraceBatch::put_number(std::uint64_t bits)
{
    put_word(bits, false);
}

void TraceBatch::put_text(std::string_view text)
{
    if (text.data() == nullptr)
        put_absent();
    else
        put_word(add_to_heap(text), false);
}

void TraceBatch::put_symbol(std::string_view text)
{
    if (text.data() == nullptr) {
        put_absent();
        return;
    }
    auto& column = m_columns[m_next_column];
    if (column.symbols.empty() || column.last_symbol != text) {
        auto const [entry, is_new]
            = column.symbol_indexes.try_emplace(std::string(text), static_cast<std::uint32_t>(column.symbols.size()));
        if (is_new)
            column.symbols.push_back(add_to_heap(text));
        column.last_symbol = text;
        column.last_symbol_index = entry->second;
    }
    put_word(column.last_symbol_index, false);
}

namespace {
void put_u32(std::string& target, std::uint64_t value)
{
    VERIFY(value <= UINT32_MAX);
    auto const v = static_cast<std::uint32_t>(value);
    char raw[4];
    std::memcpy(raw, &v, 4);
    target.append(raw, 4);
}
template <typename T> void put_array(std::string& target, std::vector<T> const& values)
{
    auto const bytes = std::as_bytes(std::span(values));
    target += as_text(bytes);
}
template <typename T> std::vector<T> take_array(ByteReader& reader, std::size_t count, std::string_view what)
{
    auto const bytes = reader.take(count * sizeof(T), what);
    std::vector<T> values(reader.failed() ? 0 : count);
    if (!values.empty())
        std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}
}

// Layout: schema name size+bytes, evidence, row count, then offsets, sizes, recovered flags, heap size+bytes,
// and per column: words, absent flags, symbol count + places.
void TraceBatch::encode(std::string& target) const
{
    put_u32(target, m_schema->name.size());
    target += m_schema->name;
    put_u32(target, m_evidence);
    put_u32(target, row_count());
    std::vector<std::uint64_t> places;
    places.reserve(row_count() * 2);
    std::vector<std::uint8_t> recovered;
    for (auto const& origin : m_origins) {
        places.push_back(origin.offset);
        places.push_back(origin.size_bytes);
        recovered.push_back(origin.is_recovered ? 1 : 0);
    }
    put_array(target, places);
    put_array(target, recovered);
    put_u32(target, m_heap.size());
    target += m_heap;
    for (auto const& column : m_columns) {
        put_array(target, column.words);
        put_array(target, column.absent);
        put_u32(target, column.symbols.size());
        put_array(target, column.symbols);
    }
}

Result<TraceBatch> TraceBatch::decode(ByteView bytes, std::span<Schema const* const> known_schemas)
{
    ByteReader reader { bytes };
    auto const name = as_text(reader.take(reader.u32("batch.schema_size"), "batch.schema"));
    auto const evidence = reader.u32("batch.evidence");
    auto const rows = reader.count(reader.u32("batch.rows"), 17, "batch.rows");
    TRY(reader.status());
    Schema const* schema = nullptr;
    for (auto const* known : known_schemas) {
        if (known->name == name)
            schema = known;
    }
    if (schema == nullptr || rows > rows_max)
        return Error { ErrorCode::bad_value, "batch.schema", 0, 0, 0, {} };
    TraceBatch batch { *schema, evidence };
    auto const places = take_array<std::uint64_t>(reader, std::size_t { rows } * 2, "batch.places");
    auto const recovered = take_array<std::uint8_t>(reader, rows, "batch.recovered");
    batch.m_heap = as_text(reader.take(reader.u32("batch.heap_size"), "batch.heap"));
    TRY(reader.status());
    auto const in_heap = [&](std::uint64_t place) {
        return (place >> 32) <= batch.m_heap.size() && (place & 0xffff'ffff) <= batch.m_heap.size() - (place >> 32);
    };
    for (std::size_t row = 0; row < rows; ++row)
        batch.m_origins.push_back({ places[row * 2], places[row * 2 + 1], recovered[row] != 0 });
    for (std::size_t index = 0; index < schema->column_count; ++index) {
        auto& column = batch.m_columns[index];
        column.words = take_array<std::uint64_t>(reader, rows, "batch.words");
        column.absent = take_array<std::uint8_t>(reader, rows, "batch.absent");
        auto const symbol_count = reader.count(reader.u32("batch.symbol_count"), 8, "batch.symbol_count");
        column.symbols = take_array<std::uint64_t>(reader, symbol_count, "batch.symbols");
        TRY(reader.status());
        auto const type = schema->column_array[index].type;
        bool is_sound = true;
        for (auto const place : column.symbols)
            is_sound = is_sound && in_heap(place);
        for (std::size_t row = 0; row < rows; ++row) {
            if (column.absent[row] != 0)
                continue;
            if (type == ColumnType::text)
                is_sound = is_sound && in_heap(column.words[row]);
            if (type == ColumnType::symbol)
                is_sound = is_sound && column.words[row] < column.symbols.size();
        }
        if (!is_sound)
            return Error { ErrorCode::bad_offset, "batch.heap_place", reader.offset(), 0, 0, {} };
    }
    return batch;
}

}
