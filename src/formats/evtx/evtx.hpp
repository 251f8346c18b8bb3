// Windows XML event logs (EVTX): every record of a file, live, recovered or hidden, as Events; and what the file's
// bytes say about tampering. Not a judge: it names signs, it does not call them an attack. What a record means is
// traces/windows_event's business.
#pragma once
#include "base/arena.hpp"
#include "base/limits.hpp"
#include "record/artefact_parser.hpp"
#include "record/event.hpp"
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace konseki::evtx {

inline constexpr std::uint64_t file_header_bytes = 4096;
inline constexpr std::uint64_t chunk_bytes = 65536;

Sniff sniff(ByteView head);

// Where a record was found. Only `live` counts as "the log says"; all others are flagged recovered.
enum class Place : std::uint8_t {
    live, // before its chunk's free space offset
    slack, // behind the free space offset of a chunk
    free_space, // in a 64 KiB cell that holds no chunk header any more
    hidden, // inside another record's body, behind the end of its BinXml
};
std::string_view place_name(Place place);

struct RecordFacts {
    std::uint64_t offset = 0; // of the record, from the start of the file
    std::uint64_t size_bytes = 0;
    std::uint64_t chunk_offset = 0;
    std::uint64_t record_id = 0; // of the record header (forwarded events have another EventRecordID in their XML)
    Timestamp written_at; // of the record header
    Place place = Place::live;
    bool is_damaged = false; // parts are missing; a diagnostic says which
};

enum class SignKind : std::uint8_t {
    file_header_crc,
    file_header_value, // sizes, version or chunk numbers that cannot be
    file_header_flags, // bits nobody defined (danderspritz: 0x1b970000)
    file_dirty, // the log was not closed (live copy, crash); count and next id of the header are then stale
    chunk_count, // the header of a clean file counts other chunks than there are
    next_record_id, // the header of a clean file names another next id than the newest record has (only in one-piece
                    // files)
    chunk_missing, // a cell with bytes but without a chunk header
    chunk_header_crc,
    chunk_records_crc,
    chunk_numbers, // first/last record id of the chunk header are not those of its records
    free_space_offset, // of the chunk header: points outside, or before the last record ends
    record_size, // zero, too small or beyond the chunk
    record_size_copy, // the copy at the record's end differs
    record_hidden, // a whole record inside another one's body
    record_id_gap, // within one chunk; between chunks: windows.event_log.chunk
    record_id_repeated,
    time_backwards, // by more than time_tolerance within one chunk
    chunk_truncated, // the file ends inside this chunk
};
std::string_view sign_name(SignKind kind); // "record_hidden"

inline constexpr std::int64_t time_tolerance_ticks
    = 60 * ticks_per_second; // threads of one machine write out of order by seconds

struct Sign {
    SignKind kind = SignKind::file_header_crc;
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
    std::uint64_t record_id = 0; // 0: about the chunk or the file
    Timestamp written_at;
    std::uint64_t expected = 0, found = 0; // numbers that belong to the kind
    std::string_view detail; // one sentence for people; valid during the call
};

struct FileFacts {
    std::uint64_t size_bytes = 0;
    std::uint64_t first_chunk = 0, last_chunk = 0, next_record_id = 0; // as the header says
    std::uint32_t header_size_bytes = 0, chunk_count = 0, flags = 0, crc = 0, computed_crc = 0;
    std::uint16_t version_major = 0, version_minor = 0;
    bool has_header = false, is_dirty = false, is_full = false;
};

struct ChunkFacts {
    std::uint64_t offset = 0, size_bytes = 0;
    std::uint64_t header_first_id = 0, header_last_id = 0; // as the header says
    std::uint64_t first_id = 0, last_id = 0; // of the live records, in file order
    Timestamp first_at, last_at; // written times of those records
    std::uint32_t live_count = 0, recovered_count = 0, hidden_count = 0,
                  lost_count = 0; // lost: a record header whose body gave nothing
    std::uint32_t waiting_count = 0; // recovered records that wait for the dictionary (second pass)
    std::uint32_t used_bytes = 0; // header and live records
    bool is_header_crc_good = false, is_records_crc_good = false, has_crc = true;
    std::string_view channel; // of the first live record; valid during the call
};

// Called in the order of the file. Views (Event, Sign, facts) are valid until the call returns.
class Visitor {
public:
    virtual ~Visitor() = default;
    virtual void on_file(FileFacts const& facts) = 0; // first, and only when the range begins at 0
    virtual void on_record(Event const& event, RecordFacts const& facts) = 0;
    virtual void on_sign(Sign const& sign) = 0;
    virtual void on_chunk(ChunkFacts const& facts) = 0; // after its records
};

struct ReadContext {
    EventShapes& shapes;
    Arena& arena; // reset between records
    Dictionary& dictionary; // "evtx.template/XXXXXXXX" (template id) -> packed definition
    DiagnosticSink& diagnostics;
    Limits const& limits = default_limits;
    RawFilter const* raw_filter = nullptr; // asked once per chunk
    std::stop_token stop {};
    Pass pass
        = Pass::first; // second: only recovered records that the first pass could not decode for want of a template
    bool wants_second_pass = false; // out
};

// Reads the chunks that begin inside `range` (the whole file is needed: a chunk may reach beyond it, and slack is
// compared with live records anywhere). The same records, signs and facts come out for any split of the file.
void read(ByteView file, ByteRange range, ReadContext& context, Visitor& visitor);

// Ranges of whole 64 KiB cells of about piece_bytes, the first one with the file header.
std::vector<ByteRange> split(ByteView file, std::uint64_t piece_bytes);

enum class Form : std::uint8_t { xml, json };

// One record, live or recovered, in evtx_dump's layout; undamaged records give the same text. `dictionary` may be null.
Result<std::string> render(ByteView file, std::uint64_t record_offset, Form form,
    Dictionary const* dictionary = nullptr, Limits const& limits = default_limits);

// For searches and benches: the next chunk at or behind `from` (its header is there; empty cells are skipped fast), or
// nothing at the end.
struct ChunkPlace {
    std::uint64_t offset = 0, size_bytes = 0;
    std::uint64_t used_bytes = 0; // up to the free space offset, at most size_bytes
};
std::optional<ChunkPlace> next_chunk(ByteView file, std::uint64_t from);
std::uint64_t used_bytes(ByteView file); // sum of used_bytes of all chunks

}
