#include "formats/usn/usn.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace konseki::usn {

namespace {

constexpr std::uint32_t record_bytes_max
    = 1'024; // 60 or 76 bytes and at most 255 characters; version 4 extents stay below
constexpr std::uint32_t header_bytes_v2 = 60, header_bytes_v3 = 76, header_bytes_v4 = 64;

struct Head {
    std::uint32_t size_bytes = 0;
    std::uint16_t version = 0;
};

// What a record must look like before it is believed: damage is searched through 8 bytes at a time.
std::optional<Head> head_at(ByteView journal, std::uint64_t offset)
{
    if (journal.size() - offset < header_bytes_v2)
        return std::nullopt;
    ByteReader reader { journal.subspan(offset) };
    Head const head { reader.u32("usn.size"), reader.u16("usn.version") };
    auto const minor = reader.u16("usn.minor_version");
    std::uint32_t const smallest
        = head.version == 2 ? header_bytes_v2 : (head.version == 3 ? header_bytes_v3 : header_bytes_v4);
    bool const is_sound = head.version >= 2 && head.version <= 4 && minor == 0 && head.size_bytes >= smallest
        && head.size_bytes <= record_bytes_max && head.size_bytes % 8 == 0;
    return is_sound ? std::optional<Head> { head } : std::nullopt;
}

FileId read_file_id(ByteReader& reader, std::uint16_t version)
{
    FileId id;
    id.low = reader.u64("usn.file_id");
    if (version >= 3)
        id.high = reader.u64("usn.file_id");
    return id;
}

Result<void> read_record(ByteView bytes, Record& record)
{
    ByteReader reader { bytes, record.offset };
    reader.skip(8, "usn.header");
    record.file = read_file_id(reader, record.version);
    record.parent = read_file_id(reader, record.version);
    record.usn = reader.u64("usn.usn");
    record.name.clear();
    if (record.version == 4) {
        record.written_at = {};
        record.reason = reader.u32("usn.reason");
        record.source = reader.u32("usn.source");
        record.security_id = record.file_attributes = 0;
        return reader.status();
    }
    record.written_at = Timestamp::from_filetime(reader.u64("usn.written_at"));
    record.reason = reader.u32("usn.reason");
    record.source = reader.u32("usn.source");
    record.security_id = reader.u32("usn.security_id");
    record.file_attributes = reader.u32("usn.file_attributes");
    auto const name_size = reader.u16("usn.name_size");
    auto const name_offset = reader.u16("usn.name_offset");
    TRY(reader.status());
    append_utf16le(record.name, TRY(slice(bytes, name_offset, name_size, "usn.name", record.offset)));
    return {};
}

// The next 8-byte place that is not zero. Sparse leads are gigabytes: look at 64 bytes at a time.
std::uint64_t skip_zeros(ByteView journal, std::uint64_t offset, std::uint64_t end)
{
    static constexpr std::array<std::byte, 4'096> zeros {};
    while (offset < end) {
        auto const size = std::min<std::uint64_t>({ zeros.size(), end - offset, journal.size() - offset });
        if (std::memcmp(journal.data() + offset, zeros.data(), size) != 0)
            break;
        offset += size;
    }
    while (offset < end && journal.size() - offset >= 8 && std::memcmp(journal.data() + offset, zeros.data(), 8) == 0)
        offset += 8;
    return offset;
}

}

Sniff sniff(ByteView head)
{
    auto const offset = skip_zeros(head, 0, head.size());
    if (offset >= head.size())
        return Sniff::no;
    auto const first = head_at(head, offset);
    if (!first)
        return Sniff::no;
    // A second record right behind the first, or zeros to the page's end, makes it sure.
    auto const next = offset + first->size_bytes;
    return next < head.size() && head_at(head, next) ? Sniff::sure : Sniff::maybe;
}

