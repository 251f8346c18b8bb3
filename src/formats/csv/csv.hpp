// Comma-separated text, row by row, with the place of each row in the file.
// Not a table in memory, and no opinion on what columns mean.
// Source: RFC 4180; UTF-16 and BOMs as DFIR-ORC writes them.
#pragma once
#include "base/byte_view.hpp"
#include "record/diagnostic.hpp"
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::csv {

inline constexpr std::uint64_t row_bytes_max = 1U << 20;

class Reader {
public:
    explicit Reader(ByteView bytes);

    // Steps to the next row that is not empty; false at the end. A row too long is reported and left out.
    bool next(DiagnosticSink& diagnostics);
    std::uint64_t offset() const { return m_row_begin; } // of the row, in the file
    std::uint64_t size_bytes() const { return m_row_end - m_row_begin; } // without its line end
    bool is_cut() const { return m_is_cut; } // the file ends inside this row's quotes

    // Of the current row, valid until next().
    std::size_t field_count() const { return m_fields.size(); }
    std::string_view field(std::size_t index) const
    {
        return index < m_fields.size() ? m_fields[index] : std::string_view {};
    }

private:
    std::uint32_t unit_at(std::size_t position) const
    {
        auto const first = std::to_integer<std::uint32_t>(m_bytes[position]);
        if (m_unit_bytes == 1)
            return first;
        auto const second = std::to_integer<std::uint32_t>(m_bytes[position + 1]);
        return m_is_big_endian ? first << 8 | second : second << 8 | first;
    }
    std::size_t end_of_row(std::size_t begin, bool& is_open) const;
    void split_row();

    ByteView m_bytes;
    std::size_t m_unit_bytes = 1;
    bool m_is_big_endian = false;
    std::size_t m_position = 0;
    std::size_t m_row_begin = 0, m_row_end = 0;
    bool m_is_cut = false;
    std::string m_decoded;
    std::vector<std::string> m_fields;
};

// The names of the first row.
class Header {
public:
    Header() = default;
    explicit Header(Reader const& first_row);
    // Of the first of these names that is there (any case).
    std::optional<std::size_t> column(std::initializer_list<std::string_view> names) const;
    bool has_all(std::initializer_list<std::string_view> names) const;

private:
    std::vector<std::string> m_names; // lower case
};

// What the first row of the file's head names; the head may end inside it.
Header header_of(ByteView head);

}
