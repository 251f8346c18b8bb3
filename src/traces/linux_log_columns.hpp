// Rows of Linux logs that parsers fill and analysers read: logins, journal, text logs, audit, shell history.
// Not rows about a host's state: traces/linux_columns.hpp.
#pragma once
#include "record/schema.hpp"

namespace konseki {

struct LinuxLoginRow {
    Symbol kind, file_kind, user, terminal, source_host, source_address, inittab_id;
    Timestamp at;
    std::optional<std::uint32_t> pid;
    std::optional<std::uint64_t> uid;
    std::optional<std::int64_t> session;
    std::uint64_t records = 1;
    bool is_zeroed = false, is_plausible = true;
};

inline constexpr auto linux_login_schema = schema("linux.login", "A record of utmp, wtmp, btmp or lastlog",
    field("kind", &LinuxLoginRow::kind,
        "user (logged on), dead (logged off), failed (btmp), boot, run_level, init, login_process, new_time, old_time, "
        "accounting, empty, last (lastlog), zeroed, unknown"),
    field("file_kind", &LinuxLoginRow::file_kind, "utmp, wtmp, btmp, lastlog"),
    field("user", &LinuxLoginRow::user, "Account; of a failed attempt what was typed"),
    field("terminal", &LinuxLoginRow::terminal, "Terminal: pts/0, tty1, ssh:notty"),
    field("source_host", &LinuxLoginRow::source_host, "Host it came from, or the kernel's release for boot records"),
    field("source_address", &LinuxLoginRow::source_address, "Address it came from"),
    field("inittab_id", &LinuxLoginRow::inittab_id, "Short name of the terminal"),
    field("at", &LinuxLoginRow::at, "When it happened, UTC"), field("pid", &LinuxLoginRow::pid, "Process"),
    field("uid", &LinuxLoginRow::uid, "User id (lastlog)"),
    field("session", &LinuxLoginRow::session, "Session that the record names"),
    field("records", &LinuxLoginRow::records, "Records of a run of zeroed ones; else 1"),
    field("is_zeroed", &LinuxLoginRow::is_zeroed, "Every byte of the record is zero"),
    field("is_plausible", &LinuxLoginRow::is_plausible, "Type and time are possible"));

struct LinuxLoginFileRow {
    Symbol file_kind;
    std::string_view path;
    Timestamp first_at, last_at;
    std::uint32_t record_bytes = 0;
    std::uint64_t records = 0, zeroed_records = 0, implausible_records = 0, tail_bytes = 0, file_bytes = 0;
    bool is_big_endian = false;
};

inline constexpr auto linux_login_file_schema = schema("linux.login_file", "A file of login records as a whole",
    field("file_kind", &LinuxLoginFileRow::file_kind, "utmp, wtmp, btmp"),
    field("path", &LinuxLoginFileRow::path, "The file, as the evidence has it"),
    field("first_at", &LinuxLoginFileRow::first_at, "Earliest record, UTC"),
    field("last_at", &LinuxLoginFileRow::last_at, "Latest record, UTC"),
    field("record_bytes", &LinuxLoginFileRow::record_bytes, "Size of a record: 384 or 400"),
    field("records", &LinuxLoginFileRow::records, "Whole records"),
    field("zeroed_records", &LinuxLoginFileRow::zeroed_records, "Those of zeros"),
    field("implausible_records", &LinuxLoginFileRow::implausible_records, "Those of impossible type or time"),
    field("tail_bytes", &LinuxLoginFileRow::tail_bytes, "Bytes behind the last whole record"),
    field("file_bytes", &LinuxLoginFileRow::file_bytes, "Size of the file"),
    field("is_big_endian", &LinuxLoginFileRow::is_big_endian, "Numbers are big-endian"));

}
