#include "support/evtx_faults.hpp"
#include "bytes/crc32.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace konseki::test {

namespace {
constexpr std::size_t file_header_bytes = 4096, chunk_bytes = 65'536, chunk_header_bytes = 512,
                      record_header_bytes = 24;
// In a chunk header: first and last record number, first and last record id.
constexpr std::uint64_t number_places[] = { 8, 16, 24, 32 };

template <typename T> T get(std::string_view bytes, std::uint64_t offset)
{
    T number {};
    if (offset + sizeof(T) <= bytes.size())
        std::memcpy(&number, bytes.data() + offset, sizeof(T));
    return number;
}

template <typename T> void set(std::string& bytes, std::uint64_t offset, T number)
{
    if (offset + sizeof(T) <= bytes.size())
        std::memcpy(bytes.data() + offset, &number, sizeof(T));
}

bool is_chunk(std::string_view file, std::uint64_t offset)
{
    return offset + chunk_bytes <= file.size() && file.substr(offset, 7) == "ElfChnk";
}

std::uint64_t chunk_of(std::uint64_t offset)
{
    return file_header_bytes + (offset - file_header_bytes) / chunk_bytes * chunk_bytes;
}

void repair_chunk(std::string& file, std::uint64_t chunk)
{
    auto const view = std::string_view(file).substr(chunk, chunk_bytes);
    auto const free_space = std::clamp<std::uint64_t>(get<std::uint32_t>(view, 48), chunk_header_bytes, chunk_bytes);
    set(file, chunk + 52, crc32(as_bytes(view.substr(chunk_header_bytes, free_space - chunk_header_bytes))));
    set(file, chunk + 124, crc32(as_bytes(view.substr(128, 384)), crc32(as_bytes(view.substr(0, 120)))));
}

// EventRecordID stands in the record's header and once more as an unsigned 64-bit value of its outer template instance.
void renumber(std::string& file, FaultyRecord const& record, std::uint64_t record_id)
{
    set(file, record.offset + 8, record_id);
    auto at = record.offset + record_header_bytes + 4; // behind the fragment header
    if (get<std::uint8_t>(file, at) != 0x0c)
        return; // no template: the number in the text stays, as with the real tool
    auto const definition = chunk_of(record.offset) + get<std::uint32_t>(file, at + 6);
    at += 10;
    if (definition == at)
        at += 24 + get<std::uint32_t>(file, at + 20);
    auto const count = get<std::uint32_t>(file, at);
    auto value = at + 4 + std::uint64_t { count } * 4;
    for (std::uint32_t i = 0; i < count && value < record.offset + record.size_bytes; ++i) {
        auto const size = get<std::uint16_t>(file, at + 4 + i * 4);
        auto const type = get<std::uint8_t>(file, at + 6 + i * 4);
        if (type == 0x0a && size == 8 && get<std::uint64_t>(file, value) == record.record_id) {
            set(file, value, record_id);
            return;
        }
        value += size;
    }
}
}

std::vector<FaultyRecord> walk_records(std::string_view file)
{
    std::vector<FaultyRecord> records;
    for (std::uint64_t chunk = file_header_bytes; chunk + chunk_header_bytes <= file.size(); chunk += chunk_bytes) {
        if (!is_chunk(file, chunk))
            continue;
        auto const free_space = std::min<std::uint64_t>(get<std::uint32_t>(file, chunk + 48), chunk_bytes);
        for (std::uint64_t at = chunk_header_bytes; at + record_header_bytes + 4 <= free_space;) {
            auto const size = get<std::uint32_t>(file, chunk + at + 4);
            if (file.substr(chunk + at, 4) != std::string_view("**\0\0", 4) || size < record_header_bytes + 4
                || size > free_space - at)
                break;
            records.push_back({ get<std::uint64_t>(file, chunk + at + 8), chunk + at, size });
            at += size;
        }
    }
    return records;
}

std::string truncated(std::string_view file, std::uint64_t size_bytes)
{
    return std::string(file.substr(0, std::min<std::uint64_t>(size_bytes, file.size())));
}

std::string bits_flipped(
    std::string_view file, std::uint64_t seed, std::uint32_t count, std::vector<std::uint64_t>* places)
{
    std::string damaged(file);
    Random random(seed);
    for (std::uint32_t i = 0; i < count && !file.empty(); ++i) {
        auto const place = random.below(file.size());
        damaged[place] = static_cast<char>(static_cast<unsigned char>(damaged[place]) ^ (1U << random.below(8)));
        if (places != nullptr)
            places->push_back(place);
    }
    return damaged;
}

std::string zeroed(std::string_view file, std::uint64_t offset, std::uint64_t size_bytes)
{
    std::string damaged(file);
    if (offset < damaged.size())
        std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(offset),
            std::min<std::uint64_t>(size_bytes, damaged.size() - offset), '\0');
    return damaged;
}

