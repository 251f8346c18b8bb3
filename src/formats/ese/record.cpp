#include "bytes/byte_reader.hpp"
#include "formats/ese/row_reader.hpp"
#include <algorithm>

namespace konseki::ese {

namespace {

constexpr std::uint32_t record_header_bytes = 4;
constexpr std::uint32_t first_variable = 128;

namespace tagged_flag { // [TAGFLD_HEADER] 1 says that the column is of a long type
constexpr std::uint8_t compressed = 2, separated = 4, multi_valued = 8, two_values = 16, null = 32, encrypted = 64;
}

}

void RowReader::report(ErrorCode code, std::string_view what, std::uint64_t offset, std::uint64_t bytes_lost)
{
    if (!m_row.m_is_recovered)
        m_diagnostics.report({ { code, what, offset, 0, 0, {} }, bytes_lost });
}

void RowReader::damaged(std::string_view what, std::uint64_t place)
{
    m_row.m_is_damaged = true;
    report(ErrorCode::bad_offset, what, m_row.m_offset + place,
        m_row.m_bytes.size() - std::min(place, m_row.size_bytes()));
}

// A long value may be named by every column of a row: what a row may hold at once is limited.
std::optional<ByteView> RowReader::keep(std::vector<std::byte> bytes, std::uint64_t offset)
{
    m_kept_bytes += bytes.size();
    if (m_kept_bytes > 4 * m_database.m_limits.text_bytes_max) {
        report(ErrorCode::limit, "ese.row.bytes", offset, bytes.size());
        return std::nullopt;
    }
    m_kept.push_back(std::move(bytes));
    return m_kept.back();
}

// [RECHDR] last fixed column, last variable column, end of fixed columns (their NULL bits are the last bytes of them);
// then where each variable column ends, their content, and the tagged columns.
Row const& RowReader::read(ByteView bytes, std::uint64_t offset, bool is_new_format)
{
    m_kept.clear();
    m_kept_bytes = 0;
    m_row.m_reader = this;
    m_row.m_bytes = bytes;
    m_row.m_offset = offset;
    m_row.m_is_damaged = false;
    m_row.m_variable_ends.clear();
    m_row.m_tagged.clear();
    ByteReader reader { bytes, offset };
    m_row.m_last_fixed = reader.u8("ese.record.last_fixed");
    m_row.m_last_variable = reader.u8("ese.record.last_variable");
    std::uint32_t const end = reader.u16("ese.record.fixed_end");
    auto const null_bytes = (m_row.m_last_fixed + 7) / 8;
    if (reader.failed() || end > bytes.size() || end < record_header_bytes + null_bytes
        || m_row.m_last_fixed >= first_variable) {
        m_row.m_last_fixed = 0;
        m_row.m_last_variable = first_variable - 1;
        damaged("ese.record.header", 0);
        return m_row;
    }
    m_row.m_fixed_end = end - null_bytes;
    reader.seek(end, "ese.record.variable");
    read_variable(reader);
    if (m_row.m_is_damaged)
        return m_row;
    auto const variable_bytes = m_row.m_variable_ends.empty() ? 0U : m_row.m_variable_ends.back() & 0x7fffU;
    auto const tagged_begin = m_row.m_variable_begin + variable_bytes;
    if (!is_new_format)
        read_tagged_old(tagged_begin);
    else
        read_tagged(tagged_begin, m_database.header().page_bytes <= small_page_bytes_max);
    return m_row;
}

void RowReader::read_variable(ByteReader& reader)
{
    auto const count = m_row.m_last_variable < first_variable ? 0 : m_row.m_last_variable - first_variable + 1;
    std::uint32_t previous = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const end = reader.u16("ese.record.variable");
        m_row.m_variable_ends.push_back(end);
        if ((end & 0x7fffU) < previous)
            reader.fail({ ErrorCode::bad_offset, "ese.record.variable", reader.offset(), previous, end, {} });
        previous = end & 0x7fffU;
    }
    m_row.m_variable_begin = static_cast<std::uint32_t>(reader.position());
    if (reader.failed() || previous > reader.remaining()) {
        m_row.m_last_variable = first_variable - 1;
        damaged("ese.record.variable", reader.position());
        m_row.m_variable_ends.clear();
    }
}

