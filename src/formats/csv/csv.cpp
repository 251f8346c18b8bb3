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

// Where the line feed that ends the row stands, or the end of whole units. A quote opens only at the start of a field.
std::size_t Reader::end_of_row(std::size_t begin, bool& is_open) const
{
    auto const end = m_bytes.size() - (m_bytes.size() - begin) % m_unit_bytes;
    is_open = false;
    for (auto position = begin; position < end; position += m_unit_bytes) {
        if (is_open && position - begin > row_bytes_max)
            return position;
        auto const unit = unit_at(position);
        if (unit == '\n' && !is_open)
            return position;
        if (unit != '"')
            continue;
        auto const before = position > begin ? unit_at(position - m_unit_bytes) : U',';
        is_open = !is_open && (before == ',' || before == '"'); // doubled it opens again at once
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
    for (std::size_t i = 0;; ++i) {
        auto const run = std::find_if(m_decoded.begin() + static_cast<std::ptrdiff_t>(i), m_decoded.end(),
            [&](char c) { return c == '"' || (c == ',' && !is_quoted); });
        auto const end = static_cast<std::size_t>(run - m_decoded.begin());
        m_fields.back().append(m_decoded, i, end - i);
        is_start = is_start && end == i;
        i = end;
        if (i == m_decoded.size())
            return;
        if (m_decoded[i] == ',') {
            m_fields.emplace_back();
            is_start = true;
        } else if (is_quoted && i + 1 < m_decoded.size() && m_decoded[i + 1] == '"') {
            m_fields.back() += '"';
            ++i;
        } else if (is_quoted || is_start) {
            is_quoted = !is_quoted;
            is_start = false;
        } else {
            m_fields.back() += '"';
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