void read(ByteView journal, ByteRange range, DiagnosticSink& diagnostics, Visitor& visitor)
{
    auto const begin = std::min<std::uint64_t>((range.offset + 7) / 8 * 8, journal.size());
    auto const end
        = std::min<std::uint64_t>(journal.size(), range.offset + std::min<std::uint64_t>(range.size, journal.size()));
    Record record;
    std::uint64_t lost_from = 0;
    std::uint64_t lost_to = 0; // zeros inside damage count, zeros behind it do not
    auto const flush_loss = [&] {
        if (lost_to != 0)
            diagnostics.report({ { ErrorCode::bad_value, "usn.record", lost_from, 0, 0, {} }, lost_to - lost_from });
        lost_to = 0;
    };
    for (auto offset = begin; (offset = skip_zeros(journal, offset, end)) < end;) {
        auto const head = head_at(journal, offset);
        bool is_read = false;
        if (head && head->size_bytes <= journal.size() - offset) {
            record.offset = offset;
            record.size_bytes = head->size_bytes;
            record.version = head->version;
            is_read = read_record(journal.subspan(offset, head->size_bytes), record).ok();
        }
        if (is_read) {
            flush_loss();
            visitor.on_record(record);
            offset += head->size_bytes;
        } else {
            if (lost_to == 0)
                lost_from = offset;
            auto const step = std::min<std::uint64_t>(8, journal.size() - offset);
            lost_to = offset + step;
            offset += step;
        }
    }
    flush_loss();
}

// Cuts at places where a record begins: a page (4 KiB) begins with one, as Windows never lets a record cross a page; a
// copy that was trimmed elsewhere is searched for the next sound record.
std::vector<ByteRange> split(ByteView journal, std::uint64_t piece_bytes)
{
    constexpr std::uint64_t page_bytes = 4'096;
    auto const step = std::max<std::uint64_t>(piece_bytes / page_bytes, 1) * page_bytes;
    std::vector<ByteRange> ranges;
    for (std::uint64_t begin = 0; begin < journal.size();) {
        auto end = begin + std::min<std::uint64_t>(step, journal.size() - begin);
        // Walk to a record that begins at the cut: sizes lead from one to the next only in sound stretches, so look for
        // a head.
        while (end < journal.size() && end - begin < 2 * step && !head_at(journal, end)) {
            bool const is_zero = journal.size() - end >= 8 && skip_zeros(journal, end, end + 8) == end + 8;
            if (is_zero)
                break;
            end += std::min<std::uint64_t>(8, journal.size() - end);
        }
        ranges.push_back({ begin, end - begin });
        begin = end;
    }
    return ranges;
}

std::string reason_text(std::uint32_t reason)
{
    struct Name {
        std::uint32_t bit;
        std::string_view text;
    };
    static constexpr std::array<Name, 23> names { { { 0x1, "DATA_OVERWRITE" }, { 0x2, "DATA_EXTEND" },
        { 0x4, "DATA_TRUNCATION" }, { 0x10, "NAMED_DATA_OVERWRITE" }, { 0x20, "NAMED_DATA_EXTEND" },
        { 0x40, "NAMED_DATA_TRUNCATION" }, { 0x100, "FILE_CREATE" }, { 0x200, "FILE_DELETE" }, { 0x400, "EA_CHANGE" },
        { 0x800, "SECURITY_CHANGE" }, { 0x1000, "RENAME_OLD_NAME" }, { 0x2000, "RENAME_NEW_NAME" },
        { 0x4000, "INDEXABLE_CHANGE" }, { 0x8000, "BASIC_INFO_CHANGE" }, { 0x10000, "HARD_LINK_CHANGE" },
        { 0x20000, "COMPRESSION_CHANGE" }, { 0x40000, "ENCRYPTION_CHANGE" }, { 0x80000, "OBJECT_ID_CHANGE" },
        { 0x100000, "REPARSE_POINT_CHANGE" }, { 0x200000, "STREAM_CHANGE" }, { 0x400000, "TRANSACTED_CHANGE" },
        { 0x800000, "INTEGRITY_CHANGE" }, { 0x80000000, "CLOSE" } } };
    std::string text;
    for (auto const& name : names) {
        if ((reason & name.bit) == 0)
            continue;
        if (!text.empty())
            text += '|';
        text += name.text;
        reason &= ~name.bit;
    }
    if (reason != 0)
        append_format(text, "{}{:#x}", text.empty() ? "" : "|", reason);
    return text;
}

}
