// The row of UserAssist. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_userassist {

struct EntryRow {
    Symbol user;
    std::string_view path, name;
    Symbol list;
    std::uint32_t format_version = 0;
    std::optional<std::uint32_t> run_count, focus_count;
    std::optional<std::uint64_t> focus_ms;
    Timestamp last_run_at;
    std::optional<std::uint32_t> session;
    Timestamp key_written_at;
};

inline constexpr auto entry_schema = schema("windows.userassist",
    "Programs and shortcuts a user started through the desktop shell (NTUSER.DAT, Explorer\\UserAssist)",
    field("user", &EntryRow::user, "Account whose hive it is, from the path of the hive"),
    field("path", &EntryRow::path, "What was started; known folders by name instead of their GUID"),
    field("name", &EntryRow::name, "The value's name after ROT13, as it was written"),
    field("list", &EntryRow::list,
        "GUID key that holds it: CEBFF5CD… programs, F4E57C4B… shortcuts (since 7); 75048700… (before 7)"),
    field("format_version", &EntryRow::format_version, "3 up to Vista, 5 since 7; 0 where the list does not say"),
    field("run_count", &EntryRow::run_count,
        "Starts; before 7 Windows begins at 5, which is taken off. 0 is common for programs that only had focus"),
    field("focus_count", &EntryRow::focus_count, "Times its window got the focus (since 7)"),
    field("focus_ms", &EntryRow::focus_ms, "Milliseconds its window had the focus (since 7)"),
    field("last_run_at", &EntryRow::last_run_at, "Last start through the shell, UTC; absent where it was never run so"),
    field("session", &EntryRow::session, "Session number that version 3 keeps"),
    field("key_written_at", &EntryRow::key_written_at, "Last write of the Count key: the newest change of the list"));

}
