// The lean index of every Windows event, and what event log files say about themselves: chunks, header, signs of
// tampering. Not the typed meaning of single event ids: typed.hpp.
#pragma once
#include "record/schema.hpp"
#include <optional>

namespace konseki::windows_event {

struct EventRow {
    Timestamp written_at;
    std::uint32_t event_id = 0;
    std::uint64_t record_id = 0;
    Symbol channel, provider, computer, user_sid;
    std::uint8_t level = 0;
    std::uint16_t task = 0;
    std::uint8_t opcode = 0;
    std::uint64_t keywords = 0;
    std::uint8_t version = 0;
    std::uint32_t process_id = 0, thread_id = 0;
    Symbol how;
};

inline constexpr auto event_schema = schema("windows.event",
    "Every Windows event, live or recovered; its fields are read from its origin",
    field("written_at", &EventRow::written_at, "TimeCreated, UTC; of the record header where the event has none"),
    field("event_id", &EventRow::event_id, "EventID; unique only together with the provider"),
    field("record_id", &EventRow::record_id, "EventRecordID; forwarded events keep that of the machine they come from"),
    field("channel", &EventRow::channel, "Log the event was written to"),
    field("provider", &EventRow::provider, "Program or component that wrote it"),
    field("computer", &EventRow::computer, "Machine that wrote it, as it named itself"),
    field("user_sid", &EventRow::user_sid, "Security/UserID: account of the writing thread, not of the subject"),
    field("level", &EventRow::level, "0 or 4 information, 1 critical, 2 error, 3 warning, 5 verbose"),
    field("task", &EventRow::task, "Task number, meaning defined by the provider"),
    field("opcode", &EventRow::opcode, "Opcode number, meaning defined by the provider"),
    field("keywords", &EventRow::keywords,
        "Keyword bits; 0x8010000000000000 audit failure, 0x8020000000000000 audit success"),
    field("version", &EventRow::version, "Version of the event's layout"),
    field("process_id", &EventRow::process_id, "Execution/ProcessID: the writing process"),
    field("thread_id", &EventRow::thread_id, "Execution/ThreadID: the writing thread"),
    field("how", &EventRow::how, "live; recovered from slack, free_space or hidden in another record; json"));

struct FileRow {
    std::uint64_t file_size_bytes = 0;
    std::uint64_t next_record_id = 0, first_chunk = 0, last_chunk = 0;
    std::uint32_t chunk_count = 0, flags = 0;
    std::uint16_t version_major = 0, version_minor = 0;
    bool is_dirty = false, is_full = false, is_crc_good = false;
};

inline constexpr auto file_schema = schema("windows.event_log.file",
    "One event log file as its header describes itself; what it really holds: windows.event_log.chunk",
    field("file_size_bytes", &FileRow::file_size_bytes, "Size of the whole file"),
    field(
        "next_record_id", &FileRow::next_record_id, "Header: id that the next record would get; stale in dirty files"),
    field("first_chunk", &FileRow::first_chunk, "Header: number of the oldest chunk"),
    field("last_chunk", &FileRow::last_chunk, "Header: number of the newest chunk"),
    field("chunk_count", &FileRow::chunk_count, "Header: chunks in use; stale in dirty files"),
    field("flags", &FileRow::flags, "Header: 1 dirty, 2 full, 4 no checksums; other bits are a sign"),
    field("version_major", &FileRow::version_major, "Format version, 3"),
    field("version_minor", &FileRow::version_minor, "Format version, 1 or 2"),
    field("is_dirty", &FileRow::is_dirty, "The log was open when it was copied, or Windows stopped without closing it"),
    field("is_full", &FileRow::is_full, "The log had reached its maximum size"),
    field("is_crc_good", &FileRow::is_crc_good, "The header's checksum fits"));

struct ChunkRow {
    Symbol channel;
    std::uint64_t first_id = 0, last_id = 0;
    Timestamp first_at, last_at;
    std::uint32_t live_count = 0, recovered_count = 0, hidden_count = 0, lost_count = 0;
    std::uint64_t header_first_id = 0, header_last_id = 0;
    std::uint32_t used_bytes = 0;
    std::optional<bool> is_header_crc_good, is_records_crc_good;
};

inline constexpr auto chunk_schema = schema("windows.event_log.chunk",
    "One 64 KiB chunk of an event log: what its live records cover; gaps between chunks are found here",
    field("channel", &ChunkRow::channel, "Channel of its first live record"),
    field("first_id", &ChunkRow::first_id, "Record id of its first live record"),
    field("last_id", &ChunkRow::last_id, "Record id of its last live record"),
    field("first_at", &ChunkRow::first_at, "Written time of its first live record"),
    field("last_at", &ChunkRow::last_at, "Written time of its last live record"),
    field("live_count", &ChunkRow::live_count, "Live records read"),
    field("recovered_count", &ChunkRow::recovered_count,
        "Records recovered behind its free space offset in the first pass"),
    field("hidden_count", &ChunkRow::hidden_count, "Records found inside the bodies of others"),
    field("lost_count", &ChunkRow::lost_count, "Record headers whose body could not be read; see the diagnostics"),
    field("header_first_id", &ChunkRow::header_first_id, "Chunk header: first record id"),
    field("header_last_id", &ChunkRow::header_last_id, "Chunk header: last record id"),
    field("used_bytes", &ChunkRow::used_bytes, "Header and live records"),
    field("is_header_crc_good", &ChunkRow::is_header_crc_good,
        "Checksum of the chunk header fits; absent where the log has none"),
    field("is_records_crc_good", &ChunkRow::is_records_crc_good,
        "Checksum over the records fits; absent where the log has none"));

struct SignRow {
    Symbol kind;
    std::optional<std::uint64_t> record_id;
    Timestamp written_at;
    Symbol channel;
    std::uint64_t expected = 0, found = 0;
    std::string_view detail;
};

inline constexpr auto sign_schema = schema("windows.event_log.sign",
    "Something about an event log's bytes that clean, closed logs do not have: tampering, damage or an unclean copy",
    field("kind", &SignRow::kind,
        "record_hidden, record_id_gap, chunk_records_crc …: formats/evtx/README.md explains each"),
    field("record_id", &SignRow::record_id, "Record it is about; absent for chunks and files"),
    field("written_at", &SignRow::written_at, "Written time of that record"),
    field("channel", &SignRow::channel, "Channel of the chunk it lies in, where known by then"),
    field("expected", &SignRow::expected, "Number that should be there"),
    field("found", &SignRow::found, "Number that is there"), field("detail", &SignRow::detail, "One sentence"));

}
