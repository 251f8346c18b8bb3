#include "formats/cfb/cfb.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <cstring>

namespace konseki::cfb {

namespace {

constexpr std::string_view magic { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8 };
constexpr std::uint32_t sector_max = 0xffff'fffa; // above: free, end of chain, table sectors
constexpr std::uint32_t header_bytes = 512;
constexpr std::uint32_t entry_bytes = 128;

std::vector<std::uint32_t> numbers_of(ByteView bytes)
{
    std::vector<std::uint32_t> numbers(bytes.size() / 4);
    if (!numbers.empty())
        std::memcpy(numbers.data(), bytes.data(), numbers.size() * 4);
    return numbers;
}

}

Sniff sniff(ByteView head)
{
    return as_text(head).starts_with(magic) ? Sniff::sure : Sniff::no;
}

std::uint64_t Stream::offset_of(std::uint64_t position) const
{
    auto const index = position / sector_bytes;
    return index < sector_offsets.size() ? sector_offsets[index] + position % sector_bytes : 0;
}

Entry const* File::find(std::string_view name) const
{
    auto const found = std::ranges::find_if(m_entries, [&](Entry const& entry) { return entry.name == name; });
    return found == m_entries.end() ? nullptr : &*found;
}

Result<File> File::open(ByteView bytes, DiagnosticSink& diagnostics)
{
    auto const header = TRY(slice(bytes, 0, header_bytes, "cfb.header"));
    if (sniff(header) != Sniff::sure)
        return Error { ErrorCode::bad_magic, "cfb.magic", 0, 0, 0, {} };
    File file;
    file.m_bytes = bytes;
    ByteReader reader { header };
    reader.seek(0x1e, "cfb.sector_shift");
    auto const shift = reader.u16("cfb.sector_shift");
    auto const small_shift = reader.u16("cfb.small_sector_shift");
    if ((shift != 9 && shift != 12) || small_shift != 6)
        return Error { ErrorCode::bad_value, "cfb.sector_shift", 0x1e, 9, shift, {} };
    file.m_sector_bytes = 1U << shift;
    reader.seek(0x30, "cfb.directory");
    auto const directory = reader.u32("cfb.directory");
    reader.skip(4, "cfb.transaction");
    file.m_small_limit = reader.u32("cfb.small_limit");
    auto const small_table = reader.u32("cfb.small_table");
    TRY(reader.status());
    file.read_table(header, diagnostics);
    file.read_directory(directory, diagnostics);
    if (small_table < sector_max)
        file.m_small_table = numbers_of(file.follow(small_table, bytes.size(), diagnostics).bytes);
    if (!file.m_entries.empty() && file.m_entries[0].type == EntryType::root)
        file.m_small_content = file.follow(file.m_entries[0].first_sector, file.m_entries[0].size_bytes, diagnostics);
    return file;
}

// The sectors of the allocation table: 109 named by the header, the rest by a chain of sectors of their own.
void File::read_table(ByteView header, DiagnosticSink& diagnostics)
{
    auto sectors = numbers_of(header.subspan(0x4c));
    ByteReader reader { header };
    reader.seek(0x44, "cfb.table_chain");
    auto next = reader.u32("cfb.table_chain");
    auto const per_sector = m_sector_bytes / 4;
    for (std::uint64_t left = m_bytes.size() / m_sector_bytes + 1; next < sector_max && left > 0; --left) {
        auto const sector
            = slice(m_bytes, (std::uint64_t { next } + 1) * m_sector_bytes, m_sector_bytes, "cfb.table_chain");
        if (!sector.ok()) {
            diagnostics.report({ sector.error(), 0 });
            break;
        }
        auto const numbers = numbers_of(sector.value());
        sectors.insert(sectors.end(), numbers.begin(), numbers.end() - 1);
        next = numbers[per_sector - 1];
    }
    for (auto const number : sectors) {
        if (number >= sector_max)
            continue;
        auto const sector
            = slice(m_bytes, (std::uint64_t { number } + 1) * m_sector_bytes, m_sector_bytes, "cfb.table");
        if (!sector.ok()) {
            diagnostics.report({ sector.error(), m_sector_bytes });
            break;
        }
        auto const numbers = numbers_of(sector.value());
        m_table.insert(m_table.end(), numbers.begin(), numbers.end());
        if (m_table.size() > m_bytes.size() / m_sector_bytes + per_sector)
            break; // more than the file has sectors: repeated by damage
    }
}

void File::read_directory(std::uint32_t first_sector, DiagnosticSink& diagnostics)
{
    auto const directory = follow(first_sector, m_bytes.size(), diagnostics);
    for (std::uint64_t place = 0; place + entry_bytes <= directory.bytes.size(); place += entry_bytes) {
        ByteReader reader { ByteView(directory.bytes).subspan(place, entry_bytes), directory.offset_of(place) };
        Entry entry;
        entry.name = utf8_from_utf16le(until_zero_utf16(reader.take(64, "cfb.entry.name")));
        reader.skip(2, "cfb.entry.name_bytes");
        entry.type = static_cast<EntryType>(reader.u8("cfb.entry.type"));
        reader.seek(100, "cfb.entry.created_at");
        entry.created_at = Timestamp::from_filetime(reader.u64("cfb.entry.created_at"));
        entry.modified_at = Timestamp::from_filetime(reader.u64("cfb.entry.modified_at"));
        entry.first_sector = reader.u32("cfb.entry.first_sector");
        entry.size_bytes = reader.u64("cfb.entry.size");
        if (m_sector_bytes == 512)
            entry.size_bytes &= 0xffff'ffffULL; // version 3 leaves the upper half undefined
        if (entry.type != EntryType::unused)
            m_entries.push_back(std::move(entry));
    }
}

Stream File::read(Entry const& entry, DiagnosticSink& diagnostics) const
{
    auto stream = entry.size_bytes < m_small_limit && entry.type != EntryType::root
        ? follow_small(entry.first_sector, entry.size_bytes, diagnostics)
        : follow(entry.first_sector, entry.size_bytes, diagnostics);
    if (stream.bytes.size() < entry.size_bytes)
        diagnostics.report(
            { { ErrorCode::truncated, "cfb.stream", stream.offset_of(0), entry.size_bytes, stream.bytes.size(), {} },
                entry.size_bytes - stream.bytes.size() });
    return stream;
}

Stream File::follow(std::uint32_t sector, std::uint64_t size_bytes, DiagnosticSink& diagnostics) const
{
    Stream stream;
    stream.sector_bytes = m_sector_bytes;
    std::uint64_t left = m_table.size() + 1; // a chain cannot be longer: more is a loop
    while (sector < sector_max && stream.bytes.size() < size_bytes) {
        auto const offset = (std::uint64_t { sector } + 1) * m_sector_bytes;
        if (left-- == 0 || offset >= m_bytes.size()) {
            diagnostics.report(
                { { offset < m_bytes.size() ? ErrorCode::loop : ErrorCode::bad_offset, "cfb.chain", offset, 0, m_bytes.size(), {} },
                    0 });
            break;
        }
        auto const there = std::min<std::uint64_t>(m_sector_bytes, m_bytes.size() - offset);
        auto const part = m_bytes.subspan(offset, std::min(there, size_bytes - stream.bytes.size()));
        stream.sector_offsets.push_back(offset);
        stream.bytes.insert(stream.bytes.end(), part.begin(), part.end());
        sector = sector < m_table.size() ? m_table[sector] : sector_max;
    }
    return stream;
}

Stream File::follow_small(std::uint32_t sector, std::uint64_t size_bytes, DiagnosticSink& diagnostics) const
{
    Stream stream;
    stream.sector_bytes = m_small_sector_bytes;
    std::uint64_t left = m_small_table.size() + 1;
    ByteView const content { m_small_content.bytes };
    while (sector < sector_max && stream.bytes.size() < size_bytes) {
        auto const place = std::uint64_t { sector } * m_small_sector_bytes;
        if (left-- == 0 || place >= content.size()) {
            diagnostics.report({ { ErrorCode::bad_offset, "cfb.small_chain", place, 0, content.size(), {} }, 0 });
            break;
        }
        auto const there = std::min<std::uint64_t>(m_small_sector_bytes, content.size() - place);
        auto const part = content.subspan(place, std::min(there, size_bytes - stream.bytes.size()));
        stream.sector_offsets.push_back(m_small_content.offset_of(place));
        stream.bytes.insert(stream.bytes.end(), part.begin(), part.end());
        sector = sector < m_small_table.size() ? m_small_table[sector] : sector_max;
    }
    return stream;
}

}
