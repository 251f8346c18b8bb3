#include "formats/csv/csv.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>

namespace konseki::csv {

namespace {

class NoDiagnostics final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};

bool starts_with(ByteView bytes, std::string_view magic)
{
    return as_text(bytes).substr(0, magic.size()) == magic;
}

}

Reader::Reader(ByteView bytes)
    : m_bytes(bytes)
{
    if (starts_with(bytes, "\xef\xbb\xbf")) {
        m_position = 3;
    } else if (starts_with(bytes, "\xff\xfe") || starts_with(bytes, "\xfe\xff")) {
        m_position = m_unit_bytes = 2;
        m_is_big_endian = bytes[0] == std::byte { 0xfe };
    } else if (bytes.size() >= 2 && bytes[1] == std::byte { 0 } && bytes[0] != std::byte { 0 }) {
        m_unit_bytes = 2;
    }
}

std::uint32_t Reader::unit_at(std::size_t position) const
{
    auto const first = std::to_integer<std::uint32_t>(m_bytes[position]);
    if (m_unit_bytes == 1)
        return first;
    auto const second = std::to_integer<std::uint32_t>(m_bytes[position + 1]);
    return m_is_big_endian ? first << 8 | second : second << 8 | first;
}

// Where the line feed that ends the row stands, or the end of whole units. A quote opens only at the start of a field.
std::size_t Reader::end_of_row(std::size_t begin, bool& is_open) const
{
    auto const end = m_bytes.size() - (m_bytes.size() - begin) % m_unit_bytes;
    bool is_field_start = true;
    is_open = false;
    for (auto position = begin; position < end; position += m_unit_bytes) {
        auto const unit = unit_at(position);
        if (is_open) {
            if (position - begin > row_bytes_max)
                return position;
            if (unit == '"')
                is_open = false; // a doubled quote opens it again at once
            is_field_start = false;
            continue;
        }
        if (unit == '\n')
            return position;
        auto const is_doubled = unit == '"' && position > begin && unit_at(position - m_unit_bytes) == '"';
        if (unit == '"' && (is_field_start || is_doubled))
            is_open = true;
        is_field_start = unit == ',';
    }
    return end;
}

bool Reader::next(DiagnosticSink& diagnostics)
{
    while (m_position + m_unit_bytes <= m_bytes.size()) {
        auto const begin = m_position;
        bool is_open = false;
        auto end = end_of_row(begin, is_open);
        if (end - begin > row_bytes_max) {
            auto line = begin;
            while (line + m_unit_bytes <= m_bytes.size() && unit_at(line) != '\n')
                line += m_unit_bytes;
            diagnostics.report(
                { { ErrorCode::limit, "csv.row", begin, end - begin, row_bytes_max, {} }, line - begin });
            m_position = std::min(line + m_unit_bytes, m_bytes.size());
            continue;
        }
        m_position = std::min(end + m_unit_bytes, m_bytes.size());
        if (end > begin && unit_at(end - m_unit_bytes) == '\r')
            end -= m_unit_bytes;
        if (end == begin)
            continue;
        m_row_begin = begin;
        m_row_end = end;
        m_is_cut = is_open;
        split_row();
        return true;
    }
    return false;
}

void Reader::split_row()
{
    auto const row = m_bytes.subspan(m_row_begin, m_row_end - m_row_begin);
    if (m_unit_bytes == 1) {
        m_decoded = utf8::repaired(as_text(row));
    } else if (!m_is_big_endian) {
        m_decoded = utf8_from_utf16le(row);
    } else {
        std::vector<std::byte> swapped(row.begin(), row.end());
        for (std::size_t i = 0; i + 1 < swapped.size(); i += 2)
            std::swap(swapped[i], swapped[i + 1]);
        m_decoded = utf8_from_utf16le(swapped);
    }
    m_fields.clear();
    m_fields.emplace_back();
    bool is_quoted = false, is_start = true;
    for (std::size_t i = 0; i < m_decoded.size(); ++i) {
        auto const c = m_decoded[i];
        if (is_quoted && c == '"' && i + 1 < m_decoded.size() && m_decoded[i + 1] == '"') {
            m_fields.back() += '"';
            ++i;
        } else if (c == '"' && (is_quoted || is_start)) {
            is_quoted = !is_quoted;
            is_start = false;
        } else if (c == ',' && !is_quoted) {
            m_fields.emplace_back();
            is_start = true;
        } else {
            m_fields.back() += c;
            is_start = false;
        }
    }
}

Header::Header(Reader const& first_row)
{
    for (std::size_t i = 0; i < first_row.field_count(); ++i)
        m_names.push_back(ascii_lower(trim(first_row.field(i))));
}

std::optional<std::size_t> Header::column(std::initializer_list<std::string_view> names) const
{
    for (auto const name : names) {
        auto const place = std::ranges::find(m_names, ascii_lower(name));
        if (place != m_names.end())
            return static_cast<std::size_t>(place - m_names.begin());
    }
    return std::nullopt;
}

bool Header::has_all(std::initializer_list<std::string_view> names) const
{
    return std::ranges::all_of(names, [&](auto const name) { return column({ name }).has_value(); });
}

Header header_of(ByteView head)
{
    NoDiagnostics nowhere;
    Reader reader { head };
    return reader.next(nowhere) ? Header(reader) : Header {};
}

}
