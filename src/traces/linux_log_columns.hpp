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

struct LinuxJournalEntryRow {
    Timestamp at, sent_at;
    std::uint64_t sequence_number = 0, monotonic_us = 0;
    Symbol sequence_id, boot_id, host, unit, about_unit, identifier, executable, transport, message_id;
    std::string_view command_line, message;
    std::optional<std::uint32_t> pid, uid, login_uid, session;
    std::optional<std::uint8_t> priority, facility;
    bool is_complete = true;
};

inline constexpr auto linux_journal_entry_schema = schema("linux.journal_entry", "An entry of systemd's journal",
    field("at", &LinuxJournalEntryRow::at, "When journald received it, UTC"),
    field("sent_at", &LinuxJournalEntryRow::sent_at, "When its sender says it was written, UTC"),
    field("sequence_number", &LinuxJournalEntryRow::sequence_number, "Number within all files of the same sequence_id"),
    field("monotonic_us", &LinuxJournalEntryRow::monotonic_us, "Microseconds since that boot"),
    field("sequence_id", &LinuxJournalEntryRow::sequence_id, "Identity of the numbering"),
    field("boot_id", &LinuxJournalEntryRow::boot_id, "Identity of the boot"),
    field("host", &LinuxJournalEntryRow::host, "Host name at that time"),
    field("unit", &LinuxJournalEntryRow::unit, "systemd unit of the sender, by its control group"),
    field("about_unit", &LinuxJournalEntryRow::about_unit, "Unit that systemd speaks of"),
    field("identifier", &LinuxJournalEntryRow::identifier, "Name that the sender gave itself"),
    field("executable", &LinuxJournalEntryRow::executable, "Program of the sender, by the kernel"),
    field("transport", &LinuxJournalEntryRow::transport, "syslog, journal, stdout, kernel, audit, driver"),
    field("message_id", &LinuxJournalEntryRow::message_id, "Kind of message, 32 hexadecimal digits"),
    field("command_line", &LinuxJournalEntryRow::command_line, "Arguments of the sender"),
    field("message", &LinuxJournalEntryRow::message, "The message, its first 8,192 bytes"),
    field("pid", &LinuxJournalEntryRow::pid, "Process of the sender"),
    field("uid", &LinuxJournalEntryRow::uid, "User id of the sender"),
    field("login_uid", &LinuxJournalEntryRow::login_uid, "User id that logged on to start it"),
    field("session", &LinuxJournalEntryRow::session, "Audit session"),
    field("priority", &LinuxJournalEntryRow::priority, "0 emergency … 7 debug"),
    field("facility", &LinuxJournalEntryRow::facility, "Facility of syslog"),
    field("is_complete", &LinuxJournalEntryRow::is_complete, "No field is missing or changed"));

struct LinuxJournalFileRow {
    std::string_view path;
    Symbol state, sequence_id, machine_id, dialect;
    Symbol file_id;
    std::uint64_t entries = 0, entries_read = 0, entries_recovered = 0, head_sequence_number = 0,
                  tail_sequence_number = 0, objects = 0, bad_hashes = 0, lost_bytes = 0, tags = 0, file_bytes = 0;
    Timestamp first_at, last_at;
    bool is_sealed = false;
};

inline constexpr auto linux_journal_file_schema = schema("linux.journal_file", "A journal file as a whole",
    field("path", &LinuxJournalFileRow::path, "The file, as the evidence has it"),
    field("state", &LinuxJournalFileRow::state, "offline (closed), online (open when copied), archived (rotated)"),
    field("sequence_id", &LinuxJournalFileRow::sequence_id, "Identity of the numbering"),
    field("machine_id", &LinuxJournalFileRow::machine_id, "/etc/machine-id of the host"),
    field("dialect", &LinuxJournalFileRow::dialect, "regular or compact; keyed; xz, lz4, zstd"),
    field("file_id", &LinuxJournalFileRow::file_id, "Identity of the file"),
    field("entries", &LinuxJournalFileRow::entries, "Entries that the header counts"),
    field("entries_read", &LinuxJournalFileRow::entries_read, "Entries that the file leads to"),
    field("entries_recovered", &LinuxJournalFileRow::entries_recovered, "Entries that nothing leads to"),
    field("head_sequence_number", &LinuxJournalFileRow::head_sequence_number, "First number, by the header"),
    field("tail_sequence_number", &LinuxJournalFileRow::tail_sequence_number, "Last number, by the header"),
    field("objects", &LinuxJournalFileRow::objects, "Objects found"),
    field("bad_hashes", &LinuxJournalFileRow::bad_hashes, "Fields whose content does not fit their hash"),
    field("lost_bytes", &LinuxJournalFileRow::lost_bytes, "Bytes between objects that are none"),
    field("tags", &LinuxJournalFileRow::tags, "Seals"),
    field("file_bytes", &LinuxJournalFileRow::file_bytes, "Size of the file"),
    field("first_at", &LinuxJournalFileRow::first_at, "Time of the first entry by the header, UTC"),
    field("last_at", &LinuxJournalFileRow::last_at, "Time of the last entry by the header, UTC"),
    field("is_sealed", &LinuxJournalFileRow::is_sealed, "Forward secure sealing was on"));

