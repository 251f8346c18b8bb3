// The row of the application compatibility cache. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_shimcache {

struct EntryRow {
    Symbol control_set;
    bool is_current = false;
    std::uint32_t position = 0;
    std::string_view path;
    Timestamp file_modified_at, entry_updated_at;
    std::optional<std::uint64_t> file_size_bytes;
    std::optional<std::uint32_t> insertion_flags;
    std::optional<bool> is_executed;
    Symbol cache_version;
    Timestamp key_written_at;
};

inline constexpr auto entry_schema = schema("windows.shimcache",
    "Executable files in the application compatibility cache (SYSTEM): the loader looked at them; not proof of a run",
    field("control_set", &EntryRow::control_set, "Control set that holds the cache"),
    field("is_current", &EntryRow::is_current, "Whether that control set was in use"),
    field("position", &EntryRow::position, "Order in the cache: 0 is the newest; on XP the slot"),
    field("path", &EntryRow::path,
        "File as written, without \\??\\; store apps appear as tab separated facts of their package"),
    field("file_modified_at", &EntryRow::file_modified_at,
        "Last modification of the file when it was entered, UTC; not the time of a run"),
    field("entry_updated_at", &EntryRow::entry_updated_at, "XP only: when the entry was last updated, UTC"),
    field("file_size_bytes", &EntryRow::file_size_bytes, "Size of the file (XP and 2003)"),
    field("insertion_flags", &EntryRow::insertion_flags, "Vista to 8.1; 2 is set when a process was created"),
    field("is_executed", &EntryRow::is_executed, "Insertion flag 2; absent where the version keeps no flags"),
    field("cache_version", &EntryRow::cache_version, "xp, 2003, vista, 7, 8, 8.1, 10 (also 11)"),
    field(
        "key_written_at", &EntryRow::key_written_at, "Last write of the key: the shutdown that saved the cache, UTC"));

}