// [TAGFLD] column, then the offset of its value behind the first entry; the first offset tells how many entries there
// are. Small pages: 13 bits of offset, 0x2000 NULL, 0x4000 a byte of flags leads the value. Large pages: always a byte.
void RowReader::read_tagged(std::uint64_t begin, bool is_small_page)
{
    auto const all = m_row.m_bytes.subspan(begin);
    if (all.size() < 4)
        return;
    std::uint32_t const mask = is_small_page ? 0x1fff : 0x7fff;
    ByteReader reader { all, m_row.m_offset + begin };
    std::uint32_t ends_at = 0; // of the array
    std::vector<std::uint32_t> places;
    while (reader.position() < std::max(ends_at, 4U)) {
        Row::Tagged entry;
        entry.id = reader.u16("ese.record.tagged");
        std::uint32_t const word = reader.u16("ese.record.tagged");
        auto const place = word & mask;
        if (places.empty())
            ends_at = place;
        if (reader.failed() || place < ends_at || place > all.size() || ends_at < 4 || ends_at % 4 != 0
            || (!places.empty() && place < places.back())) {
            damaged("ese.record.tagged", begin + reader.position());
            break;
        }
        entry.is_derived = (word & 0x8000U) != 0;
        entry.value.is_null = is_small_page && (word & 0x2000U) != 0;
        entry.value.is_there = true;
        entry.value.flags = !is_small_page || (word & 0x4000U) != 0 ? 0xff : 0; // 0xff: still to be read
        places.push_back(place);
        m_row.m_tagged.push_back(entry);
    }
    bool is_sorted = true;
    for (std::size_t i = 0; i < m_row.m_tagged.size(); ++i) {
        auto& value = m_row.m_tagged[i].value;
        auto const end = i + 1 < places.size() ? places[i + 1] : static_cast<std::uint32_t>(all.size());
        value.bytes = all.subspan(places[i], end - places[i]);
        value.offset = m_row.m_offset + begin + places[i];
        if (value.flags != 0) {
            value.flags = value.bytes.empty() ? 0 : std::to_integer<std::uint8_t>(value.bytes[0]);
            value.bytes = value.bytes.subspan(std::min<std::size_t>(1, value.bytes.size()));
            ++value.offset;
            value.is_null = value.is_null || (value.flags & tagged_flag::null) != 0;
        }
        if (i > 0)
            is_sorted = is_sorted && m_row.m_tagged[i - 1].id < m_row.m_tagged[i].id;
    }
    if (!is_sorted) { // a template's columns come first, so numbers may fall once
        std::ranges::stable_sort(m_row.m_tagged, {}, [](Row::Tagged const& entry) {
            return std::pair { entry.is_derived ? 0 : 1, entry.id };
        });
    }
}

// [TAGFLD_OLD] column, 12 bits of size, 0x2000 from the template, 0x4000 NULL, 0x8000 a byte of flags leads the value;
// the content follows; several values of a column are several entries.
void RowReader::read_tagged_old(std::uint64_t begin)
{
    ByteReader reader { m_row.m_bytes.subspan(begin), m_row.m_offset + begin };
    while (reader.remaining() >= 4) {
        Row::Tagged entry;
        entry.id = reader.u16("ese.record.tagged");
        std::uint32_t const word = reader.u16("ese.record.tagged");
        entry.is_derived = (word & 0x2000U) != 0;
        entry.value.is_there = true;
        entry.value.is_null = (word & 0x4000U) != 0;
        entry.value.offset = reader.offset();
        entry.value.bytes = reader.take(word & 0x0fffU, "ese.record.tagged");
        if (reader.failed() || entry.id < 256) {
            damaged("ese.record.tagged", begin + reader.position());
            break;
        }
        if ((word & 0x8000U) != 0 && !entry.value.bytes.empty()) {
            bool const is_separated = (std::to_integer<unsigned>(entry.value.bytes[0]) & 1U) != 0;
            entry.value.flags = is_separated ? tagged_flag::separated : 0;
            entry.value.bytes = entry.value.bytes.subspan(1);
            ++entry.value.offset;
        }
        m_row.m_tagged.push_back(entry);
    }
    std::ranges::stable_sort(m_row.m_tagged, {}, [](Row::Tagged const& entry) {
        return std::pair { entry.is_derived ? 0 : 1, entry.id };
    });
}

Row::Stored Row::fixed(Column const& column) const
{
    if (column.id > m_last_fixed)
        return {};
    auto const bit = column.id - 1;
    auto const null_byte = std::to_integer<unsigned>(m_bytes[m_fixed_end + bit / 8]);
    Stored value { {}, m_offset + column.record_offset, 0, (null_byte >> bit % 8 & 1U) != 0, true };
    if (value.is_null)
        return value;
    if (column.record_offset < record_header_bytes || column.size_bytes > m_fixed_end
        || column.record_offset > m_fixed_end - column.size_bytes) {
        m_reader->report(ErrorCode::bad_offset, "ese.record.fixed", m_offset, column.size_bytes);
        value.is_null = true;
        return value;
    }
    value.bytes = m_bytes.subspan(column.record_offset, column.size_bytes);
    return value;
}

