// Damages a good EVTX file in ways whose truth is known. Not a writer: give it bytes of evtx_writer or of a sample.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::test {

struct FaultyRecord {
    std::uint64_t record_id = 0;
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
};

// The live records by a bare walk (magic, size, free space), for ground truth.
std::vector<FaultyRecord> walk_records(std::string_view file);

std::string truncated(std::string_view file, std::uint64_t size_bytes);
// Flips one bit at each of `count` places drawn from the seed; the places are given back.
std::string bits_flipped(
    std::string_view file, std::uint64_t seed, std::uint32_t count, std::vector<std::uint64_t>* places = nullptr);
std::string zeroed(std::string_view file, std::uint64_t offset, std::uint64_t size_bytes);
std::string with_header_counts(
    std::string_view file, std::uint32_t chunk_count, std::uint64_t next_record_id); // checksum is right again
std::string with_bad_record_magic(std::string_view file, std::uint64_t record_offset);
std::string with_bad_record_checksum(std::string_view file, std::uint32_t chunk);

struct HiddenRecord {
    std::string file;
    FaultyRecord hidden; // where it still lies, with its old number
    FaultyRecord carrier; // the record before, which now covers it
};
// As DanderSpritz' eventlogedit does it: the record before grows over the unwanted one, later records of the file are
// renumbered, every checksum is right again. Nothing when the record does not exist or is the first of its chunk.
std::optional<HiddenRecord> record_hidden(std::string_view file, std::uint64_t record_id);

// Gaps of numbers and jumps of the clock need no tool: give WrittenEvent::record_id and written_at.

// All checksums and header counts recomputed after hand edits.
void repair_checksums(std::string& file);

// A sparse file larger than 4 GiB: the chunks of `file` at its begin and, renumbered, behind a hole of zeros at
// `second_part_offset`.
void write_sparse(std::filesystem::path const& path, std::string_view file, std::uint64_t second_part_offset);

}
