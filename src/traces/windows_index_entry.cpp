#include "traces/windows_index_entry.hpp"

namespace konseki {

namespace {

constexpr std::uint32_t is_directory_flag = 0x1000'0000; // in $FILE_NAME only

}

IndexEntryRow index_entry_row(ntfs_index::Entry const& entry)
{
    auto const& name = entry.name;
    IndexEntryRow row;
    row.name = name.name;
    row.created_at = name.times.created_at;
    row.modified_at = name.times.modified_at;
    row.record_changed_at = name.times.record_changed_at;
    row.accessed_at = name.times.accessed_at;
    row.content_bytes = name.size_bytes;
    row.allocated_bytes = name.allocated_bytes;
    row.is_directory = (name.file_attributes & is_directory_flag) != 0;
    row.file_attributes = name.file_attributes;
    row.name_space = mft::name_space_name(name.name_space);
    if (entry.file) {
        row.file_record = entry.file->record();
        row.file_sequence = entry.file->sequence();
    }
    row.parent_record = name.parent.record();
    row.parent_sequence = name.parent.sequence();
    return row;
}

}
