// The row of an entry of Explorer's lists. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_explorer_mru {

struct EntryRow {
    Symbol user, list;
    std::string_view group;
    std::optional<std::uint32_t> position;
    std::string_view slot, text, program, link_name;
    Timestamp used_at;
    std::optional<std::uint64_t> mft_record;
    Timestamp item_created_at, item_modified_at, item_accessed_at;
    std::string_view key_path;
    Timestamp key_written_at;
};

inline constexpr auto entry_schema = schema("windows.explorer_mru",
    "What a user typed, searched, opened or saved in Explorer, file dialogs, Internet Explorer and Office",
    field("user", &EntryRow::user, "Account whose hive it is, from the path of the hive"),
    field("list", &EntryRow::list,
        "Which list: RunMRU (Win+R), TypedPaths (address bar), TypedURLs, RecentDocs, OpenSavePidlMRU, "
        "LastVisitedPidlMRU, WordWheelQuery (search), ACMru (search of XP), Map Network Drive MRU, Office File MRU …"),
    field("group", &EntryRow::group, "Part of the list: extension, or the Office program; absent for the whole list"),
    field("position", &EntryRow::position, "Place in the list, 0 is the newest; absent where the order is not kept"),
    field("slot", &EntryRow::slot, "Name of the value"),
    field("text", &EntryRow::text, "The command, path, address, search words or file name"),
    field("program", &EntryRow::program, "Program whose dialog it was (LastVisited lists)"),
    field("link_name", &EntryRow::link_name, "Name of the link in the Recent folder (RecentDocs)"),
    field("used_at", &EntryRow::used_at, "When it was typed or opened, UTC, where the list keeps a time per entry"),
    field("mft_record", &EntryRow::mft_record, "Record of the file in the $MFT of its volume"),
    field("item_created_at", &EntryRow::item_created_at,
        "When the file was created, as the list copied it; UTC, two seconds coarse"),
    field("item_modified_at", &EntryRow::item_modified_at,
        "When the file was changed, as the list copied it; UTC, two seconds coarse"),
    field("item_accessed_at", &EntryRow::item_accessed_at,
        "When the file was accessed, as the list copied it; UTC, two seconds coarse"),
    field("key_path", &EntryRow::key_path, "Key of the list below the root of the hive"),
    field("key_written_at", &EntryRow::key_written_at,
        "Last write of the list, UTC: the time of the entry at position 0, not of the others"));

}
