// The fixed structures of an EVTX file: file header, chunk header, record header, and the 64 KiB cells of the file.
// Not BinXml: program.hpp. Offsets are those of docs/formats/evtx.md.
#pragma once
#include "base/byte_view.hpp"
#include "base/timestamp.hpp"
#include "formats/evtx/evtx.hpp"
#include <cstring>
#include <optional>

namespace konseki::evtx {

inline constexpr std::uint64_t chunk_header_bytes = 512;
inline constexpr std::uint64_t record_header_bytes = 24; // magic, size, id, time
inline constexpr std::uint64_t record_bytes_min = record_header_bytes + 4; // and the copy of the size
inline constexpr std::uint32_t record_magic = 0x00002a2a;

// The unchecked read of the hot path: the caller has compared position and size before.
template <typename T> inline T load(std::byte const* at)
{
    T value {};
    std::memcpy(&value, at, sizeof value);
    return value;
}

// A number of which the last bytes may be missing: they are zero. Byte by byte: GCC 12 drops the zero of
// `T value {}; memcpy(&value, from, min(sizeof value, size))` where T has one byte.
template <typename T> inline T load_cut(std::byte const* at, std::size_t size)
{
    if (size >= sizeof(T))
        return load<T>(at);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= std::to_integer<std::uint64_t>(at[i]) << (8 * i);
    return static_cast<T>(value);
}

// The one place of this format that takes a part of a view; the caller proved that it lies inside.
inline ByteView part(ByteView bytes, std::uint64_t offset, std::uint64_t size)
{
    VERIFY(offset <= bytes.size() && size <= bytes.size() - offset);
    return { bytes.data() + offset, static_cast<std::size_t>(size) };
}

FileFacts read_file_header(ByteView file);

struct ChunkHeader {
    std::uint64_t first_number = 0, last_number = 0, first_id = 0, last_id = 0;
    std::uint32_t header_size = 0, last_record_offset = 0, free_space_offset = 0, records_crc = 0, flags = 0, crc = 0;
};

bool has_chunk_magic(ByteView file, std::uint64_t offset);
ChunkHeader read_chunk_header(ByteView chunk); // at least chunk_header_bytes
bool is_chunk_header_crc_good(ByteView chunk, ChunkHeader const& header);
bool is_all_zero(ByteView bytes);

struct RecordHeader {
    std::uint32_t size = 0;
    std::uint64_t id = 0;
    Timestamp written_at;
};

// Magic there and a size that fits into what is left of the chunk.
std::optional<RecordHeader> read_record_header(ByteView chunk, std::uint64_t offset);
bool is_size_copy_good(ByteView chunk, std::uint64_t offset, std::uint32_t size);
// A header that can be believed without its surroundings: size copy fits, id and time are plausible.
bool is_plausible_record(ByteView chunk, std::uint64_t offset, RecordHeader const& header);
// The same behind a record with the id before it (or behind one lost record): its number stands in for the size copy.
bool is_plausible_successor(RecordHeader const& header, std::uint64_t id_before);
// The next "**\0\0" in [from, to), or `to`.
std::uint64_t find_record_magic(ByteView chunk, std::uint64_t from, std::uint64_t to);

// Chunks sit on a grid of 64 KiB cells behind the file header. Where bytes were lost or inserted, a chunk begins inside
// a cell that has no chunk magic at its start: it is taken when its header checksum fits. The same where bytes are
// missing in a chunk and the next one begins before its cell: the cell after it has no chunk magic then. Decided per
// cell, so that any split agrees.
struct Cell {
    std::uint64_t offset = 0; // start of the cell
    std::uint64_t chunk_offset = 0; // start of the chunk that begins in it
    std::uint64_t chunk_size = 0; // 0: no chunk begins in this cell
    bool is_hole = false; // nothing but zeros
};
Cell read_cell(ByteView file, std::uint64_t cell_offset);
inline std::uint64_t cell_of(std::uint64_t offset)
{
    return offset < file_header_bytes ? file_header_bytes : offset - (offset - file_header_bytes) % chunk_bytes;
}
// The next chunk that begins in the same cell, where this one is cut.
std::optional<Cell> next_in_cell(ByteView file, Cell const& chunk);
// The chunk that an offset lies in; nothing for bytes outside any chunk.
std::optional<Cell> chunk_at(ByteView file, std::uint64_t offset);
// Where the live records of a chunk end: at its free space offset, unless the header contradicts itself.
std::uint64_t live_records_end(ByteView chunk, ChunkHeader const& header);

}
