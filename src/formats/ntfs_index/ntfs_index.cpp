#include "formats/ntfs_index/ntfs_index.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>

namespace konseki::ntfs_index {

namespace {

constexpr std::uint32_t sector_bytes = 512; // strides of the update sequence
constexpr std::uint32_t node_offset = 0x18; // of the node header, from which its own offsets count
constexpr std::uint32_t entry_header_bytes = 16;
constexpr std::uint32_t name_header_bytes = 66; // $FILE_NAME without its characters
constexpr std::uint32_t page_bytes_max = 65'536;
constexpr std::uint32_t usual_page_bytes = 4'096;
constexpr std::uint32_t entry_is_last = 2;

bool is_zero(ByteView bytes)
{
    return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte { 0 }; });
}

Result<mft::FileName> read_name(ByteView key, std::uint64_t offset, std::uint32_t& key_bytes)
{
    ByteReader reader { key, offset };
    mft::FileName name;
    name.parent = { reader.u64("index.name.parent") };
    name.times.created_at = Timestamp::from_filetime(reader.u64("index.name.created_at"));
    name.times.modified_at = Timestamp::from_filetime(reader.u64("index.name.modified_at"));
    name.times.record_changed_at = Timestamp::from_filetime(reader.u64("index.name.record_changed_at"));
    name.times.accessed_at = Timestamp::from_filetime(reader.u64("index.name.accessed_at"));
    name.allocated_bytes = reader.u64("index.name.allocated_bytes");
    name.size_bytes = reader.u64("index.name.size_bytes");
    name.file_attributes = reader.u32("index.name.file_attributes");
    reader.skip(4, "index.name.reparse");
    std::uint32_t const characters = reader.u8("index.name.length");
    auto const name_space = reader.u8("index.name.space");
    auto const text = reader.take(std::uint64_t { characters } * 2, "index.name");
    TRY(reader.status());
    if (characters == 0 || name_space > 3)
        return Error { ErrorCode::bad_value, "index.name.space", offset, 0, 0, {} };
    name.name_space = static_cast<mft::NameSpace>(name_space);
    name.name = utf8_from_utf16le(text);
    key_bytes = name_header_bytes + characters * 2;
    return name;
}

// Slack has no structure: a name counts only where each of its fields is one that NTFS writes.
bool is_plausible(mft::FileName const& name)
{
    static auto const earliest = Timestamp::from_unix_seconds(315'532'800); // 1980
    static auto const latest = Timestamp::from_unix_seconds(4'102'444'800); // 2100
    auto const is_time = [](Timestamp at) { return at.is_set() && at > earliest && at < latest; };
    constexpr std::uint64_t largest_file = 1ULL << 56;
    constexpr std::uint64_t most_records = 1ULL << 40;
    if (name.parent.sequence() == 0 || name.parent.record() >= most_records)
        return false;
    if (!is_time(name.times.created_at) || !is_time(name.times.modified_at) || !is_time(name.times.record_changed_at)
        || !is_time(name.times.accessed_at))
        return false;
    if (name.allocated_bytes % 8 != 0 || name.allocated_bytes > largest_file || name.size_bytes > largest_file)
        return false;
    return std::ranges::none_of(name.name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '/'; });
}

struct PageHeader {
    std::uint64_t number = 0;
    std::uint32_t first_entry = 0, used_end = 0; // from the page's begin
};

class PageReader {
public:
    PageReader(DiagnosticSink& diagnostics, Visitor& visitor)
        : m_diagnostics(diagnostics)
        , m_visitor(visitor)
    {
    }

    void read(ByteView page, std::uint64_t offset)
    {
        m_page.assign(page.begin(), page.end());
        m_offset = offset;
        m_number = 0;
        auto const header = read_header();
        if (!header.ok()) {
            m_diagnostics.report({ header.error(), page.size() });
            search_slack(0); // a page whose header is gone may still hold names
            return;
        }
        m_number = header.value().number;
        search_slack(walk(header.value()));
    }

