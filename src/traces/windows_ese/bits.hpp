// Background transfers (BITS) of Windows 10 and later (qmgr.db): what was fetched or sent, where to, and what ran then.
// Not the queue of older systems (qmgr0.dat). Not the reading of rows: bits.cpp.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "record/schema.hpp"
#include <string>
#include <vector>

namespace konseki::windows_ese {

struct BitsJobRow {
    Symbol job_id;
    std::string_view name, description, command, parameters;
    Symbol owner_sid, type, priority, state;
    Timestamp created_at, modified_at;
    std::optional<std::uint64_t> files;
};
inline constexpr auto bits_job_schema = schema("windows.bits.job",
    "A job of the Background Intelligent Transfer Service", field("job_id", &BitsJobRow::job_id, "Its GUID"),
    field("name", &BitsJobRow::name, "Name that its maker gave"),
    field("description", &BitsJobRow::description, "Description"),
    field("command", &BitsJobRow::command, "Program that runs when the job ends or fails: a way to persist (T1197)"),
    field("parameters", &BitsJobRow::parameters, "Its command line"),
    field("owner_sid", &BitsJobRow::owner_sid, "Account of the owner"),
    field("type", &BitsJobRow::type, "download, upload or upload_reply"),
    field("priority", &BitsJobRow::priority, "foreground, high, normal or low"),
    field("state", &BitsJobRow::state,
        "queued, connecting, transferring, suspended, error, transient_error, "
        "transferred, acknowledged or cancelled"),
    field("created_at", &BitsJobRow::created_at, "When the job was made"),
    field("modified_at", &BitsJobRow::modified_at, "When it was last changed"),
    field("files", &BitsJobRow::files, "Files of the job"));

struct BitsFileRow {
    Symbol file_id, job_id;
    std::string_view url, local_path, temporary_path;
    Symbol drive, volume;
    std::optional<std::uint64_t> bytes_total, bytes_transferred;
};
inline constexpr auto bits_file_schema = schema("windows.bits.file", "A file of a background transfer",
    field("file_id", &BitsFileRow::file_id, "Its GUID"),
    field("job_id", &BitsFileRow::job_id, "Job that lists it; absent where none does any more"),
    field("url", &BitsFileRow::url, "Remote address"),
    field("local_path", &BitsFileRow::local_path, "Path on the machine"),
    field("temporary_path", &BitsFileRow::temporary_path, "Path while it was transferred"),
    field("drive", &BitsFileRow::drive, "Drive of the path"), field("volume", &BitsFileRow::volume, "Its volume"),
    field("bytes_total", &BitsFileRow::bytes_total, "Size; absent where the server did not say it"),
    field("bytes_transferred", &BitsFileRow::bytes_transferred, "Bytes transferred so far"));

struct BitsJob {
    std::uint32_t type = 0, priority = 0, state = 0;
    std::string name, description, command, parameters, owner_sid;
    std::vector<std::string> files; // their GUIDs
    bool has_files = false; // the list was found
    Timestamp created_at, modified_at;
};
struct BitsFile {
    std::string local_path, url, temporary_path, drive, volume;
    std::optional<std::uint64_t> bytes_total, bytes_transferred;
};
// `offset`: of the blob in the evidence, for errors.
Result<BitsJob> read_bits_job(ByteView blob, std::uint64_t offset);
Result<BitsFile> read_bits_file(ByteView blob, std::uint64_t offset);

inline constexpr std::array<Schema const*, 2> bits_schema_list { &bits_job_schema.erased, &bits_file_schema.erased };

}
