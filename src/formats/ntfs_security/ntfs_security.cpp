#include "formats/ntfs_security/ntfs_security.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>

namespace konseki::ntfs_security {

namespace {

constexpr std::uint64_t block_bytes = 0x40000; // followed by its mirror
constexpr std::uint32_t entry_header_bytes = 20;
constexpr std::uint32_t descriptor_header_bytes = 20;
constexpr std::uint64_t alignment = 16;

std::uint64_t aligned(std::uint64_t position)
{
    return (position + alignment - 1) / alignment * alignment;
}

bool is_zero(ByteView bytes)
{
    return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte { 0 }; });
}

// The entry at that place, which calls itself the one at `home` (mirrors repeat the place of the original).
Result<Entry> read_entry(ByteView stream, std::uint64_t place, std::uint64_t home)
{
    if (place > stream.size())
        return Error { ErrorCode::bad_offset, "sds.entry", place, 0, 0, {} };
    ByteReader reader { stream.subspan(place), place };
    Entry entry;
    entry.offset = place;
    entry.hash = reader.u32("sds.hash");
    entry.id = reader.u32("sds.id");
    auto const stored_home = reader.u64("sds.offset");
    entry.size_bytes = reader.u32("sds.size");
    TRY(reader.status());
    if (stored_home != home)
        return Error { ErrorCode::bad_offset, "sds.offset", place + 8, stored_home, home, {} };
    if (entry.size_bytes < entry_header_bytes + descriptor_header_bytes
        || entry.size_bytes > block_bytes - place % block_bytes)
        return Error { ErrorCode::bad_value, "sds.size", place + 16, entry.size_bytes, 0, {} };
    entry.descriptor = reader.take(entry.size_bytes - entry_header_bytes, "sds.descriptor");
    TRY(reader.status());
    entry.is_hash_right = hash_of(entry.descriptor) == entry.hash;
    return entry;
}

class BlockReader {
public:
    BlockReader(ByteView stream, DiagnosticSink& diagnostics, Visitor& visitor)
        : m_stream(stream)
        , m_diagnostics(diagnostics)
        , m_visitor(visitor)
    {
    }

    void read(std::uint64_t begin)
    {
        auto const end = std::min<std::uint64_t>(begin + block_bytes, m_stream.size());
        auto position = begin;
        std::optional<Error> damage;
        std::uint64_t damage_begin = 0;
        while (position < end) {
            auto const entry = best_of(position);
            if (entry.ok()) {
                tell(damage, damage_begin, position);
                m_visitor.on_entry(entry.value());
                position = aligned(position + entry.value().size_bytes);
                continue;
            }
            bool const is_rest_empty = !damage && is_zero(m_stream.subspan(position, end - position));
            if (is_rest_empty)
                return;
            if (!damage) {
                damage = entry.error();
                damage_begin = position;
            }
            position += alignment;
        }
        // What stands behind the last entry was never written (old content of the clusters); an entry that names its
        // own place rightly and then fails is lost, though.
        if (damage && damage->what == "sds.offset")
            m_diagnostics.report({ *damage, 0 });
        else
            tell(damage, damage_begin, end);
    }

private:
    // The entry, or its mirror where only that one is sound.
    Result<Entry> best_of(std::uint64_t position) const
    {
        auto entry = read_entry(m_stream, position, position);
        if (entry.ok() && entry.value().is_hash_right)
            return entry;
        auto mirror = read_entry(m_stream, position + block_bytes, position);
        if (!mirror.ok() || !mirror.value().is_hash_right)
            return entry;
        auto sound = mirror.value();
        sound.is_from_mirror = true;
        return sound;
    }

    void tell(std::optional<Error>& damage, std::uint64_t begin, std::uint64_t end)
    {
        if (damage && !is_zero(m_stream.subspan(begin, end - begin)))
            m_diagnostics.report({ *damage, end - begin });
        damage.reset();
    }

    ByteView m_stream;
    DiagnosticSink& m_diagnostics;
    Visitor& m_visitor;
};

}

std::uint32_t hash_of(ByteView descriptor)
{
    std::uint32_t hash = 0;
    ByteReader reader { descriptor };
    while (reader.remaining() >= 4)
        hash = ((hash << 3U) | (hash >> 29U)) + reader.u32("sds.word");
    return hash;
}

Sniff sniff(ByteView head)
{
    auto const entry = read_entry(head, 0, 0);
    return entry.ok() && entry.value().is_hash_right && entry.value().hash != 0 ? Sniff::sure : Sniff::no;
}

void read(ByteView stream, DiagnosticSink& diagnostics, Visitor& visitor)
{
    BlockReader reader { stream, diagnostics, visitor };
    for (std::uint64_t begin = 0; begin < stream.size(); begin += 2 * block_bytes)
        reader.read(begin);
}

}
