// The NTFS change journal ($UsnJrnl:$J) as rows: what happened to which file when.
// Not paths: a record names the parent by reference; join parent_record with windows.mft.file.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_usn {

extern ArtefactParser const parser;

struct RecordRow {
    Timestamp written_at;
    std::string_view name;
    Symbol reason;
    std::uint64_t file_record = 0;
    std::uint16_t file_sequence = 0;
    std::uint64_t parent_record = 0;
    std::uint16_t parent_sequence = 0;
    std::uint64_t usn = 0;
    std::uint32_t file_attributes = 0, source = 0;
    std::uint16_t version = 0;
};
inline constexpr auto record_schema = schema("windows.usn.record", "One change of a file that NTFS journalled",
    field("written_at", &RecordRow::written_at, "When the change was journalled; absent in version 4 records"),
    field("name", &RecordRow::name, "Name of the file, without its folder; absent in version 4 records"),
    field("reason", &RecordRow::reason,
        "What happened since the file was opened: FILE_CREATE, DATA_EXTEND, RENAME_OLD_NAME, FILE_DELETE, CLOSE …"),
    field("file_record", &RecordRow::file_record, "MFT record number of the file"),
    field("file_sequence", &RecordRow::file_sequence, "Its sequence number: another one means another file"),
    field("parent_record", &RecordRow::parent_record, "MFT record number of the folder"),
    field("parent_sequence", &RecordRow::parent_sequence, "Its sequence number"),
    field("usn", &RecordRow::usn, "Offset of the record in the journal as the volume had it"),
    field("file_attributes", &RecordRow::file_attributes, "Attributes of the file then"),
    field("source", &RecordRow::source, "1 data management, 2 auxiliary data, 4 replication; 0 an ordinary program"),
    field("version", &RecordRow::version, "2 NTFS, 3 with 128-bit references (ReFS), 4 ranges"));

}
