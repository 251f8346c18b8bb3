// The row of an autostart entry. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_autostart {

struct EntryRow {
    Symbol location, attack, starts, hive, user, control_set;
    std::string_view key_path, name, command;
    Symbol value_type;
    std::string_view class_id, class_server;
    bool is_wow64 = false, is_usual = false;
    std::optional<bool> is_enabled;
    Timestamp state_changed_at, key_written_at;
};

inline constexpr auto entry_schema = schema("windows.autostart",
    "What the registry makes Windows start or load, at every known location; most of it is normal",
    field("location", &EntryRow::location, "Number of the location, W01 … (docs/persistence.md)"),
    field("attack", &EntryRow::attack, "ATT&CK technique that uses the location"),
    field("starts", &EntryRow::starts, "When the entry takes effect"),
    field("hive", &EntryRow::hive, "system, software, user, user_classes"),
    field("user", &EntryRow::user, "Account whose hive it is; absent for the machine's"),
    field("control_set", &EntryRow::control_set, "Control set that holds it (SYSTEM)"),
    field("key_path", &EntryRow::key_path, "Key that holds it, below the root of the hive"),
    field("name", &EntryRow::name, "Name of the value; the key's own name for default values and bare keys"),
    field("command", &EntryRow::command, "What is started or loaded, or the setting, as written"),
    field("value_type", &EntryRow::value_type, "Type of the value"),
    field("class_id", &EntryRow::class_id, "COM class where the entry names one"),
    field("class_server", &EntryRow::class_server, "Library or program of that class, if this hive knows it"),
    field("is_wow64", &EntryRow::is_wow64, "Below Wow6432Node: for 32-bit programs"),
    field("is_usual", &EntryRow::is_usual, "The content is one that Windows itself puts there"),
    field("is_enabled", &EntryRow::is_enabled, "State of a logon entry (StartupApproved)"),
    field("state_changed_at", &EntryRow::state_changed_at, "When the entry was switched off (StartupApproved), UTC"),
    field("key_written_at", &EntryRow::key_written_at,
        "Last write of the key, UTC: of any of its values, not only this one"));

}
