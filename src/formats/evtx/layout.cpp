#include "formats/evtx/layout.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/crc32.hpp"
#include <algorithm>

namespace konseki::evtx {

namespace {

constexpr char file_magic[] = { 'E', 'l', 'f', 'F', 'i', 'l', 'e', '\0' };
constexpr char chunk_magic[] = { 'E', 'l', 'f', 'C', 'h', 'n', 'k', '\0' };

bool has_magic(ByteView bytes, std::uint64_t offset, char const (&magic)[8])
{
    return offset <= bytes.size() && bytes.size() - offset >= sizeof magic
        && std::memcmp(bytes.data() + offset, magic, sizeof magic) == 0;
}

std::uint64_t find_chunk_magic(ByteView bytes, std::uint64_t from, std::uint64_t to)
{
    while (from < to) {
        auto const* const found = static_cast<std::byte const*>(
            memmem(bytes.data() + from, bytes.size() - from, chunk_magic, sizeof chunk_magic));
        if (found == nullptr)
            return to;
        return std::min(to, static_cast<std::uint64_t>(found - bytes.data()));
    }
    return to;
}

// A chunk off the grid must prove itself by its header's checksum: its magic alone may be text in a record.
std::uint64_t find_moved_chunk(ByteView file, std::uint64_t from, std::uint64_t to)
{
    auto const searched = part(file, 0, std::min<std::uint64_t>(file.size(), to + sizeof chunk_magic - 1));
    for (auto at = find_chunk_magic(searched, from, to); at < to; at = find_chunk_magic(searched, at + 1, to)) {
        if (file.size() - at < chunk_header_bytes)
            return to;
        auto const head = part(file, at, chunk_header_bytes);
        if (is_chunk_header_crc_good(head, read_chunk_header(head)))
            return at;
    }
    return to;
}

// A chunk that lost bytes is cut where the next one begins.
std::uint64_t chunk_size_at(ByteView file, std::uint64_t at, std::uint64_t cell_offset)
{
    auto const size = std::min<std::uint64_t>(chunk_bytes, file.size() - at);
    auto const next_cell = cell_offset + chunk_bytes;
    if (at == cell_offset && has_chunk_magic(file, next_cell))
        return size;
    auto const next = find_moved_chunk(file, at + chunk_header_bytes, at + size) - at;
    return has_chunk_magic(file, next_cell) ? std::min(next, next_cell - at) : next;
}

bool has_plausible_time(RecordHeader const& header)
{
    constexpr auto year_1990 = Timestamp::from_unix_seconds(631'152'000);
    constexpr auto year_2200 = Timestamp::from_unix_seconds(7'258'118'400);
    return header.written_at >= year_1990 && header.written_at < year_2200;
}

}

FileFacts read_file_header(ByteView file)
{
    FileFacts facts;
    facts.size_bytes = file.size();
    if (!has_magic(file, 0, file_magic) || file.size() < 128)
        return facts;
    facts.has_header = true;
    ByteReader reader(part(file, 0, 128));
    reader.skip(8, "evtx.header.magic");
    facts.first_chunk = reader.u64("evtx.header.first_chunk");
    facts.last_chunk = reader.u64("evtx.header.last_chunk");
    facts.next_record_id = reader.u64("evtx.header.next_record_id");
    facts.header_size_bytes = reader.u32("evtx.header.header_size");
    facts.version_minor = reader.u16("evtx.header.version_minor");
    facts.version_major = reader.u16("evtx.header.version_major");
    reader.skip(2, "evtx.header.header_block_size");
    // [libyal/libevtx#34] 16 bits in old Windows; files over 4 GiB of new Windows use 32 bits here (the rest was always
    // zero).
    facts.chunk_count = reader.u32("evtx.header.chunk_count");
    reader.seek(120, "evtx.header.flags");
    facts.flags = reader.u32("evtx.header.flags");
    facts.crc = reader.u32("evtx.header.crc");
    facts.computed_crc = crc32(part(file, 0, 120));
    facts.is_dirty = (facts.flags & 1) != 0;
    facts.is_full = (facts.flags & 2) != 0;
    return facts;
}

bool has_chunk_magic(ByteView file, std::uint64_t offset)
{
    return has_magic(file, offset, chunk_magic);
}

ChunkHeader read_chunk_header(ByteView chunk)
{
    ChunkHeader header;
    ByteReader reader(chunk);
    reader.skip(8, "evtx.chunk.magic");
    header.first_number = reader.u64("evtx.chunk.first_number");
    header.last_number = reader.u64("evtx.chunk.last_number");
    header.first_id = reader.u64("evtx.chunk.first_id");
    header.last_id = reader.u64("evtx.chunk.last_id");
    header.header_size = reader.u32("evtx.chunk.header_size");
    header.last_record_offset = reader.u32("evtx.chunk.last_record_offset");
    header.free_space_offset = reader.u32("evtx.chunk.free_space_offset");
    header.records_crc = reader.u32("evtx.chunk.records_crc");
    reader.seek(120, "evtx.chunk.flags");
    header.flags = reader.u32("evtx.chunk.flags");
    header.crc = reader.u32("evtx.chunk.crc");
    return header;
}

bool is_chunk_header_crc_good(ByteView chunk, ChunkHeader const& header)
{
    if (chunk.size() < chunk_header_bytes)
        return false;
    // The checksum skips itself and the flags: bytes 0-119 and the two tables, 128-511.
    auto const first = crc32(part(chunk, 0, 120));
    return crc32(part(chunk, 128, 384), first) == header.crc;
}

bool is_all_zero(ByteView bytes)
{
    // Comparing a view with itself, shifted by one block, is a memcmp: it runs at memory speed in any build.
    constexpr std::size_t block = 64;
    auto const first = std::min(block, bytes.size());
    for (std::size_t i = 0; i < first; ++i) {
        if (bytes[i] != std::byte { 0 })
            return false;
    }
    return bytes.size() <= block || std::memcmp(bytes.data(), bytes.data() + block, bytes.size() - block) == 0;
}

std::optional<RecordHeader> read_record_header(ByteView chunk, std::uint64_t offset)
{
    if (offset > chunk.size() || chunk.size() - offset < record_bytes_min)
        return std::nullopt;
    auto const* const at = chunk.data() + offset;
    if (load<std::uint32_t>(at) != record_magic)
        return std::nullopt;
    RecordHeader const header { load<std::uint32_t>(at + 4), load<std::uint64_t>(at + 8),
        Timestamp::from_filetime(load<std::uint64_t>(at + 16)) };
    if (header.size < record_bytes_min || header.size > chunk.size() - offset)
        return std::nullopt;
    return header;
}

bool is_size_copy_good(ByteView chunk, std::uint64_t offset, std::uint32_t size)
{
    return load<std::uint32_t>(chunk.data() + offset + size - 4) == size;
}

bool is_plausible_record(ByteView chunk, std::uint64_t offset, RecordHeader const& header)
{
    return is_size_copy_good(chunk, offset, header.size) && has_plausible_time(header) && header.id != 0
        && header.size > record_bytes_min;
}

bool is_plausible_successor(RecordHeader const& header, std::uint64_t id_before)
{
    constexpr std::uint64_t step_max = 2; // the record between them is the damaged one
    return id_before != 0 && header.id - id_before - 1 < step_max && has_plausible_time(header)
        && header.size > record_bytes_min;
}

std::uint64_t find_record_magic(ByteView chunk, std::uint64_t from, std::uint64_t to)
{
    constexpr char magic[] = { 0x2a, 0x2a, 0, 0 };
    if (from >= to || to > chunk.size())
        return to;
    // Not memmem: it looks at a needle's last bytes first, and those are zeros, of which slack is full.
    while (to - from >= sizeof magic) {
        auto const* const found
            = static_cast<std::byte const*>(std::memchr(chunk.data() + from, magic[0], to - from - sizeof magic + 1));
        if (found == nullptr)
            return to;
        from = static_cast<std::uint64_t>(found - chunk.data());
        if (std::memcmp(found, magic, sizeof magic) == 0)
            return from;
        ++from;
    }
    return to;
}

Cell read_cell(ByteView file, std::uint64_t cell_offset)
{
    Cell cell { cell_offset, cell_offset, 0, false };
    if (cell_offset >= file.size())
        return cell;
    auto const cell_end = std::min<std::uint64_t>(file.size(), cell_offset + chunk_bytes);
    if (!has_chunk_magic(file, cell_offset)) {
        cell.is_hole = is_all_zero(part(file, cell_offset, cell_end - cell_offset));
        if (cell.is_hole)
            return cell;
        cell.chunk_offset = find_moved_chunk(file, cell_offset + 1, cell_end);
        if (cell.chunk_offset == cell_end) {
            cell.chunk_offset = cell_offset;
            return cell;
        }
    }
    if (file.size() - cell.chunk_offset < chunk_header_bytes)
        return { cell_offset, cell_offset, 0, false };
    cell.chunk_size = chunk_size_at(file, cell.chunk_offset, cell_offset);
    return cell;
}

std::optional<Cell> next_in_cell(ByteView file, Cell const& chunk)
{
    auto const at = chunk.chunk_offset + chunk.chunk_size;
    auto const cell_end = std::min<std::uint64_t>(file.size(), chunk.offset + chunk_bytes);
    if (chunk.chunk_size == 0 || at >= cell_end || find_moved_chunk(file, at, at + 1) != at)
        return std::nullopt;
    return Cell { chunk.offset, at, chunk_size_at(file, at, chunk.offset), false };
}

std::optional<Cell> chunk_at(ByteView file, std::uint64_t offset)
{
    if (offset < file_header_bytes || offset >= file.size())
        return std::nullopt;
    auto const cell_offset = cell_of(offset);
    for (auto const start : { cell_offset, cell_offset - chunk_bytes }) {
        if (start < file_header_bytes || start > cell_offset)
            continue;
        std::optional chunk = read_cell(file, start);
        for (; chunk && chunk->chunk_size != 0; chunk = next_in_cell(file, *chunk)) {
            if (offset >= chunk->chunk_offset && offset - chunk->chunk_offset < chunk->chunk_size)
                return chunk;
        }
    }
    return std::nullopt;
}

std::uint64_t live_records_end(ByteView chunk, ChunkHeader const& header)
{
    bool const is_possible = header.free_space_offset >= chunk_header_bytes && header.free_space_offset <= chunk_bytes;
    // A lie: walk as far as records reach.
    auto const end = is_possible ? std::min<std::uint64_t>(header.free_space_offset, chunk.size()) : chunk.size();
    // The record that the header names as its last one must lie before the free space.
    if (is_possible && header.last_record_offset < header.free_space_offset)
        return end;
    auto const last = read_record_header(chunk, header.last_record_offset);
    bool const is_proven = header.last_record_offset >= chunk_header_bytes && last && last->id == header.last_id
        && has_plausible_time(*last);
    return is_proven ? header.last_record_offset + std::uint64_t { last->size } : end;
}

}