Row::Stored Row::variable(Column const& column) const
{
    if (column.id > m_last_variable)
        return {};
    auto const index = column.id - first_variable;
    std::uint32_t const begin = index == 0 ? 0U : m_variable_ends[index - 1] & 0x7fffU;
    std::uint32_t const end = m_variable_ends[index];
    auto const place = m_variable_begin + begin;
    return { m_bytes.subspan(place, (end & 0x7fffU) - begin), m_offset + place, 0, (end & 0x8000U) != 0, true };
}

Row::Stored Row::tagged(Column const& column) const
{
    auto const key = [](Tagged const& entry) {
        return std::pair { entry.is_derived ? 0 : 1, std::uint32_t { entry.id } };
    };
    auto const found = std::ranges::lower_bound(m_tagged, std::pair { column.is_derived ? 0 : 1, column.id }, {}, key);
    if (found == m_tagged.end() || found->id != column.id || found->is_derived != column.is_derived)
        return {};
    return found->value;
}

Row::Stored Row::stored(Column const& column) const
{
    auto value = column.id < first_variable ? fixed(column) : (column.id < 256 ? variable(column) : tagged(column));
    if (!value.is_there) {
        value.bytes = column.default_value;
        value.is_null = column.default_value.empty();
    }
    return value;
}

std::uint64_t Row::value_offset(Column const* column) const
{
    auto const value = column == nullptr ? Stored {} : stored(*column);
    return value.is_there && !value.is_null ? value.offset : 0;
}

std::optional<ByteView> Row::resolved(ByteView bytes, std::uint64_t offset, bool separated, bool compressed) const
{
    if (separated)
        return m_reader->long_value(bytes, offset);
    return compressed ? decompressed(bytes, offset) : bytes;
}

std::vector<ByteView> Row::values(Column const* column) const
{
    std::vector<ByteView> all;
    if (column == nullptr)
        return all;
    auto const value = stored(*column);
    if (value.is_null)
        return all;
    auto const add = [&](std::optional<ByteView> one) {
        if (one)
            all.push_back(*one);
    };
    bool const is_compressed = (value.flags & tagged_flag::compressed) != 0;
    if ((value.flags & tagged_flag::encrypted) != 0) {
        m_reader->report(ErrorCode::encrypted, "ese.value", value.offset, value.bytes.size());
        return all;
    }
    if ((value.flags & tagged_flag::multi_valued) == 0) {
        add(resolved(value.bytes, value.offset, (value.flags & tagged_flag::separated) != 0, is_compressed));
        if (column->id >= 256 && value.is_there) { // old records: further values are further entries
            for (auto const& entry : m_tagged) {
                if (entry.id == column->id && entry.is_derived == column->is_derived
                    && entry.value.offset > value.offset && !entry.value.is_null)
                    add(resolved(entry.value.bytes, entry.value.offset,
                        (entry.value.flags & tagged_flag::separated) != 0, false));
            }
        }
        return all;
    }
    if ((value.flags & tagged_flag::two_values) != 0) {
        auto const first = value.bytes.empty() ? 0 : std::to_integer<std::size_t>(value.bytes[0]);
        if (first >= value.bytes.size()) {
            m_reader->report(ErrorCode::bad_offset, "ese.value.two", value.offset, value.bytes.size());
            return all;
        }
        add(resolved(value.bytes.subspan(1, first), value.offset + 1, false, is_compressed));
        add(value.bytes.subspan(1 + first));
        return all;
    }
    // 16-bit offsets, the first of which tells how many; 0x8000: the number of a long value. Only the first value may
    // be compressed.
    ByteReader reader { value.bytes, value.offset };
    std::uint32_t const count = (reader.u16("ese.value.offset") & 0x7fffU) / 2;
    reader.seek(0, "ese.value.offset");
    std::uint32_t word = reader.u16("ese.value.offset");
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const next
            = i + 1 < count ? reader.u16("ese.value.offset") : static_cast<std::uint32_t>(value.bytes.size());
        auto const begin = word & 0x7fffU;
        auto const end = i + 1 < count ? next & 0x7fffU : next;
        if (reader.failed() || begin > end || end > value.bytes.size()) {
            m_reader->report(ErrorCode::bad_offset, "ese.value.offset", value.offset, value.bytes.size());
            break;
        }
        add(resolved(value.bytes.subspan(begin, end - begin), value.offset + begin, (word & 0x8000U) != 0,
            is_compressed && i == 0));
        word = next;
    }
    return all;
}

}
