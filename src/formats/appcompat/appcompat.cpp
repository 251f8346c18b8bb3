#include "formats/appcompat/appcompat.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>

namespace konseki::appcompat {

namespace {

constexpr std::uint32_t magic_xp = 0xdead'beef;
constexpr std::uint32_t magic_vista = 0xbadc'0ffe;
constexpr std::uint32_t magic_7 = 0xbadc'0fee;
constexpr std::uint32_t magic_entry_8 = 0x7374'3030; // "00ts"
constexpr std::uint32_t magic_entry_10 = 0x7374'3031; // "10ts"
constexpr std::uint32_t header_bytes_xp = 400, entry_bytes_xp = 552, path_bytes_xp = 528;
constexpr std::uint32_t header_bytes_vista = 8, header_bytes_7 = 128, header_bytes_8 = 128;
constexpr std::uint32_t flags_max = 0xffff; // bigger numbers in their place are file sizes (2003)

std::uint32_t peek(ByteView bytes, std::uint64_t offset)
{
    auto const part = slice(bytes, offset, 4, "appcompat.header");
    if (!part.ok())
        return 0;
    ByteReader reader { part.value() };
    return reader.u32("appcompat.header");
}

void read_xp(ByteView value, Cache& cache, DiagnosticSink& diagnostics)
{
    cache.version = Version::xp;
    cache.stored_count = std::min(peek(value, 4), peek(value, 8)); // slots, and how many of them are used
    ByteReader reader { value };
    reader.seek(header_bytes_xp, "appcompat.xp.entries");
    for (std::uint32_t i = 0; i < cache.stored_count; ++i) {
        Entry entry;
        entry.position = i;
        entry.offset = reader.position();
        entry.size_bytes = entry_bytes_xp;
        entry.path = utf8_from_utf16le(until_zero_utf16(reader.take(path_bytes_xp, "appcompat.xp.path")));
        entry.modified_at = Timestamp::from_filetime(reader.u64("appcompat.xp.modified_at"));
        entry.file_size_bytes = reader.u64("appcompat.xp.file_size");
        entry.updated_at = Timestamp::from_filetime(reader.u64("appcompat.xp.updated_at"));
        if (auto const status = reader.status(); !status.ok()) {
            diagnostics.report({ status.error(), value.size() > entry.offset ? value.size() - entry.offset : 0 });
            return;
        }
        cache.entries.push_back(std::move(entry));
    }
}

// Vista and 7 keep fixed entries in front and the paths behind them; in 64-bit ones the path's offset has 8 bytes,
// behind 4 of padding.
struct FixedLayout {
    std::uint32_t header_bytes;
    bool is_7; // flags of 4 bytes and shim data; else one number of 8 bytes that is flags or a file size
};

bool read_fixed_entry(ByteReader& reader, FixedLayout const& layout, ByteView value, bool is_64_bit, Entry& entry)
{
    auto const path_size = reader.u16("appcompat.entry.path_size");
    reader.skip(is_64_bit ? 6 : 2, "appcompat.entry.path_size_max");
    auto const path_offset
        = is_64_bit ? reader.u64("appcompat.entry.path_offset") : reader.u32("appcompat.entry.path_offset");
    entry.modified_at = Timestamp::from_filetime(reader.u64("appcompat.entry.modified_at"));
    entry.insertion_flags = reader.u32("appcompat.entry.insertion_flags");
    entry.shim_flags = reader.u32("appcompat.entry.shim_flags");
    if (layout.is_7) {
        entry.data_size_bytes = reader.u32("appcompat.entry.data_size");
        reader.skip(is_64_bit ? 12 : 4, "appcompat.entry.data_offset");
    }
    auto const path = slice(value, path_offset, path_size, "appcompat.entry.path");
    if (!path.ok())
        reader.fail(path.error());
    else
        entry.path = utf8_from_utf16le(path.value());
    return !reader.failed();
}

void read_fixed(ByteView value, FixedLayout const& layout, Cache& cache, DiagnosticSink& diagnostics)
{
    cache.version = layout.is_7 ? Version::windows_7 : Version::vista;
    cache.stored_count = peek(value, 4);
    cache.is_64_bit = peek(value, layout.header_bytes + 4ULL) == 0; // padding there, an offset in 32-bit caches
    ByteReader reader { value };
    reader.seek(layout.header_bytes, "appcompat.entries");
    std::uint32_t largest = 0;
    for (std::uint32_t i = 0; i < cache.stored_count; ++i) {
        Entry entry;
        entry.position = i;
        entry.offset = reader.position();
        if (!read_fixed_entry(reader, layout, value, cache.is_64_bit, entry)) {
            diagnostics.report(
                { reader.status().error(), value.size() - std::min<std::uint64_t>(value.size(), entry.offset) });
            break;
        }
        entry.size_bytes = reader.position() - entry.offset;
        largest = std::max(largest, *entry.insertion_flags);
        cache.entries.push_back(std::move(entry));
    }
    if (layout.is_7 || largest <= flags_max)
        return;
    cache.version = Version::server_2003;
    for (auto& entry : cache.entries) {
        entry.file_size_bytes = *entry.insertion_flags | (std::uint64_t { *entry.shim_flags } << 32U);
        entry.insertion_flags.reset();
        entry.shim_flags.reset();
    }
}

// 8 and later: entries of their own size follow each other: magic, 4 unknown bytes, size, then the content.
void read_content(ByteReader& reader, Version version, Entry& entry)
{
    auto const path_size = reader.u16("appcompat.entry.path_size");
    entry.path = utf8_from_utf16le(reader.take(path_size, "appcompat.entry.path"));
    if (version != Version::windows_10) {
        auto const package_size = reader.u16("appcompat.entry.package_size");
        reader.skip(package_size, "appcompat.entry.package");
        entry.insertion_flags = reader.u32("appcompat.entry.insertion_flags");
        entry.shim_flags = reader.u32("appcompat.entry.shim_flags");
    }
    entry.modified_at = Timestamp::from_filetime(reader.u64("appcompat.entry.modified_at"));
    entry.data_size_bytes = reader.u32("appcompat.entry.data_size");
}

void read_sequence(
    ByteView value, std::uint32_t header_bytes, Version version, Cache& cache, DiagnosticSink& diagnostics)
{
    cache.version = version;
    auto const magic = version == Version::windows_8 ? magic_entry_8 : magic_entry_10;
    ByteReader reader { value };
    reader.seek(header_bytes, "appcompat.entries");
    while (reader.remaining() >= 12) {
        Entry entry;
        entry.position = static_cast<std::uint32_t>(cache.entries.size());
        entry.offset = reader.position();
        auto const found = reader.u32("appcompat.entry.magic");
        if (found == 0) // the rest of the value is unused
            return;
        if (found != magic) {
            diagnostics.report({ { ErrorCode::bad_magic, "appcompat.entry.magic", entry.offset, 0, 0, {} },
                value.size() - entry.offset });
            return;
        }
        reader.skip(4, "appcompat.entry.unknown");
        auto const content_size = reader.u32("appcompat.entry.size");
        auto const content_offset = reader.position();
        ByteReader content { reader.take(content_size, "appcompat.entry"), content_offset };
        if (!reader.failed())
            read_content(content, version, entry);
        auto const status = reader.failed() ? reader.status() : content.status();
        if (!status.ok()) {
            diagnostics.report({ status.error(), value.size() - entry.offset });
            return;
        }
        entry.size_bytes = reader.position() - entry.offset;
        cache.entries.push_back(std::move(entry));
    }
}

}

std::string_view version_name(Version version)
{
    switch (version) {
    case Version::xp: return "xp";
    case Version::server_2003: return "2003";
    case Version::vista: return "vista";
    case Version::windows_7: return "7";
    case Version::windows_8: return "8";
    case Version::windows_8_1: return "8.1";
    case Version::windows_10: return "10";
    }
    return "";
}

Result<Cache> read(ByteView value, DiagnosticSink& diagnostics)
{
    Cache cache;
    auto const first = peek(value, 0);
    auto const is_entry = [&](std::uint32_t offset, std::uint32_t magic) { return peek(value, offset) == magic; };
    if (first == magic_xp)
        read_xp(value, cache, diagnostics);
    else if (first == magic_vista)
        read_fixed(value, { header_bytes_vista, false }, cache, diagnostics);
    else if (first == magic_7)
        read_fixed(value, { header_bytes_7, true }, cache, diagnostics);
    else if (is_entry(header_bytes_8, magic_entry_8))
        read_sequence(value, header_bytes_8, Version::windows_8, cache, diagnostics);
    else if (is_entry(header_bytes_8, magic_entry_10) && first == header_bytes_8)
        read_sequence(value, header_bytes_8, Version::windows_8_1, cache, diagnostics);
    else if (first >= 0x30 && first <= 0x80 && (is_entry(first, magic_entry_10) || value.size() <= first))
        read_sequence(value, first, Version::windows_10, cache, diagnostics); // the header begins with its size
    else
        return Error { ErrorCode::bad_magic, "appcompat.magic", 0, 0, first, {} };
    return cache;
}

}