    void read_root(ByteView root, std::uint64_t offset)
    {
        constexpr std::uint32_t root_node_offset = 0x10;
        m_page.assign(root.begin(), root.end());
        m_offset = offset;
        m_number = 0;
        ByteReader reader { view(), m_offset };
        reader.skip(root_node_offset, "index.root");
        auto const first_entry = reader.u32("index.first_entry");
        auto const used = reader.u32("index.used_bytes");
        auto const room = m_page.size() - std::min<std::size_t>(root_node_offset, m_page.size());
        if (reader.failed() || used > room || first_entry > used)
            m_diagnostics.report(
                { Error { ErrorCode::bad_value, "index.used_bytes", m_offset + root_node_offset, used, room, {} },
                    root.size() });
        else
            search_slack(walk({ 0, root_node_offset + first_entry, root_node_offset + used }));
    }

private:
    ByteView view() const { return m_page; }

    Result<PageHeader> read_header()
    {
        ByteReader reader { view(), m_offset };
        auto const magic = as_text(reader.take(4, "index.magic"));
        auto const fixup_offset = reader.u16("index.fixup.offset");
        auto const fixup_count = reader.u16("index.fixup.count");
        reader.skip(8, "index.log_sequence");
        PageHeader header;
        header.number = reader.u64("index.page_number");
        auto const first_entry = reader.u32("index.first_entry");
        auto const used = reader.u32("index.used_bytes");
        TRY(reader.status());
        if (magic != "INDX")
            return Error { ErrorCode::bad_magic, "index.magic", m_offset, 0, 0, {} };
        if (!apply_fixups(fixup_offset, fixup_count))
            m_diagnostics.report(
                { Error { ErrorCode::bad_value, "index.fixup", m_offset + fixup_offset, 0, 0, {} }, 0 });
        auto const room = m_page.size() - node_offset;
        if (used > room || first_entry > used)
            return Error { ErrorCode::bad_value, "index.used_bytes", m_offset + node_offset, used, room, {} };
        header.first_entry = node_offset + first_entry;
        header.used_end = node_offset + used;
        return header;
    }

    // The last two bytes of each sector stand in the array; in their place stands the sequence number.
    bool apply_fixups(std::uint16_t array_offset, std::uint16_t count)
    {
        if (count < 2 || array_offset + std::uint64_t { count } * 2 > m_page.size()
            || std::uint64_t { count - 1U } * sector_bytes > m_page.size())
            return false;
        bool is_sound = true;
        for (std::size_t sector = 1; sector < count; ++sector) {
            auto const end = sector * sector_bytes - 2;
            auto const saved = array_offset + sector * 2;
            if (m_page[end] != m_page[array_offset] || m_page[end + 1] != m_page[array_offset + 1U]) {
                is_sound = false;
                continue;
            }
            m_page[end] = m_page[saved];
            m_page[end + 1] = m_page[saved + 1];
        }
        return is_sound;
    }

    // Gives the place where the slack begins.
    std::uint32_t walk(PageHeader const& header)
    {
        auto position = header.first_entry;
        while (position + entry_header_bytes <= header.used_end) {
            ByteReader reader { view().subspan(position), m_offset + position };
            mft::Reference const file { reader.u64("index.entry.file") };
            std::uint32_t const entry_bytes = reader.u16("index.entry.size");
            std::uint32_t const key_bytes = reader.u16("index.entry.key_size");
            auto const flags = reader.u32("index.entry.flags");
            if ((flags & entry_is_last) != 0)
                return header.used_end;
            if (entry_bytes < entry_header_bytes || entry_bytes > header.used_end - position
                || key_bytes > entry_bytes - entry_header_bytes) {
                m_diagnostics.report({ Error { ErrorCode::bad_value, "index.entry.size", m_offset + position,
                                           entry_bytes, header.used_end - position, {} },
                    header.used_end - position });
                return position; // the rest is searched as slack
            }
            std::uint32_t used = 0;
            auto name = read_name(view().subspan(position + entry_header_bytes, key_bytes),
                m_offset + position + entry_header_bytes, used);
            if (name.ok())
                emit(position, entry_bytes, false, file, std::move(name).value());
            else
                m_diagnostics.report({ name.error(), entry_bytes });
            position += entry_bytes;
        }
        return header.used_end;
    }

