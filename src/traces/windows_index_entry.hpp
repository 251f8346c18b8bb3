// The row of a name in a directory's index ($I30), for what reads index buffers and for what reads roots in the MFT.
// Not paths: join parent_record with windows.mft.file. Not the layout of pages: formats/ntfs_index.
#pragma once
#include "formats/ntfs_index/ntfs_index.hpp"
#include "record/artefact_parser.hpp"

namespace konseki {

struct IndexEntryRow {
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
inline constexpr auto index_entry_schema = schema("windows.ntfs.index_entry",
    "A name in a directory's index ($I30); recovered rows are deleted or moved ones from its slack",
    field("name", &IndexEntryRow::name, "Name of the file, without its folder"),
    field("created_at", &IndexEntryRow::created_at, "File created, as the index copied it, UTC"),
    field("modified_at", &IndexEntryRow::modified_at, "Content changed, as the index copied it, UTC"),
    field("record_changed_at", &IndexEntryRow::record_changed_at, "MFT record changed, as the index copied it, UTC"),
    field("accessed_at", &IndexEntryRow::accessed_at, "Last access, as the index copied it, UTC"),
    field("content_bytes", &IndexEntryRow::content_bytes, "Size of the main stream"),
    field("allocated_bytes", &IndexEntryRow::allocated_bytes, "Room it had on the volume"),
    field("is_directory", &IndexEntryRow::is_directory, "It is a directory"),
    field("file_attributes", &IndexEntryRow::file_attributes, "1 read-only, 2 hidden, 4 system, 32 archive …"),
    field("name_space", &IndexEntryRow::name_space, "win32, posix, dos, win32_and_dos"),
    field("file_record", &IndexEntryRow::file_record, "MFT record number; absent where the header was overwritten"),
    field("file_sequence", &IndexEntryRow::file_sequence, "Its sequence number: another one means another file"),
    field("parent_record", &IndexEntryRow::parent_record, "MFT record number of the directory"),
    field("parent_sequence", &IndexEntryRow::parent_sequence, "Its sequence number"));

IndexEntryRow index_entry_row(ntfs_index::Entry const& entry); // views it

}
