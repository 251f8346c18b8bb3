#include "formats/evtx/evtx.hpp"
#include "formats/evtx/layout.hpp"
#include <algorithm>

namespace konseki::evtx {

Sniff sniff(ByteView head)
{
    constexpr std::string_view magic { "ElfFile\0", 8 };
    if (head.size() >= magic.size() && as_text(head.first(magic.size())) == magic)
        return Sniff::sure;
    // A log whose first bytes were lost still shows its chunks.
    return has_chunk_magic(head, 0) || has_chunk_magic(head, file_header_bytes) ? Sniff::maybe : Sniff::no;
}

std::string_view place_name(Place place)
{
    switch (place) {
    case Place::live: return "live";
    case Place::slack: return "slack";
    case Place::free_space: return "free_space";
    case Place::hidden: return "hidden";
    }
    return {};
}

std::string_view sign_name(SignKind kind)
{
    switch (kind) {
    case SignKind::file_header_crc: return "file_header_crc";
    case SignKind::file_header_value: return "file_header_value";
    case SignKind::file_header_flags: return "file_header_flags";
    case SignKind::file_dirty: return "file_dirty";
    case SignKind::chunk_count: return "chunk_count";
    case SignKind::next_record_id: return "next_record_id";
    case SignKind::chunk_missing: return "chunk_missing";
    case SignKind::chunk_header_crc: return "chunk_header_crc";
    case SignKind::chunk_records_crc: return "chunk_records_crc";
    case SignKind::chunk_numbers: return "chunk_numbers";
    case SignKind::free_space_offset: return "free_space_offset";
    case SignKind::record_size: return "record_size";
    case SignKind::record_size_copy: return "record_size_copy";
    case SignKind::record_hidden: return "record_hidden";
    case SignKind::record_id_gap: return "record_id_gap";
    case SignKind::record_id_repeated: return "record_id_repeated";
    case SignKind::time_backwards: return "time_backwards";
    case SignKind::chunk_truncated: return "chunk_truncated";
    }
    return {};
}

std::vector<ByteRange> split(ByteView file, std::uint64_t piece_bytes)
{
    // Each piece may look at every chunk header of the file (live_index.hpp): so many pieces, and no more, keep that
    // small.
    constexpr std::uint64_t pieces_max = 256;
    std::vector<ByteRange> pieces;
    auto const cells
        = std::max(std::max<std::uint64_t>(1, piece_bytes / chunk_bytes), file.size() / chunk_bytes / pieces_max);
    std::uint64_t begin = 0;
    while (begin < file.size()) {
        auto const end = std::min<std::uint64_t>(file.size(), cell_of(begin) + cells * chunk_bytes);
        pieces.push_back({ begin, end - begin });
        begin = end;
    }
    return pieces;
}

std::optional<ChunkPlace> next_chunk(ByteView file, std::uint64_t from)
{
    for (auto at = cell_of(from); at < file.size(); at += chunk_bytes) {
        std::optional found = read_cell(file, at);
        for (; found && found->chunk_size != 0; found = next_in_cell(file, *found)) {
            if (found->chunk_offset < from)
                continue;
            auto const chunk = part(file, found->chunk_offset, found->chunk_size);
            return ChunkPlace { found->chunk_offset, found->chunk_size,
                live_records_end(chunk, read_chunk_header(chunk)) };
        }
    }
    return std::nullopt;
}

std::uint64_t used_bytes(ByteView file)
{
    std::uint64_t used = 0;
    for (auto chunk = next_chunk(file, 0); chunk; chunk = next_chunk(file, chunk->offset + 1))
        used += chunk->used_bytes;
    return used;
}

}
