// Inside of formats/ese: what a row needs while it is visited (the table's long values, memory for decoded values).
// Not for users of the format: they see Row.
#pragma once
#include "bytes/byte_reader.hpp"
#include "formats/ese/ese.hpp"

namespace konseki::ese {

std::uint32_t size_of(ValueType type); // of a fixed type; 0: the type does not say

namespace detail {
// The long-value tree of one table, as a sorted list of where its pieces lie.
struct LongValues {
    struct Piece {
        std::uint64_t id = 0;
        std::uint64_t position = 0; // 0: the root, which holds the size; otherwise 1 + the piece's offset in the value
        std::uint64_t file_offset = 0;
        std::uint32_t size_bytes = 0;
        bool is_recovered = false;
    };
    std::vector<Piece> pieces;

    void read(Database& database, Table const& table, DiagnosticSink& diagnostics);
};
inline constexpr std::size_t long_value_pieces_max = 8U << 20; // 40 bytes each
}

class RowReader {
public:
    RowReader(Database& database, Table const& table, DiagnosticSink& diagnostics)
        : m_database(database)
        , m_table(table)
        , m_diagnostics(diagnostics)
    {
    }
    // The row stays valid until the next call.
    Row const& read(ByteView bytes, std::uint64_t offset, bool is_new_format);
    void expect_remnants() { m_row.m_is_recovered = true; } // from here on: what does not fit together is not reported
    std::optional<ByteView> long_value(ByteView id, std::uint64_t offset);
    std::optional<ByteView> keep(std::vector<std::byte> bytes, std::uint64_t offset);
    void report(ErrorCode code, std::string_view what, std::uint64_t offset, std::uint64_t bytes_lost);

private:
    void read_variable(ByteReader& reader);
    void read_tagged(std::uint64_t begin, bool is_small_page);
    void read_tagged_old(std::uint64_t begin);
    void damaged(std::string_view what, std::uint64_t place);
    std::vector<std::byte> join(std::size_t first, std::optional<std::uint64_t> size_bytes, std::uint64_t offset);

    Database& m_database;
    Table const& m_table;
    DiagnosticSink& m_diagnostics;
    Row m_row;
    std::optional<detail::LongValues> m_long_values; // read when the first row asks
    std::deque<std::vector<std::byte>> m_kept; // decoded values of the current row
    std::uint64_t m_kept_bytes = 0;
};

}
