#include "formats/mft/mft.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <array>
#include <cstring>

namespace konseki::mft {

namespace {

constexpr std::uint32_t sector_bytes = 512; // fix-ups protect strides of 512 bytes whatever the disk's sector
constexpr std::uint32_t attribute_end = 0xffff'ffff;
constexpr std::uint64_t root_record = 5;
constexpr int path_depth_max = 1'024;

bool is_zero(ByteView cell)
{
    return std::ranges::all_of(cell.first(std::min<std::size_t>(cell.size(), 8)), [](std::byte b) {
        return b == std::byte { 0 };
    }) && std::ranges::all_of(cell, [](std::byte b) { return b == std::byte { 0 }; });
}

Times read_times(ByteReader& reader)
{
    Times times;
    times.created_at = Timestamp::from_filetime(reader.u64("mft.created_at"));
    times.modified_at = Timestamp::from_filetime(reader.u64("mft.modified_at"));
    times.record_changed_at = Timestamp::from_filetime(reader.u64("mft.record_changed_at"));
    times.accessed_at = Timestamp::from_filetime(reader.u64("mft.accessed_at"));
    return times;
}

}

Sniff sniff(ByteView head)
{
    ByteReader reader { head };
    auto const magic = as_text(reader.take(4, "mft.magic"));
    auto const fixup_offset = reader.u16("mft.fixup.offset");
    auto const fixup_count = reader.u16("mft.fixup.count");
    if (reader.failed() || (magic != "FILE" && magic != "BAAD"))
        return Sniff::no;
    return fixup_offset >= 0x28 && fixup_offset <= 0x38 && (fixup_count == 3 || fixup_count == 9) ? Sniff::sure
                                                                                                  : Sniff::maybe;
}

FileName const* Record::best_name() const
{
    FileName const* best = nullptr;
    auto const rank = [](FileName const& name) {
        switch (name.name_space) {
        case NameSpace::win32:
        case NameSpace::win32_and_dos: return 3;
        case NameSpace::posix: return 2;
        case NameSpace::dos: return 1;
        }
        return 0;
    };
    for (auto const& name : names) {
        if (best == nullptr || rank(name) > rank(*best))
            best = &name;
    }
    return best;
}

std::uint32_t record_bytes_of(ByteView mft)
{
    for (std::uint64_t offset = 0; offset + 32 <= mft.size() && offset < (1U << 20); offset += 1'024) {
        ByteReader reader { mft.subspan(offset) };
        bool const is_file = as_text(reader.take(4, "mft.magic")) == "FILE";
        reader.seek(28, "mft.allocated_bytes");
        auto const allocated = reader.u32("mft.allocated_bytes");
        if (is_file && (allocated == 1'024 || allocated == 4'096))
            return allocated;
    }
    return 1'024;
}

std::vector<ByteRange> split(ByteView mft, std::uint64_t piece_bytes)
{
    std::uint64_t const record_bytes = record_bytes_of(mft);
    auto const step = std::max<std::uint64_t>(piece_bytes / record_bytes, 1) * record_bytes;
    std::vector<ByteRange> ranges;
    for (std::uint64_t offset = 0; offset < mft.size(); offset += step)
        ranges.push_back({ offset, std::min<std::uint64_t>(step, mft.size() - offset) });
    return ranges;
}

void read(ByteView mft, ByteRange range, DiagnosticSink& diagnostics, Visitor& visitor)
{
    std::uint64_t const record_bytes = record_bytes_of(mft);
    auto const first = (range.offset + record_bytes - 1) / record_bytes * record_bytes;
    auto const end = std::min<std::uint64_t>(mft.size(),
        range.offset
            + std::min<std::uint64_t>(range.size, mft.size() - std::min<std::uint64_t>(range.offset, mft.size())));
    RecordReader reader;
    for (auto offset = first; offset < end; offset += record_bytes) {
        auto const cell = mft.subspan(offset, std::min<std::uint64_t>(record_bytes, mft.size() - offset));
        auto const done = reader.read(cell, offset, offset / record_bytes, diagnostics);
        if (done.ok())
            visitor.on_record(reader.record());
        else if (!is_zero(cell))
            diagnostics.report({ done.error(), cell.size() });
    }
}

Result<void> RecordReader::read(ByteView cell, std::uint64_t offset, std::uint64_t number, DiagnosticSink& diagnostics)
{
    ByteReader header { cell, offset };
    auto const magic = as_text(header.take(4, "mft.magic"));
    if (magic != "FILE" && magic != "BAAD")
        return header.failed() ? header.status()
                               : Result<void>(Error { ErrorCode::bad_magic, "mft.magic", offset, 0, 0, {} });
    auto const fixup_offset = header.u16("mft.fixup.offset");
    auto const fixup_count = header.u16("mft.fixup.count");
    // Vectors keep their capacity: a record costs no allocation once the reader is warm.
    m_record.names.clear();
    m_record.streams.clear();
    m_record.standard.reset();
    m_record.has_attribute_list = m_record.has_reparse_point = m_record.has_index = false;
    m_record.reparse_tag = 0;
    m_record.index_root = {};
    m_record.offset = offset;
    m_record.number = number;
    m_record.is_baad = magic == "BAAD";
    m_record.log_sequence = header.u64("mft.log_sequence");
    m_record.sequence = header.u16("mft.sequence");
    m_record.hard_links = header.u16("mft.hard_links");
    auto const first_attribute = header.u16("mft.first_attribute");
    m_record.flags = header.u16("mft.flags");
    auto const used_bytes = header.u32("mft.used_bytes");
    header.skip(4, "mft.allocated_bytes");
    m_record.base = { header.u64("mft.base") };
    header.skip(4, "mft.next_attribute_id");
    m_record.stored_number = header.u32("mft.record_number");
    TRY(header.status());
    m_bytes.assign(cell.begin(), cell.end());
    m_record.has_bad_fixup = !apply_fixups(fixup_offset, fixup_count);
    if (m_record.has_bad_fixup)
        diagnostics.report({ { ErrorCode::bad_checksum, "mft.fixup", offset, 0, 0, {} }, 0 });
    if (auto const done = read_attributes(first_attribute, used_bytes, diagnostics); !done.ok())
        diagnostics.report(
            { done.error(), offset + cell.size() - std::min(offset + cell.size(), done.error().offset) });
    return {};
}

// [libfsntfs, fix-up values] the last two bytes of each stride were swapped with the array; they must hold the array's
// first word.
bool RecordReader::apply_fixups(std::uint16_t array_offset, std::uint16_t array_count)
{
    auto const array = slice(m_bytes, array_offset, std::uint64_t { array_count } * 2, "mft.fixup");
    if (!array.ok() || array_count == 0 || std::uint64_t { array_count - 1U } * sector_bytes > m_bytes.size())
        return false;
    std::array<std::byte, 2> mark { array.value()[0], array.value()[1] };
    bool is_good = true;
    for (std::size_t i = 1; i < array_count; ++i) {
        auto const place = i * sector_bytes - 2;
        is_good = is_good && m_bytes[place] == mark[0] && m_bytes[place + 1] == mark[1];
        // Even where the mark differs the array holds what Windows meant to be there last.
        std::byte const low = m_bytes[array_offset + i * 2];
        std::byte const high = m_bytes[array_offset + i * 2 + 1];
        if (m_bytes[place] == mark[0] && m_bytes[place + 1] == mark[1]) {
            m_bytes[place] = low;
            m_bytes[place + 1] = high;
        }
    }
    return is_good;
}

Result<void> RecordReader::read_attributes(
    std::uint32_t first_offset, std::uint32_t used_bytes, DiagnosticSink& diagnostics)
{
    auto const limit = std::min<std::uint64_t>(used_bytes, m_bytes.size());
    std::uint64_t position = first_offset;
    while (limit >= 4 && position <= limit - 4) {
        ByteReader reader { ByteView(m_bytes).subspan(position), m_record.offset + position };
        auto const type = reader.u32("mft.attribute.type");
        if (type == attribute_end)
            return {};
        auto const size = reader.u32("mft.attribute.size");
        TRY(reader.status());
        auto const attribute
            = TRY(slice(ByteView(m_bytes).first(limit), position, size, "mft.attribute.size", m_record.offset));
        if (size < 24 || size % 8 != 0)
            return Error { ErrorCode::bad_value, "mft.attribute.size", m_record.offset + position, 24, size, {} };
        if (auto const done = read_attribute(type, attribute, m_record.offset + position); !done.ok())
            diagnostics.report({ done.error(), size });
        position += size;
    }
    return {};
}

Result<void> RecordReader::read_attribute(std::uint32_t type, ByteView attribute, std::uint64_t offset)
{
    ByteReader reader { attribute, offset };
    reader.skip(8, "mft.attribute.header");
    bool const is_resident = reader.u8("mft.attribute.non_resident") == 0;
    auto const name_chars = reader.u8("mft.attribute.name_chars");
    auto const name_offset = reader.u16("mft.attribute.name_offset");
    reader.skip(4, "mft.attribute.flags");
    ByteView content;
    if (is_resident) {
        auto const content_size = reader.u32("mft.attribute.content_size");
        auto const content_offset = reader.u16("mft.attribute.content_offset");
        TRY(reader.status());
        content = TRY(slice(attribute, content_offset, content_size, "mft.attribute.content", offset));
    }
    switch (type) {
    case 0x10: return is_resident ? read_standard(content, offset) : Result<void> {};
    case 0x20: m_record.has_attribute_list = true; return {};
    case 0x30: return is_resident ? read_name(content, offset) : Result<void> {};
    case 0x80: {
        auto const name = TRY(slice(attribute, name_offset, name_chars * 2ULL, "mft.attribute.name", offset));
        return read_stream(attribute, offset, utf8_from_utf16le(name), is_resident, content);
    }
    case 0x90: {
        m_record.has_index = true;
        ByteReader root { content, offset };
        if (is_resident && root.u32("mft.index_root.type") == 0x30) {
            m_record.index_root = content;
            m_record.index_root_offset = m_record.offset + static_cast<std::uint64_t>(content.data() - m_bytes.data());
        }
        return is_resident ? root.status() : Result<void> {};
    }
    case 0xa0: m_record.has_index = true; return {};
    case 0xc0: {
        m_record.has_reparse_point = true;
        ByteReader reparse { content, offset };
        m_record.reparse_tag = is_resident ? reparse.u32("mft.reparse.tag") : 0;
        return reparse.status();
    }
    default: return {};
    }
}

Result<void> RecordReader::read_standard(ByteView content, std::uint64_t offset)
{
    ByteReader reader { content, offset };
    StandardInformation standard;
    standard.times = read_times(reader);
    standard.file_attributes = reader.u32("mft.standard.file_attributes");
    TRY(reader.status());
    if (content.size() >= 72) { // NTFS 3.0 and later
        reader.skip(12, "mft.standard.versions");
        standard.owner_id = reader.u32("mft.standard.owner_id");
        standard.security_id = reader.u32("mft.standard.security_id");
        reader.skip(8, "mft.standard.quota");
        standard.usn = reader.u64("mft.standard.usn");
    }
    m_record.standard = standard;
    return reader.status();
}

Result<void> RecordReader::read_name(ByteView content, std::uint64_t offset)
{
    ByteReader reader { content, offset };
    FileName name;
    name.parent = { reader.u64("mft.name.parent") };
    name.times = read_times(reader);
    name.allocated_bytes = reader.u64("mft.name.allocated_bytes");
    name.size_bytes = reader.u64("mft.name.size_bytes");
    name.file_attributes = reader.u32("mft.name.file_attributes");
    reader.skip(4, "mft.name.reparse");
    auto const chars = reader.u8("mft.name.chars");
    name.name_space = static_cast<NameSpace>(reader.u8("mft.name.name_space") & 3U);
    append_utf16le(name.name, reader.take(chars * 2ULL, "mft.name"));
    TRY(reader.status());
    m_record.names.push_back(std::move(name));
    return {};
}

std::string_view name_space_name(NameSpace name_space)
{
    switch (name_space) {
    case NameSpace::posix: return "posix";
    case NameSpace::win32: return "win32";
    case NameSpace::dos: return "dos";
    case NameSpace::win32_and_dos: return "win32_and_dos";
    }
    return {};
}

std::vector<Run> decode_runs(ByteView run_list)
{
    std::vector<Run> runs;
    std::int64_t place = 0;
    for (std::size_t at = 0; at < run_list.size();) {
        auto const header = std::to_integer<unsigned>(run_list[at++]);
        auto const length_bytes = header & 0xfU;
        auto const place_bytes = header >> 4U;
        if (header == 0 || length_bytes == 0 || length_bytes > 8 || place_bytes > 8
            || run_list.size() - at < length_bytes + place_bytes)
            break;
        std::uint64_t clusters = 0;
        for (unsigned byte = 0; byte < length_bytes; ++byte)
            clusters |= std::to_integer<std::uint64_t>(run_list[at + byte]) << 8U * byte;
        at += length_bytes;
        if (place_bytes == 0) {
            runs.push_back({ {}, clusters });
            continue;
        }
        std::uint64_t step = 0;
        for (unsigned byte = 0; byte < place_bytes; ++byte)
            step |= std::to_integer<std::uint64_t>(run_list[at + byte]) << 8U * byte;
        if (place_bytes < 8 && (step >> (8U * place_bytes - 1U) & 1U) != 0)
            step |= ~std::uint64_t { 0 } << 8U * place_bytes; // steps are signed
        at += place_bytes;
        if (__builtin_add_overflow(place, static_cast<std::int64_t>(step), &place) || place < 0)
            break;
        runs.push_back({ static_cast<std::uint64_t>(place), clusters });
    }
    return runs;
}

Result<void> RecordReader::read_stream(
    ByteView attribute, std::uint64_t offset, std::string name, bool is_resident, ByteView content)
{
    Stream stream { std::move(name), is_resident, content.size(), 0, content, {}, false, false };
    if (!is_resident) {
        ByteReader reader { attribute, offset };
        reader.seek(16, "mft.stream.first_cluster");
        auto const first_cluster = reader.u64("mft.stream.first_cluster");
        reader.seek(40, "mft.stream.allocated_bytes");
        stream.allocated_bytes = reader.u64("mft.stream.allocated_bytes");
        stream.size_bytes = reader.u64("mft.stream.size_bytes");
        TRY(reader.status());
        if (first_cluster != 0)
            return {}; // a later part of a stream whose sizes stand in its first part
        reader.seek(12, "mft.stream.flags");
        auto const flags = reader.u16("mft.stream.flags");
        reader.seek(32, "mft.stream.run_list_offset");
        auto const runs_at = reader.u16("mft.stream.run_list_offset");
        TRY(reader.status());
        stream.is_compressed = (flags & 0xffU) != 0;
        stream.is_encrypted = (flags & 0x4000U) != 0;
        if (runs_at < attribute.size())
            stream.run_list = attribute.subspan(runs_at);
    }
    m_record.streams.push_back(std::move(stream));
    return {};
}

void Paths::add(Record const& record)
{
    auto const* const name = record.best_name();
    auto const number = record.is_extension() ? record.base.record() : record.number;
    if (name == nullptr || number >= m_record_total)
        return;
    if (number >= m_entries.size())
        m_entries.resize(number + 1);
    auto& entry = m_entries[number];
    if (entry.is_known && record.is_extension())
        return;
    entry
        = { name->parent.raw, static_cast<std::uint32_t>(m_names.size()), static_cast<std::uint16_t>(name->name.size()),
              record.is_extension() ? record.base.sequence() : record.sequence, true };
    m_names += name->name;
}

std::string Paths::directory(Reference reference) const
{
    std::vector<std::string_view> parts;
    std::string orphan;
    for (int depth = 0; reference.record() != root_record; ++depth) {
        auto const* const entry = reference.record() < m_entries.size() ? &m_entries[reference.record()] : nullptr;
        // A deleted directory's sequence is one ahead of the references its children keep.
        bool const is_same = entry != nullptr && entry->is_known
            && (entry->sequence == reference.sequence()
                || entry->sequence == static_cast<std::uint16_t>(reference.sequence() + 1));
        if (!is_same || depth >= path_depth_max) {
            orphan = format("\\$Orphan({}-{})", reference.record(), reference.sequence());
            break;
        }
        parts.push_back(std::string_view(m_names).substr(entry->name_offset, entry->name_bytes));
        reference = { entry->parent };
    }
    auto path = std::move(orphan);
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        path += '\\';
        path += *part;
    }
    return path;
}

std::string Paths::path_of(Record const& record, FileName const& name) const
{
    if (record.number == root_record)
        return "\\";
    return directory(name.parent) + "\\" + name.name;
}

}
