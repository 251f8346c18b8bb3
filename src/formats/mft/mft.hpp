// NTFS $MFT: file records with their names, times, streams and what their bytes say about tampering; also single
// records from elsewhere (slack, $LogFile). Not the file system: content of non-resident streams is for whoever has the
// volume. Source: libyal/libfsntfs, "New Technologies File System (NTFS)"; spec fsa.md section 3.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "record/artefact_parser.hpp"
#include "record/diagnostic.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace konseki::mft {

Sniff sniff(ByteView head);

// Record number in the low 48 bits, sequence number above: a reference whose sequence differs means another, older
// file.
struct Reference {
    std::uint64_t raw = 0;
    std::uint64_t record() const { return raw & 0xffff'ffff'ffffULL; }
    std::uint16_t sequence() const { return static_cast<std::uint16_t>(raw >> 48); }
};

struct Times {
    Timestamp created_at, modified_at, record_changed_at, accessed_at;
};

struct StandardInformation {
    Times times;
    std::uint32_t file_attributes = 0;
    std::uint32_t owner_id = 0, security_id = 0; // absent (0) before NTFS 3.0
    std::uint64_t usn = 0;
};

enum class NameSpace : std::uint8_t { posix = 0, win32 = 1, dos = 2, win32_and_dos = 3 };
std::string_view name_space_name(NameSpace name_space); // "win32_and_dos"; empty for a number that is none

struct FileName {
    Reference parent;
    Times times; // copied from $STANDARD_INFORMATION when the name is made or moved: the second clock
    std::uint64_t allocated_bytes = 0, size_bytes = 0; // stale unless the name was written lately
    std::uint32_t file_attributes = 0;
    NameSpace name_space = NameSpace::posix;
    std::string name;
};

struct Stream { // $DATA
    std::string name; // "" is the main stream
    bool is_resident = false;
    std::uint64_t size_bytes = 0, allocated_bytes = 0;
    ByteView content; // of a resident stream; views the visitor's record until it returns
    ByteView run_list {}; // of a non-resident stream: decode_runs(); views the record likewise
    bool is_compressed = false, is_encrypted = false;
};

// Clusters of a non-resident stream in order; no place: a hole.
struct Run {
    std::optional<std::uint64_t> first_cluster;
    std::uint64_t clusters = 0;
};
// What is damaged ends the list. Runs whose place would be negative or beyond 2^63 are damage.
std::vector<Run> decode_runs(ByteView run_list);

struct Record {
    std::uint64_t offset = 0; // in the file
    std::uint64_t number = 0; // by place; stored_number is what the record says of itself
    std::uint32_t stored_number = 0;
    std::uint16_t sequence = 0, hard_links = 0, flags = 0;
    std::uint64_t log_sequence = 0;
    Reference base; // set: this is an extension record of that one
    bool is_baad = false; // Windows marked it as damaged
    bool has_bad_fixup = false; // the update sequence does not match: a torn write, or edited by hand
    std::optional<StandardInformation> standard;
    std::vector<FileName> names;
    std::vector<Stream> streams;
    bool has_attribute_list = false, has_reparse_point = false, has_index = false;
    std::uint32_t reparse_tag = 0;
    ByteView index_root; // of a directory's names ($I30); views the visitor's record until it returns
    std::uint64_t index_root_offset = 0; // in the file

    bool is_in_use() const { return (flags & 1U) != 0; }
    bool is_directory() const { return (flags & 2U) != 0; }
    bool is_extension() const { return base.raw != 0; }
    FileName const* best_name() const; // win32 before posix before dos; nullptr when there is none
};

class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void on_record(Record const& record) = 0; // views die when it returns
};

std::uint32_t record_bytes_of(ByteView mft); // 1,024 or 4,096 from the first readable record; 1,024 when none says
// Every record that begins inside the range. Empty cells (zeros) are passed over; cells that are neither FILE nor BAAD
// nor zero are reported as lost.
void read(ByteView mft, ByteRange range, DiagnosticSink& diagnostics, Visitor& visitor);
std::vector<ByteRange> split(ByteView mft, std::uint64_t piece_bytes);

// One record from a buffer of its own (the fix-ups are applied to a copy).
class RecordReader {
public:
    Result<void> read(ByteView cell, std::uint64_t offset, std::uint64_t number, DiagnosticSink& diagnostics);
    Record const& record() const { return m_record; }

private:
    bool apply_fixups(std::uint16_t array_offset, std::uint16_t array_count);
    Result<void> read_attributes(std::uint32_t first_offset, std::uint32_t used_bytes, DiagnosticSink& diagnostics);
    Result<void> read_attribute(std::uint32_t type, ByteView attribute, std::uint64_t offset);
    Result<void> read_standard(ByteView content, std::uint64_t offset);
    Result<void> read_name(ByteView content, std::uint64_t offset);
    Result<void> read_stream(
        ByteView attribute, std::uint64_t offset, std::string name, bool is_resident, ByteView content);

    std::vector<std::byte> m_bytes;
    Record m_record;
};

// Full paths from records seen before: feed every record first, then ask. Holds 24 bytes and the name per record.
class Paths {
public:
    // References beyond the file's own records are not followed: a crafted one must not choose our memory.
    explicit Paths(std::uint64_t record_total)
        : m_record_total(record_total)
    {
    }
    void add(Record const& record);
    // "\\Windows\\System32\\x.dll"; parents that were reused give "\\$Orphan(12-3)\\…", as their old place is unknown.
    std::string path_of(Record const& record, FileName const& name) const;
    std::string directory(Reference reference) const;

private:
    struct Entry {
        std::uint64_t parent = 0;
        std::uint32_t name_offset = 0;
        std::uint16_t name_bytes = 0, sequence = 0;
        bool is_known = false;
    };
    std::uint64_t m_record_total;
    std::vector<Entry> m_entries;
    std::string m_names;
};

}
