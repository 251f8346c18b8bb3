// The catalogue of Windows File History (Catalog1.edb, Catalog2.edb): which files were backed up, and when.
// Not the reading of rows: file_history.cpp.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_ese {

struct FileHistoryRow {
    std::string_view path;
    Timestamp created_at, modified_at, backed_up_at, visible_since_at;
    std::optional<std::uint64_t> usn, file_attributes, status, file_record_id;
};
inline constexpr auto file_history_schema = schema("windows.file_history.file",
    "A file or folder as File History knew it: proof that it was there, also after it is gone",
    field("path", &FileHistoryRow::path, "Path; a leading ? stands for the drive or a known folder"),
    field("created_at", &FileHistoryRow::created_at, "Creation of the file as it said then"),
    field("modified_at", &FileHistoryRow::modified_at, "Last write of the file as it said then"),
    field("backed_up_at", &FileHistoryRow::backed_up_at, "Time of the backup set in which it first was (tCreated)"),
    field("visible_since_at", &FileHistoryRow::visible_since_at, "Time of the backup set of tVisible"),
    field("usn", &FileHistoryRow::usn, "Update sequence number of the file in the change journal then"),
    field("file_attributes", &FileHistoryRow::file_attributes, "Attributes of the file"),
    field("status", &FileHistoryRow::status, "status as stored"),
    field("file_record_id", &FileHistoryRow::file_record_id, "Row of the table file"));

inline constexpr std::array<Schema const*, 1> file_history_schema_list { &file_history_schema.erased };

}
