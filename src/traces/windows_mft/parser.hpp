// The NTFS $MFT as rows: one per name of a file with both clocks and the full path, one per named stream, one per sign.
// Not the layout of records: formats/mft. Not a judgement on times: analysers/ compares clocks.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_mft {

extern ArtefactParser const parser;

struct FileRow {
    std::string_view path;
    Symbol extension;
    std::uint64_t file_record = 0;
    std::uint16_t file_sequence = 0;
    std::uint64_t parent_record = 0;
    std::uint16_t parent_sequence = 0;
    bool is_in_use = false, is_directory = false;
    Timestamp created_at, modified_at, record_changed_at, accessed_at;
    Timestamp name_created_at, name_modified_at, name_record_changed_at, name_accessed_at;
    std::optional<std::uint64_t> content_bytes;
    std::uint32_t file_attributes = 0;
    Symbol name_space;
    std::uint16_t hard_links = 0;
    std::uint32_t security_id = 0;
    std::uint64_t usn = 0, log_sequence = 0;
    std::optional<std::uint32_t> reparse_tag;
    std::string_view short_name;
};
inline constexpr auto file_schema = schema("windows.mft.file",
    "A file or directory of an NTFS volume, one row per name it has (hard links), also deleted ones",
    field("path", &FileRow::path,
        "Full path without drive letter; \\$Orphan(record-sequence)\\… where the parent's record was reused"),
    field("extension", &FileRow::extension, "What follows the last dot of the name, in lower case"),
    field("file_record", &FileRow::file_record, "MFT record number"),
    field("file_sequence", &FileRow::file_sequence, "How often the record was used"),
    field("parent_record", &FileRow::parent_record, "MFT record of the directory that holds the name"),
    field("parent_sequence", &FileRow::parent_sequence, "Its sequence number as the name says"),
    field("is_in_use", &FileRow::is_in_use, "false: deleted, the record was not reused yet"),
    field("is_directory", &FileRow::is_directory, "The record holds a directory"),
    field("created_at", &FileRow::created_at, "$STANDARD_INFORMATION: file created; programs can set it"),
    field("modified_at", &FileRow::modified_at, "$STANDARD_INFORMATION: content changed; programs can set it"),
    field("record_changed_at", &FileRow::record_changed_at,
        "$STANDARD_INFORMATION: record changed (rename, attributes, times set); not settable by the usual interface"),
    field("accessed_at", &FileRow::accessed_at,
        "$STANDARD_INFORMATION: last access; often switched off or an hour coarse"),
    field("name_created_at", &FileRow::name_created_at,
        "$FILE_NAME: created; copied by Windows when the name is made, moved or renamed: the second clock"),
    field("name_modified_at", &FileRow::name_modified_at, "$FILE_NAME: content changed, as of that moment"),
    field("name_record_changed_at", &FileRow::name_record_changed_at, "$FILE_NAME: record changed, as of that moment"),
    field("name_accessed_at", &FileRow::name_accessed_at, "$FILE_NAME: last access, as of that moment"),
    field("content_bytes", &FileRow::content_bytes,
        "Size of the main stream; absent for directories and where it stands in an extension record"),
    field("file_attributes", &FileRow::file_attributes, "1 read-only, 2 hidden, 4 system, 32 archive, 1024 reparse …"),
    field("name_space", &FileRow::name_space, "win32, posix, dos, win32_and_dos"),
    field("hard_links", &FileRow::hard_links, "Names the record counts"),
    field("security_id", &FileRow::security_id, "Key of the security descriptor in $Secure"),
    field("usn", &FileRow::usn, "Update sequence number of the file's last journal record"),
    field("log_sequence", &FileRow::log_sequence, "$LogFile sequence number of the last change"),
    field("reparse_tag", &FileRow::reparse_tag, "Tag of its reparse point (mount point, symbolic link, cloud file …)"),
    field("short_name", &FileRow::short_name, "8.3 name, where the file has one"));

struct StreamRow {
    std::string_view path;
    std::string_view stream;
    std::uint64_t file_record = 0;
    bool is_in_use = false;
    std::uint64_t content_bytes = 0;
    bool is_resident = false;
    std::string_view content;
};
inline constexpr auto stream_schema = schema("windows.mft.stream", "An alternate data stream of a file or directory",
    field("path", &StreamRow::path, "The file"), field("stream", &StreamRow::stream, "Name of the stream"),
    field("file_record", &StreamRow::file_record, "MFT record number"),
    field("is_in_use", &StreamRow::is_in_use, "false: the file is deleted"),
    field("content_bytes", &StreamRow::content_bytes, "Size of the stream"),
    field("is_resident", &StreamRow::is_resident, "Its content lies in the MFT"),
    field("content", &StreamRow::content,
        "Content of a resident stream when it is text (Zone.Identifier: where the file was downloaded from)"));

struct SignRow {
    Symbol sign;
    std::uint64_t file_record = 0;
    std::string_view path;
    std::string_view detail;
};
inline constexpr auto sign_schema = schema("windows.mft.sign", "Something in the MFT that a sound volume does not have",
    field("sign", &SignRow::sign,
        "bad_fixup: torn write or edited by hand; baad: Windows gave the record up; wrong_number: the record says it "
        "is "
        "another one"),
    field("file_record", &SignRow::file_record, "MFT record number by place"),
    field("path", &SignRow::path, "The file, where the record still names it"),
    field("detail", &SignRow::detail, "What was read"));

}