    void search_slack(std::uint32_t begin)
    {
        auto position = (begin + 7U) & ~7U;
        while (position + name_header_bytes <= m_page.size()) {
            std::uint32_t key_bytes = 0;
            auto name = is_zero(view().subspan(position, 8))
                ? Result<mft::FileName>(Error { ErrorCode::bad_value, "index.name.parent", 0, 0, 0, {} })
                : read_name(view().subspan(position), m_offset + position, key_bytes);
            if (!name.ok() || !is_plausible(name.value())) {
                position += 8;
                continue;
            }
            emit_from_slack(begin, position, key_bytes, std::move(name).value());
            position += (key_bytes + 7U) & ~7U;
        }
    }

    void emit_from_slack(std::uint32_t begin, std::uint32_t position, std::uint32_t key_bytes, mft::FileName name)
    {
        if (position >= begin + entry_header_bytes) {
            ByteReader reader { view().subspan(position - entry_header_bytes) };
            mft::Reference const file { reader.u64("index.entry.file") };
            std::uint32_t const entry_bytes = reader.u16("index.entry.size");
            std::uint32_t const stored_key_bytes = reader.u16("index.entry.key_size");
            if (stored_key_bytes == key_bytes && entry_bytes >= entry_header_bytes + key_bytes && file.raw != 0
                && file.sequence() != 0) {
                emit(position - entry_header_bytes, entry_header_bytes + key_bytes, true, file, std::move(name));
                return;
            }
        }
        emit(position, key_bytes, true, {}, std::move(name));
    }

    void emit(std::uint32_t position, std::uint32_t size_bytes, bool is_in_slack, std::optional<mft::Reference> file,
        mft::FileName name)
    {
        Entry entry;
        entry.offset = m_offset + position;
        entry.size_bytes = size_bytes;
        entry.is_in_slack = is_in_slack;
        entry.file = file;
        entry.name = std::move(name);
        entry.page_number = m_number;
        m_visitor.on_entry(entry);
    }

    DiagnosticSink& m_diagnostics;
    Visitor& m_visitor;
    std::vector<std::byte> m_page; // a copy: the update sequence is applied to it
    std::uint64_t m_offset = 0, m_number = 0;
};

}

Sniff sniff(ByteView head)
{
    ByteReader reader { head };
    auto const magic = as_text(reader.take(4, "index.magic"));
    auto const fixup_offset = reader.u16("index.fixup.offset");
    auto const fixup_count = reader.u16("index.fixup.count");
    reader.skip(16, "index.page_number");
    auto const first_entry = reader.u32("index.first_entry");
    auto const used = reader.u32("index.used_bytes");
    auto const allocated = reader.u32("index.allocated_bytes");
    if (reader.failed() || magic != "INDX")
        return Sniff::no;
    return fixup_offset >= 0x28 && fixup_count >= 2 && first_entry <= used && used <= allocated
            && allocated < page_bytes_max
        ? Sniff::sure
        : Sniff::maybe;
}

std::uint32_t page_bytes_of(ByteView index)
{
    ByteReader reader { index };
    reader.seek(node_offset + 8, "index.allocated_bytes");
    auto const allocated = reader.u32("index.allocated_bytes");
    if (reader.failed() || allocated > page_bytes_max)
        return usual_page_bytes;
    auto const bytes = allocated + node_offset;
    return bytes >= 2 * sector_bytes && bytes <= page_bytes_max && (bytes & (bytes - 1)) == 0 ? bytes
                                                                                              : usual_page_bytes;
}

void read_root(ByteView root, std::uint64_t offset, DiagnosticSink& diagnostics, Visitor& visitor)
{
    PageReader(diagnostics, visitor).read_root(root, offset);
}

void read(ByteView index, DiagnosticSink& diagnostics, Visitor& visitor)
{
    std::uint64_t const page_bytes = page_bytes_of(index);
    PageReader reader { diagnostics, visitor };
    for (std::uint64_t offset = 0; offset < index.size(); offset += page_bytes) {
        auto const page = index.subspan(offset, std::min<std::uint64_t>(page_bytes, index.size() - offset));
        if (!is_zero(page))
            reader.read(page, offset);
    }
}

}
