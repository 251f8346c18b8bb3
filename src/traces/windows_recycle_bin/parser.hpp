// Recycle bin: $I files of Vista and later, INFO2 of Windows 2000 and XP. What was thrown away, when, from where.
// Not the content: that lies beside, as $R… or Dc….
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_recycle_bin {

extern ArtefactParser const parser;

struct DeletedRow {
    Timestamp deleted_at;
    std::string_view path;
    std::uint64_t content_bytes = 0;
    std::string_view kept_as;
    Symbol user_sid;
    std::uint32_t format_version = 0;
    bool is_gone = false;
};
inline constexpr auto deleted_schema = schema("windows.recycle_bin.deleted",
    "A file or folder put into the recycle bin", field("deleted_at", &DeletedRow::deleted_at, "When it was put there"),
    field("path", &DeletedRow::path, "Where it was"),
    field("content_bytes", &DeletedRow::content_bytes, "Its size; of a folder, all that it held"),
    field("kept_as", &DeletedRow::kept_as, "Name under which the content lies beside the record ($R…, Dc…)"),
    field("user_sid", &DeletedRow::user_sid, "Account whose bin it is, from the path"),
    field("format_version", &DeletedRow::format_version, "1 Vista to 8, 2 since 10; 4 and 5 INFO2"),
    field("is_gone", &DeletedRow::is_gone, "INFO2: restored or emptied since"));

}
