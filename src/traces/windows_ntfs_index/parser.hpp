// Index buffers of NTFS directories ($I30) as rows: names with times and sizes, deleted ones as recovered rows.
// Not paths: join parent_record with windows.mft.file. Not the layout of pages: formats/ntfs_index.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_ntfs_index {

extern ArtefactParser const parser;

struct EntryRow {
    std::string_view name;
    Timestamp created_at, modified_at, record_changed_at, accessed_at;
    std::uint64_t content_bytes = 0, allocated_bytes = 0;
    bool is_directory = false;
    std::uint32_t file_attributes = 0;
    Symbol name_space;
    std::optional<std::uint64_t> file_record;
    std::optional<std::uint32_t> file_sequence;
    std::uint64_t parent_record = 0;
    std::uint16_t parent_sequence = 0;
};
inline constexpr auto entry_schema = schema("windows.ntfs.index_entry",
    "A name in a directory's index ($I30); recovered rows are deleted or moved ones from its slack",
    field("name", &EntryRow::name, "Name of the file, without its folder"),
    field("created_at", &EntryRow::created_at, "File created, as the index copied it, UTC"),
    field("modified_at", &EntryRow::modified_at, "Content changed, as the index copied it, UTC"),
    field("record_changed_at", &EntryRow::record_changed_at, "MFT record changed, as the index copied it, UTC"),
    field("accessed_at", &EntryRow::accessed_at, "Last access, as the index copied it, UTC"),
    field("content_bytes", &EntryRow::content_bytes, "Size of the main stream"),
    field("allocated_bytes", &EntryRow::allocated_bytes, "Room it had on the volume"),
    field("is_directory", &EntryRow::is_directory, "It is a directory"),
    field("file_attributes", &EntryRow::file_attributes, "1 read-only, 2 hidden, 4 system, 32 archive …"),
    field("name_space", &EntryRow::name_space, "win32, posix, dos, win32_and_dos"),
    field("file_record", &EntryRow::file_record, "MFT record number; absent where the header was overwritten"),
    field("file_sequence", &EntryRow::file_sequence, "Its sequence number: another one means another file"),
    field("parent_record", &EntryRow::parent_record, "MFT record number of the directory"),
    field("parent_sequence", &EntryRow::parent_sequence, "Its sequence number"));

}
