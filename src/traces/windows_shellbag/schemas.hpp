// The row of a shellbag. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_shellbag {

struct FolderRow {
    Symbol user, hive;
    std::string_view path, name;
    Symbol item_kind;
    std::uint32_t depth = 0;
    std::string_view slot;
    std::optional<std::uint32_t> position, node_slot;
    Timestamp item_created_at, item_modified_at, item_accessed_at;
    std::optional<std::uint64_t> mft_record;
    std::optional<std::uint32_t> mft_sequence;
    std::string_view key_path;
    Timestamp list_written_at, key_written_at, bag_written_at;
};

inline constexpr auto folder_schema = schema("windows.shellbag",
    "Folders a user opened in Explorer or a file dialog (BagMRU of NTUSER.DAT and UsrClass.dat)",
    field("user", &FolderRow::user, "Account whose hive it is, from the path of the hive"),
    field("hive", &FolderRow::hive, "user (NTUSER.DAT) or user_classes (UsrClass.dat)"),
    field("path", &FolderRow::path,
        "Path of the folder, put together from the items above it; known places as <name>, ? for what is not decoded"),
    field("name", &FolderRow::name, "Name of this folder alone"),
    field("item_kind", &FolderRow::item_kind,
        "place, volume, folder, file, network, control_panel, address, archive_folder, described (a thing that only "
        "tells "
        "its name: on a phone, in a search, on a web folder) or other"),
    field("depth", &FolderRow::depth, "Levels below the desktop; 1 is directly on it"),
    field("slot", &FolderRow::slot, "Number of the value that holds the item: the order of the first visits"),
    field("position", &FolderRow::position, "Place among its siblings, 0 is the one opened last"),
    field("node_slot", &FolderRow::node_slot, "Number of the bag that keeps how the folder is shown"),
    field("item_created_at", &FolderRow::item_created_at,
        "When the folder was created, as the item copied it; UTC, two seconds coarse"),
    field("item_modified_at", &FolderRow::item_modified_at,
        "When the folder was changed, as the item copied it; UTC, two seconds coarse"),
    field("item_accessed_at", &FolderRow::item_accessed_at,
        "When the folder was accessed, as the item copied it; UTC, two seconds coarse"),
    field("mft_record", &FolderRow::mft_record, "Record of the folder in the $MFT of its volume"),
    field("mft_sequence", &FolderRow::mft_sequence, "Sequence number of that record"),
    field("key_path", &FolderRow::key_path, "Key of the folder below the root of the hive"),
    field("list_written_at", &FolderRow::list_written_at,
        "Last write of the list that holds it, UTC: for position 0 the time the folder was last opened"),
    field("key_written_at", &FolderRow::key_written_at,
        "Last write of the folder's own key, UTC: first visit, or when a folder below it was last opened"),
    field("bag_written_at", &FolderRow::bag_written_at, "Last write of how the folder is shown (Bags), UTC"));

}