std::string with_header_counts(std::string_view file, std::uint32_t chunk_count, std::uint64_t next_record_id)
{
    std::string damaged(file);
    set(damaged, 16, static_cast<std::uint64_t>(chunk_count == 0 ? 0 : chunk_count - 1));
    set(damaged, 24, next_record_id);
    set(damaged, 42, chunk_count);
    set(damaged, 124, crc32(as_bytes(std::string_view(damaged).substr(0, 120))));
    return damaged;
}

std::string with_bad_record_magic(std::string_view file, std::uint64_t record_offset)
{
    std::string damaged(file);
    set(damaged, record_offset, std::uint32_t { 0x58585858 });
    return damaged;
}

std::string with_bad_record_checksum(std::string_view file, std::uint32_t chunk)
{
    std::string damaged(file);
    auto const at = file_header_bytes + std::uint64_t { chunk } * chunk_bytes;
    set(damaged, at + 52, ~get<std::uint32_t>(file, at + 52));
    set(damaged, at + 124,
        crc32(as_bytes(std::string_view(damaged).substr(at + 128, 384)),
            crc32(as_bytes(std::string_view(damaged).substr(at, 120)))));
    return damaged;
}

void repair_checksums(std::string& file)
{
    set(file, 124, crc32(as_bytes(std::string_view(file).substr(0, 120))));
    for (std::uint64_t chunk = file_header_bytes; chunk < file.size(); chunk += chunk_bytes) {
        if (is_chunk(file, chunk))
            repair_chunk(file, chunk);
    }
}

std::optional<HiddenRecord> record_hidden(std::string_view file, std::uint64_t record_id)
{
    auto const records = walk_records(file);
    auto const found = std::ranges::find(records, record_id, &FaultyRecord::record_id);
    if (found == records.end() || found == records.begin())
        return std::nullopt;
    auto const carrier = found - 1;
    if (chunk_of(carrier->offset) != chunk_of(found->offset))
        return std::nullopt;

    HiddenRecord result { std::string(file), *found, *carrier };
    auto& bytes = result.file;
    auto const grown = static_cast<std::uint32_t>(carrier->size_bytes + found->size_bytes);
    set(bytes, carrier->offset + 4, grown);
    set(bytes, carrier->offset + grown - 4, grown);
    result.carrier.size_bytes = grown;
    for (auto later = found + 1; later != records.end(); ++later)
        renumber(bytes, *later, later->record_id - 1);

    auto const own_chunk = chunk_of(found->offset);
    for (auto chunk = own_chunk; chunk < bytes.size(); chunk += chunk_bytes) {
        if (!is_chunk(bytes, chunk))
            continue;
        for (auto const place : number_places) {
            bool const is_first = place == 8 || place == 24;
            if (chunk != own_chunk || !is_first)
                set(bytes, chunk + place, get<std::uint64_t>(bytes, chunk + place) - 1);
        }
    }
    if (own_chunk + get<std::uint32_t>(bytes, own_chunk + 44) == found->offset)
        set(bytes, own_chunk + 44, static_cast<std::uint32_t>(carrier->offset - own_chunk));
    set(bytes, 24, get<std::uint64_t>(bytes, 24) - 1);
    repair_checksums(bytes);
    return result;
}

void write_sparse(std::filesystem::path const& path, std::string_view file, std::uint64_t second_part_offset)
{
    auto const chunks = file.substr(file_header_bytes);
    auto const chunk_index = (second_part_offset - file_header_bytes) / chunk_bytes;
    auto const place = file_header_bytes + chunk_index * chunk_bytes;
    auto second = std::string(file);
    auto const records = walk_records(file);
    auto const shift = records.empty() ? 0 : records.back().record_id - records.front().record_id + 1;
    for (auto const& record : records)
        renumber(second, record, record.record_id + shift);
    for (std::uint64_t chunk = file_header_bytes; chunk < second.size(); chunk += chunk_bytes) {
        if (!std::string_view(second).substr(chunk).starts_with("ElfChnk"))
            continue; // an unused chunk stays empty
        for (auto const number : number_places)
            set(second, chunk + number, get<std::uint64_t>(second, chunk + number) + shift);
    }
    repair_checksums(second);
    auto const chunk_count = static_cast<std::uint32_t>(chunk_index + chunks.size() / chunk_bytes);
    auto const head = with_header_counts(file, chunk_count, records.empty() ? 1 : records.back().record_id + shift + 1);
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream.write(head.data(), static_cast<std::streamsize>(head.size()));
    stream.seekp(static_cast<std::streamoff>(place));
    stream.write(second.data() + file_header_bytes, static_cast<std::streamsize>(chunks.size()));
    if (!stream.flush())
        throw std::runtime_error("cannot write " + path.string());
}

}