struct LinuxJournalSignRow {
    Symbol kind;
    Timestamp at;
    std::optional<std::uint64_t> sequence_number, expected, found;
    std::string_view detail;
};

inline constexpr auto linux_journal_sign_schema
    = schema("linux.journal_sign", "Something about a journal file that journald would not write",
        field("kind", &LinuxJournalSignRow::kind,
            "zeroed, object_broken, data_hash, entry_hash, field_missing, entry_unreached, array_broken, "
            "sequence_backwards, time_backwards, monotonic_backwards, header_count, header_numbers, tag_missing, "
            "data_orphan"),
        field("at", &LinuxJournalSignRow::at, "Time of the entry it is about, UTC"),
        field("sequence_number", &LinuxJournalSignRow::sequence_number, "Number of the entry it is about"),
        field("expected", &LinuxJournalSignRow::expected, "What should be"),
        field("found", &LinuxJournalSignRow::found, "What is"),
        field("detail", &LinuxJournalSignRow::detail, "Of an orphan the field that no entry uses"));

struct LinuxLogLineRow {
    Timestamp at;
    LocalTime local_at;
    Symbol year_from, log, host, identifier, facility, severity;
    std::string_view stamp, message;
    std::optional<std::uint32_t> pid;
};

inline constexpr auto linux_log_line_schema = schema("linux.log_line", "A message of a text log",
    field("at", &LinuxLogLineRow::at, "When it was logged, UTC; absent where the stamp has no zone"),
    field(
        "local_at", &LinuxLogLineRow::local_at, "When it was logged, in the host's local time, of stamps without zone"),
    field("year_from", &LinuxLogLineRow::year_from,
        "Of stamps without year where it was inferred from: file_name, modified (the time of the file itself fits its "
        "newest line), neighbour (a file beside it that has years), line (another line)"),
    field("log", &LinuxLogLineRow::log, "The log: auth.log, messages …"),
    field("host", &LinuxLogLineRow::host, "Host that the line names"),
    field("identifier", &LinuxLogLineRow::identifier, "Program that the line names"),
    field("facility", &LinuxLogLineRow::facility, "Facility, where the line has a priority"),
    field("severity", &LinuxLogLineRow::severity, "Severity, where the line has it"),
    field("stamp", &LinuxLogLineRow::stamp, "The stamp as written, where its year is not known"),
    field("message", &LinuxLogLineRow::message, "The message, its first 8,192 bytes"),
    field("pid", &LinuxLogLineRow::pid, "Process that the line names"));

struct LinuxAuthenticationRow {
    Timestamp at;
    LocalTime local_at;
    Symbol kind, program, host, user, target_user, source_address, method, key_type, key_fingerprint, terminal, group,
        log;
    std::string_view command, working_folder;
    std::optional<std::uint32_t> port, pid, uid;
    std::optional<bool> is_success;
};

inline constexpr auto linux_authentication_schema = schema("linux.authentication",
    "What sshd, PAM, sudo, su, login, logind or useradd logged about somebody's rights",
    field("at", &LinuxAuthenticationRow::at, "When it was logged, UTC"),
    field("local_at", &LinuxAuthenticationRow::local_at, "The same in local time, where the log has no zone"),
    field("kind", &LinuxAuthenticationRow::kind,
        "accepted, failed, invalid_user, session_opened, session_closed, disconnected, command (sudo), refused (sudo), "
        "account_created, account_deleted, group_added, password_changed"),
    field("program", &LinuxAuthenticationRow::program, "sshd, sudo, su, login, logind, useradd …"),
    field("host", &LinuxAuthenticationRow::host, "Host that the log names"),
    field("user", &LinuxAuthenticationRow::user, "Account, or who asked (sudo, su)"),
    field("target_user", &LinuxAuthenticationRow::target_user, "Whose rights were asked for (sudo, su)"),
    field("source_address", &LinuxAuthenticationRow::source_address, "Where the connection came from"),
    field("method", &LinuxAuthenticationRow::method, "publickey, password …; of refused sudo the reason"),
    field("key_type", &LinuxAuthenticationRow::key_type, "Type of the key"),
    field("key_fingerprint", &LinuxAuthenticationRow::key_fingerprint, "SHA256:… of the key, as linux.ssh_key has it"),
    field("terminal", &LinuxAuthenticationRow::terminal, "Terminal"),
    field("group", &LinuxAuthenticationRow::group, "Group that the account was added to"),
    field("log", &LinuxAuthenticationRow::log, "auth.log, secure, journal …"),
    field("command", &LinuxAuthenticationRow::command, "Command of sudo; shell of a new account"),
    field("working_folder", &LinuxAuthenticationRow::working_folder, "Folder of sudo; home of a new account"),
    field("port", &LinuxAuthenticationRow::port, "Port of the other side"),
    field("pid", &LinuxAuthenticationRow::pid, "Process that logged it"),
    field("uid", &LinuxAuthenticationRow::uid, "User id of a new account"),
    field("is_success", &LinuxAuthenticationRow::is_success, "Whether it was allowed; absent: no attempt"));

