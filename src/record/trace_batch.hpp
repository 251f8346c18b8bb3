// Rows of one schema from one piece of evidence, column by column, and the sink that parsers fill.
// Not a query result: store/ answers queries.
#pragma once
#include "base/byte_view.hpp"
#include "base/identity.hpp"
#include "base/result.hpp"
#include "record/schema.hpp"
#include <bit>
#include <string>
#include <unordered_map>
#include <vector>

namespace konseki {

// Where the analyst can look, and whether the row was live or recovered from slack, free space or another record's
// body.
struct TraceOrigin {
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
    bool is_recovered = false;
};

class TraceBatch {
public:
    static constexpr std::size_t rows_max = 2'048;
    static constexpr std::size_t heap_bytes_max = 4ULL << 20; // a batch is sealed when it holds more text than this

    explicit TraceBatch(Schema const& schema, EvidenceNumber evidence);

    Schema const& schema() const { return *m_schema; }
    EvidenceNumber evidence() const { return m_evidence; }
    std::size_t row_count() const { return m_origins.size(); }
    bool is_full() const { return row_count() >= rows_max || m_heap.size() >= heap_bytes_max; }
    TraceOrigin const& origin(std::size_t row) const { return m_origins[row]; }

    // Reading. Numbers: bool as 0/1, integers as two's complement, real as its bits, times as ticks.
    bool is_absent(std::size_t column, std::size_t row) const { return m_columns[column].absent[row] != 0; }
    std::uint64_t number(std::size_t column, std::size_t row) const { return m_columns[column].words[row]; }
    std::string_view text(std::size_t column, std::size_t row) const; // text and symbol columns
    std::size_t symbol_index(std::size_t column, std::size_t row) const
    {
        return static_cast<std::size_t>(m_columns[column].words[row]);
    }
    std::size_t symbol_count(std::size_t column) const { return m_columns[column].symbols.size(); }
    std::string_view symbol(std::size_t column, std::size_t index) const
    {
        return heap_text(m_columns[column].symbols[index]);
    }

    // Writing: begin_row, then one put per column in order, each exactly once.
    void begin_row(TraceOrigin const& origin);
    void put_absent();
    void put_number(std::uint64_t bits);
    void put_text(std::string_view text); // data() == nullptr is absent
    void put_symbol(std::string_view text);

    template <typename Row, typename... Members>
    void append(TypedSchema<Row, Members...> const& schema, TraceOrigin const& origin, Row const& row)
    {
        begin_row(origin);
        std::apply([&](auto const&... fields) { (put(row.*(fields.member)), ...); }, schema.fields);
    }

    void encode(std::string& target) const; // for the channel between worker and parent
    // The peer may be a worker that evidence has taken over: every count and index is checked.
    static Result<TraceBatch> decode(ByteView bytes, std::span<Schema const* const> known_schemas);

private:
    struct ColumnData {
        std::vector<std::uint64_t> words; // text: heap offset << 32 | size; symbol: index into symbols
        std::vector<std::uint8_t> absent;
        std::vector<std::uint64_t> symbols; // heap places
        std::unordered_map<std::string, std::uint32_t> symbol_indexes; // only while filling
        std::string last_symbol;
        std::uint32_t last_symbol_index = 0;
    };

    std::uint64_t add_to_heap(std::string_view text);
    std::string_view heap_text(std::uint64_t place) const;
    void put_word(std::uint64_t word, bool absent);

    void put(bool value) { put_number(value ? 1 : 0); }
    void put(Timestamp value) { value.is_set() ? put_number(static_cast<std::uint64_t>(value.ticks)) : put_absent(); }
    void put(LocalTime value) { value.ticks != 0 ? put_number(static_cast<std::uint64_t>(value.ticks)) : put_absent(); }
    void put(std::string_view value) { put_text(value); }
    void put(Symbol value) { put_symbol(value.text); }
    void put(double value) { put_number(std::bit_cast<std::uint64_t>(value)); }
    template <typename T>
        requires std::is_integral_v<T>
    void put(T value)
    {
        put_number(static_cast<std::uint64_t>(
            static_cast<std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>(value)));
    }
    template <typename T> void put(std::optional<T> const& value) { value ? put(*value) : put_absent(); }

    Schema const* m_schema;
    EvidenceNumber m_evidence;
    std::vector<TraceOrigin> m_origins;
    std::vector<ColumnData> m_columns;
    std::string m_heap;
    std::size_t m_next_column = 0;
};

// What a parser writes rows to.
class TraceSink {
public:
    virtual ~TraceSink() = default;

    template <typename Row, typename... Members>
    void emit(TypedSchema<Row, Members...> const& schema, TraceOrigin const& origin, Row const& row)
    {
        room_in(schema.erased).append(schema, origin, row);
    }

protected:
    virtual TraceBatch& room_in(Schema const& schema) = 0; // a batch of that schema with room for one row
};

}
