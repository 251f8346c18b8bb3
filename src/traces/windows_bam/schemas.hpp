// The row of the background and desktop activity moderators. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_bam {

struct EntryRow {
    Symbol moderator, control_set, user_sid;
    std::string_view path;
    Timestamp last_run_at;
    Timestamp key_written_at;
};

inline constexpr auto entry_schema = schema("windows.bam",
    "Programs that ran per user, as the background and desktop activity moderators noted (SYSTEM, since 10 1709)",
    field("moderator", &EntryRow::moderator, "bam: background; dam: desktop (connected standby)"),
    field("control_set", &EntryRow::control_set, "Control set that holds it"),
    field("user_sid", &EntryRow::user_sid, "SID of the account that ran it"),
    field("path", &EntryRow::path, "Program, as \\Device\\HarddiskVolumeN\\… or the name of a store app"),
    field("last_run_at", &EntryRow::last_run_at, "When the program last ran, UTC"),
    field("key_written_at", &EntryRow::key_written_at, "Last write of the user's key, UTC"));

}
