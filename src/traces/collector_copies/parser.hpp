// What a collector noted about each file it took or left: KAPE's CopyLog and SkipLog, GetThis of DFIR-ORC, konseki's
// manifest. Not the files themselves.
#pragma once
#include "record/artefact_parser.hpp"
#include "record/schema.hpp"

namespace konseki::collector_copies {

struct CopyRow {
    Symbol tool, computer, volume_id;
    std::string_view path, stored_as, skip_reason, why;
    std::optional<std::uint64_t> file_size_bytes, record;
    Timestamp copied_at, created_at, modified_at, accessed_at, record_changed_at, name_created_at;
    std::string_view md5, sha1, sha256;
};

inline constexpr auto copy_schema
    = schema("collector.copy", "A file that a collector took, or left out, and what it noted about it",
        field("tool", &CopyRow::tool, "kape, kape_skipped, orc, konseki"),
        field("computer", &CopyRow::computer, "Machine, as the collector names it"),
        field("volume_id", &CopyRow::volume_id, "Serial number of the volume"),
        field("path", &CopyRow::path, "Where the file lay on the machine"),
        field("stored_as", &CopyRow::stored_as, "Name in the collection"),
        field("skip_reason", &CopyRow::skip_reason, "Why it is not in the collection"),
        field("why", &CopyRow::why, "What the collector was looking for"),
        field("file_size_bytes", &CopyRow::file_size_bytes, "Size on the machine"),
        field("record", &CopyRow::record, "File reference number"),
        field("copied_at", &CopyRow::copied_at, "When it was copied, UTC"),
        field("created_at", &CopyRow::created_at, "$STANDARD_INFORMATION: file created, UTC"),
        field("modified_at", &CopyRow::modified_at, "$STANDARD_INFORMATION: content changed, UTC"),
        field("accessed_at", &CopyRow::accessed_at, "$STANDARD_INFORMATION: last access, UTC"),
        field("record_changed_at", &CopyRow::record_changed_at, "$STANDARD_INFORMATION: record changed, UTC"),
        field("name_created_at", &CopyRow::name_created_at, "$FILE_NAME: file created, UTC"),
        field("md5", &CopyRow::md5, "MD5 on the machine"), field("sha1", &CopyRow::sha1, "SHA-1 on the machine"),
        field("sha256", &CopyRow::sha256, "SHA-256 on the machine"));

extern ArtefactParser const parser;

}