struct LinuxAuditRecordRow {
    Timestamp at;
    std::uint64_t serial = 0;
    Symbol type, node;
    std::string_view fields;
};

inline constexpr auto linux_audit_record_schema = schema("linux.audit_record", "A line of the kernel's audit log",
    field("at", &LinuxAuditRecordRow::at, "When it happened, UTC"),
    field("serial", &LinuxAuditRecordRow::serial, "Number of the event; records of one event share it"),
    field("type", &LinuxAuditRecordRow::type, "SYSCALL, EXECVE, PATH, USER_LOGIN …"),
    field("node", &LinuxAuditRecordRow::node, "Host that the record names"),
    field("fields", &LinuxAuditRecordRow::fields,
        "name=value as written, hexadecimal text decoded; 8,192 bytes at most"));

struct LinuxAuditEventRow {
    Timestamp at;
    std::uint64_t serial = 0;
    Symbol type, node, user, target_user, executable, name, system_call, key, terminal, source_address, source_host,
        operation, result, context;
    std::string_view types, command_line, working_folder, paths;
    std::optional<std::uint32_t> pid, parent_pid, uid, effective_uid, login_uid, session;
    std::optional<bool> is_success;
    std::uint32_t records = 0;
};

inline constexpr auto linux_audit_event_schema
    = schema("linux.audit_event", "An event of the kernel's audit log: the records of one number together",
        field("at", &LinuxAuditEventRow::at, "When it happened, UTC"),
        field("serial", &LinuxAuditEventRow::serial, "Number of the event, counted from the boot"),
        field("type", &LinuxAuditEventRow::type, "Type of its first record"),
        field("node", &LinuxAuditEventRow::node, "Host that the records name"),
        field("user", &LinuxAuditEventRow::user, "Account that logged on to start it, where the log was enriched"),
        field("target_user", &LinuxAuditEventRow::target_user, "Account that it is about (acct)"),
        field("executable", &LinuxAuditEventRow::executable, "Program"),
        field("name", &LinuxAuditEventRow::name, "Short name of the process; it may set it"),
        field("system_call", &LinuxAuditEventRow::system_call, "System call, by name where known"),
        field("key", &LinuxAuditEventRow::key, "Key of the rule that asked for it"),
        field("terminal", &LinuxAuditEventRow::terminal, "Terminal"),
        field("source_address", &LinuxAuditEventRow::source_address, "Address it came from"),
        field("source_host", &LinuxAuditEventRow::source_host, "Host it came from"),
        field("operation", &LinuxAuditEventRow::operation, "op of user-space records"),
        field("result", &LinuxAuditEventRow::result, "res of user-space records: success, failed, 1, 0"),
        field("context", &LinuxAuditEventRow::context, "SELinux context or AppArmor profile"),
        field("types", &LinuxAuditEventRow::types, "Types of its records, joined with space"),
        field("command_line", &LinuxAuditEventRow::command_line,
            "Arguments of EXECVE, else PROCTITLE, else the command of USER_CMD"),
        field("working_folder", &LinuxAuditEventRow::working_folder, "Current folder"),
        field("paths", &LinuxAuditEventRow::paths, "Names of PATH records, joined with newline"),
        field("pid", &LinuxAuditEventRow::pid, "Process"),
        field("parent_pid", &LinuxAuditEventRow::parent_pid, "Its parent"),
        field("uid", &LinuxAuditEventRow::uid, "User id"),
        field("effective_uid", &LinuxAuditEventRow::effective_uid, "Effective user id"),
        field("login_uid", &LinuxAuditEventRow::login_uid, "User id that logged on (auid); absent: none did"),
        field("session", &LinuxAuditEventRow::session, "Audit session; absent: none"),
        field("is_success", &LinuxAuditEventRow::is_success, "Whether the system call or operation succeeded"),
        field("records", &LinuxAuditEventRow::records, "Records of the event"));

struct LinuxShellHistoryRow {
    std::uint32_t number = 0;
    Timestamp at;
    Symbol program, user;
    std::string_view command, path;
    std::optional<std::uint32_t> seconds;
};

inline constexpr auto linux_shell_history_schema = schema("linux.shell_history",
    "A command that a shell or an interactive program remembers",
    field("number", &LinuxShellHistoryRow::number, "Place in the file, oldest is 1"),
    field("at", &LinuxShellHistoryRow::at, "When it was entered, UTC, where the history keeps it"),
    field("program", &LinuxShellHistoryRow::program, "bash, zsh, fish, sh, python, mysql, psql, sqlite, less, vim …"),
    field("user", &LinuxShellHistoryRow::user, "Owner of the home folder it lies in"),
    field("command", &LinuxShellHistoryRow::command, "What was entered; its first 16,384 bytes"),
    field("path", &LinuxShellHistoryRow::path, "The history, as the evidence has it"),
    field("seconds", &LinuxShellHistoryRow::seconds, "How long it ran (zsh)"));

}
