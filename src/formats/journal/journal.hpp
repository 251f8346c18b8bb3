// systemd journal files: entries with their fields, what the file says of itself, and where the two do not agree.
// Not what an entry means, and no verification of seals (that needs the key, which the host gave away).
// Source: systemd.io "Journal File Format".
#pragma once
#include "base/arena.hpp"
#include "base/limits.hpp"
#include "record/artefact_parser.hpp"
#include <stop_token>

namespace konseki::journal {

Sniff sniff(ByteView head);

// The header, and what the walk over all objects found.
struct FileFacts {
    std::uint64_t size_bytes = 0;
    std::uint32_t compatible_flags = 0; // 1 sealed, 2 tail boot id, 4 sealed continuously
    std::uint32_t incompatible_flags = 0; // 1 XZ, 2 LZ4, 4 keyed hash, 8 ZSTD, 16 compact
    std::uint8_t state = 0; // 0 offline, 1 online, 2 archived
    std::string file_id, machine_id, tail_boot_id, seqnum_id; // 32 hexadecimal digits
    std::uint64_t header_bytes = 0, arena_bytes = 0, tail_object_offset = 0;
    std::uint64_t objects = 0, entries = 0, head_seqnum = 0, tail_seqnum = 0; // as the header says
    Timestamp head_at, tail_at; // as the header says
    std::uint64_t objects_found = 0, data_found = 0, entries_reached = 0, entries_recovered = 0, tags_found = 0;
    std::uint64_t bad_hashes = 0; // DATA and FIELD objects whose content is not what was written
    std::uint64_t lost_bytes = 0; // between objects that can be read
    bool is_sealed() const { return (compatible_flags & 1U) != 0; }
    bool is_online() const { return state == 1; }
    bool is_compact() const { return (incompatible_flags & 16U) != 0; }
    bool is_keyed() const { return (incompatible_flags & 4U) != 0; }
};

enum class SignKind : std::uint8_t {
    zeroed, // zeros between objects, before the end that the header names
    object_broken, // bytes between objects that are none
    data_hash, // a field's content does not fit its hash
    entry_hash, // an entry's fields are not those that it was written with
    field_missing, // an entry points to something that is no field
    entry_unreached, // an entry that no array of entries leads to
    array_broken, // the arrays of entries lead out of the file, to no entry, or in a circle
    sequence_backwards, // a later entry has a lower number
    time_backwards, // a later entry is more than a minute earlier
    monotonic_backwards, // within one boot
    header_count, // the header counts other entries than there are
    header_numbers, // the header names other first or last numbers than the entries have
    tag_missing, // sealed, and no seal, or entries behind the last one of a file that was closed
    data_orphan, // a field that no entry uses: its entry is gone
};
std::string_view sign_name(SignKind kind); // "data_hash"

struct Sign {
    SignKind kind = SignKind::object_broken;
    std::uint64_t offset = 0; // of the field in the object or header: no two signs have the same
    std::uint64_t size_bytes = 0;
    std::uint64_t sequence_number = 0; // of the entry it is about; 0: none
    Timestamp at; // of that entry
    std::uint64_t expected = 0, found = 0;
    std::string_view detail; // of data_orphan the field, at most 512 bytes; valid during the call
};

// Views are valid during the call.
struct Field {
    std::string_view name; // "MESSAGE"
    std::string_view value; // any bytes
};

struct Entry {
    std::uint64_t offset = 0, size_bytes = 0;
    std::uint64_t sequence_number = 0;
    Timestamp at; // when journald received it
    std::uint64_t monotonic_us = 0; // since that boot
    std::string_view boot_id; // 32 hexadecimal digits
    std::span<Field const> fields;
    bool is_recovered = false; // no array of entries leads to it
    bool is_complete = true; // false: fields are missing, too large or changed

    std::string_view value(std::string_view name) const; // the first; data() == nullptr: none
};

class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void on_entry(Entry const& entry) = 0; // in the order of the file's arrays, then recovered ones by place
    virtual void on_sign(Sign const& sign) = 0; // at most signs_max of a kind
    virtual void on_file(FileFacts const& facts) = 0; // last
};

inline constexpr std::uint64_t signs_max = 200;

struct ReadContext {
    DiagnosticSink& diagnostics;
    Limits const& limits = default_limits;
    std::stop_token stop {};
};

void read(ByteView bytes, ReadContext& context, Visitor& visitor);

// The entry at an offset again, all its fields as one JSON object; bytes that are no UTF-8 as U+FFFD.
Result<std::string> render(ByteView bytes, std::uint64_t offset);

}
