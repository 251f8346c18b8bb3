// The typed rows of Windows events: one struct and one schema each, columns with their meaning.
// Not the code that fills them (typed_*.cpp). Where several event ids feed one schema, absent columns mean: this event
// does not say.
#pragma once
#include "record/schema.hpp"
#include <optional>

namespace konseki::windows_event {

struct Logon {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind;
    std::optional<bool> is_success;
    std::optional<std::uint32_t> logon_type;
    Symbol user, user_domain, user_sid;
    std::optional<std::uint64_t> logon_id;
    Symbol subject_user, subject_domain;
    std::optional<std::uint64_t> subject_logon_id;
    Symbol source_address;
    std::optional<std::uint32_t> source_port;
    Symbol workstation, service, image;
    std::optional<std::uint64_t> process_id;
    Symbol authentication_package, logon_process, ticket_encryption, status, failure_reason;
};

inline constexpr auto logon_schema = schema("windows.logon",
    "Logons, failed logons, logoffs and the Kerberos and NTLM checks behind them (Security log)",
    field("written_at", &Logon::written_at, "When the event was written, UTC"),
    field("computer", &Logon::computer,
        "Computer that wrote the event: the one logged on to, or the domain controller for Kerberos and NTLM checks"),
    field("event_id", &Logon::event_id, "4624 4625 4634 4647 4648 4672 4768 4769 4770 4771 4772 4776 4964"),
    field("kind", &Logon::kind,
        "logon, logon_failed, logoff, explicit_credentials, special_privileges, kerberos_tgt, kerberos_service, "
        "kerberos_renewal, kerberos_preauthentication_failed, ntlm_check"),
    field("is_success", &Logon::is_success, "Whether the attempt succeeded; absent for logoffs"),
    field("logon_type", &Logon::logon_type,
        "2 interactive, 3 network, 4 batch, 5 service, 7 unlock, 8 network clear text, 9 new credentials, 10 remote "
        "interactive, 11 cached"),
    field("user", &Logon::user, "Account that logged on, or whose credentials were used"),
    field("user_domain", &Logon::user_domain, "Domain of that account"),
    field("user_sid", &Logon::user_sid, "SID of that account"),
    field("logon_id", &Logon::logon_id, "Session number on that computer until its restart (999 is SYSTEM's 0x3e7)"),
    field("subject_user", &Logon::subject_user, "Account that asked for the logon"),
    field("subject_domain", &Logon::subject_domain, "Domain of the asking account"),
    field("subject_logon_id", &Logon::subject_logon_id, "Session of the asking account"),
    field("source_address", &Logon::source_address, "Network address it came from; ::ffff: before IPv4 is taken off"),
    field("source_port", &Logon::source_port, "Port it came from"),
    field("workstation", &Logon::workstation, "Name of the client as the client gave it"),
    field("service", &Logon::service, "Kerberos service name, or the target server of explicit credentials"),
    field("image", &Logon::image, "Program that asked"), field("process_id", &Logon::process_id, "Process that asked"),
    field("authentication_package", &Logon::authentication_package, "NTLM, Kerberos, Negotiate, …"),
    field("logon_process", &Logon::logon_process, "User32, NtLmSsp, Advapi, seclogo, …"),
    field("ticket_encryption", &Logon::ticket_encryption, "Kerberos ticket encryption type as logged (0x17 is RC4)"),
    field("status", &Logon::status, "Status code as logged; the sub status where it is set"),
    field("failure_reason", &Logon::failure_reason,
        "What the status code means; absent on success or for codes unknown to us"));

struct ProcessStart {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    std::optional<std::uint64_t> process_id;
    std::string_view process_guid;
    Symbol image;
    std::string_view command_line;
    Symbol current_directory, user, user_sid;
    std::optional<std::uint64_t> logon_id;
    Symbol integrity;
    std::optional<std::uint64_t> parent_process_id;
    std::string_view parent_process_guid;
    Symbol parent_image;
    std::string_view parent_command_line;
    Symbol original_file_name, product, description, company, sha256, sha1, md5, imphash;
};

inline constexpr auto process_start_schema
    = schema("windows.process_start", "Processes started (Sysmon 1, Security 4688)",
        field("written_at", &ProcessStart::written_at, "When the event was written, UTC"),
        field("computer", &ProcessStart::computer, "Computer it ran on"),
        field("event_id", &ProcessStart::event_id,
            "1 (Sysmon) or 4688 (Security): with both sources on, one start gives two rows"),
        field("process_id", &ProcessStart::process_id, "Process id"),
        field("process_guid", &ProcessStart::process_guid, "Sysmon's process GUID, upper case without braces"),
        field("image", &ProcessStart::image, "Path of the program"),
        field("command_line", &ProcessStart::command_line, "Command line; absent where the audit policy leaves it out"),
        field("current_directory", &ProcessStart::current_directory, "Working folder at start"),
        field("user", &ProcessStart::user, "Account it runs as, DOMAIN\\name"),
        field("user_sid", &ProcessStart::user_sid, "SID of that account (4688: of the creator)"),
        field("logon_id", &ProcessStart::logon_id, "Session it runs in"),
        field("integrity", &ProcessStart::integrity, "Low, Medium, High, System, …"),
        field("parent_process_id", &ProcessStart::parent_process_id, "Process id of the creator"),
        field("parent_process_guid", &ProcessStart::parent_process_guid, "Sysmon's GUID of the parent"),
        field("parent_image", &ProcessStart::parent_image, "Path of the parent's program"),
        field("parent_command_line", &ProcessStart::parent_command_line, "Command line of the parent"),
        field("original_file_name", &ProcessStart::original_file_name,
            "Name in the version resource: differs when a tool was renamed"),
        field("product", &ProcessStart::product, "Product in the version resource"),
        field("description", &ProcessStart::description, "Description in the version resource"),
        field("company", &ProcessStart::company, "Company in the version resource"),
        field("sha256", &ProcessStart::sha256, "SHA-256 of the program as Sysmon logged it, upper case"),
        field("sha1", &ProcessStart::sha1, "SHA-1 likewise"), field("md5", &ProcessStart::md5, "MD5 likewise"),
        field("imphash", &ProcessStart::imphash, "Import hash likewise"));

struct ProcessEnd {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    std::optional<std::uint64_t> process_id;
    std::string_view process_guid;
    Symbol image, user;
    std::optional<std::uint64_t> logon_id;
    Symbol status;
};

inline constexpr auto process_end_schema = schema("windows.process_end", "Processes ended (Sysmon 5, Security 4689)",
    field("written_at", &ProcessEnd::written_at, "When the event was written, UTC"),
    field("computer", &ProcessEnd::computer, "Computer it ran on"),
    field("event_id", &ProcessEnd::event_id, "5 (Sysmon) or 4689 (Security)"),
    field("process_id", &ProcessEnd::process_id, "Process id"),
    field("process_guid", &ProcessEnd::process_guid, "Sysmon's process GUID"),
    field("image", &ProcessEnd::image, "Path of the program"), field("user", &ProcessEnd::user, "Account it ran as"),
    field("logon_id", &ProcessEnd::logon_id, "Session it ran in"),
    field("status", &ProcessEnd::status, "Exit code as logged"));

struct ServiceChange {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, name, display_name;
    std::string_view image;
    Symbol service_type, start_type, old_start_type, account, state, user, user_sid;
};

inline constexpr auto service_change_schema = schema("windows.service_change",
    "Services installed, reconfigured, started and stopped (System 7045 7040 7036 7034 7035 7009 7000 7023 7024 7026 "
    "7031, Security 4697)",
    field("written_at", &ServiceChange::written_at, "When the event was written, UTC"),
    field("computer", &ServiceChange::computer, "Computer of the service"),
    field("event_id", &ServiceChange::event_id, "Event id"),
    field("kind", &ServiceChange::kind, "installed, start_type_changed, state_changed, control_sent, crashed, failed"),
    field("name", &ServiceChange::name, "Service name; some events give only the display name, then this is it"),
    field("display_name", &ServiceChange::display_name, "Display name where both are known"),
    field("image", &ServiceChange::image, "Command line of the service"),
    field("service_type", &ServiceChange::service_type, "Service type as logged"),
    field("start_type", &ServiceChange::start_type, "Start type after the change"),
    field("old_start_type", &ServiceChange::old_start_type, "Start type before the change (7040)"),
    field("account", &ServiceChange::account, "Account the service runs as"),
    field("state", &ServiceChange::state, "State or control or error as logged"),
    field("user", &ServiceChange::user, "Account that made the change"),
    field("user_sid", &ServiceChange::user_sid, "SID of that account"));

struct TaskChange {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, name, user, user_sid;
    std::optional<std::uint64_t> logon_id;
    std::string_view command, arguments, content;
    Symbol run_as, instance;
    std::optional<std::int64_t> result;
};

inline constexpr auto task_change_schema = schema("windows.task_change",
    "Scheduled tasks registered, changed, deleted and run (Security 4698-4702, TaskScheduler 106 140 141 142 129 200 "
    "201)",
    field("written_at", &TaskChange::written_at, "When the event was written, UTC"),
    field("computer", &TaskChange::computer, "Computer of the task"),
    field("event_id", &TaskChange::event_id, "Event id"),
    field(
        "kind", &TaskChange::kind, "created, deleted, enabled, disabled, updated, started, finished, process_created"),
    field("name", &TaskChange::name, "Path of the task: \\Folder\\Name"),
    field("user", &TaskChange::user, "Account that made the change"),
    field("user_sid", &TaskChange::user_sid, "SID of that account"),
    field("logon_id", &TaskChange::logon_id, "Session of that account"),
    field("command", &TaskChange::command, "Program of the first action (4698, 4702), or what ran (129, 200, 201)"),
    field("arguments", &TaskChange::arguments, "Arguments of the first action"),
    field("content", &TaskChange::content, "The task's XML as logged"),
    field("run_as", &TaskChange::run_as, "Account the task runs as, from its XML"),
    field("instance", &TaskChange::instance, "GUID of the run"),
    field("result", &TaskChange::result, "Result code of the run"));

struct NetworkConnection {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    std::optional<bool> is_allowed;
    Symbol direction, protocol, image, user;
    std::optional<std::uint64_t> process_id;
    std::string_view process_guid;
    Symbol source_address;
    std::optional<std::uint32_t> source_port;
    Symbol target_address;
    std::optional<std::uint32_t> target_port;
    Symbol target_host;
};

inline constexpr auto network_connection_schema = schema("windows.network_connection",
    "Network connections by program (Sysmon 3, Security 5156 5157, 5158 listens excluded)",
    field("written_at", &NetworkConnection::written_at, "When the event was written, UTC"),
    field("computer", &NetworkConnection::computer, "Computer that saw the connection"),
    field("event_id", &NetworkConnection::event_id, "3 (Sysmon), 5156 or 5157 (Security)"),
    field("is_allowed", &NetworkConnection::is_allowed, "False when the filtering platform blocked it (5157)"),
    field("direction", &NetworkConnection::direction, "inbound or outbound"),
    field("protocol", &NetworkConnection::protocol, "tcp, udp, or the protocol number"),
    field("image", &NetworkConnection::image, "Program; device paths as logged by the filtering platform"),
    field("user", &NetworkConnection::user, "Account of the program (Sysmon)"),
    field("process_id", &NetworkConnection::process_id, "Process id"),
    field("process_guid", &NetworkConnection::process_guid, "Sysmon's process GUID"),
    field("source_address", &NetworkConnection::source_address,
        "Source address as logged; Sysmon: of the side that opened the connection"),
    field("source_port", &NetworkConnection::source_port, "Source port as logged"),
    field("target_address", &NetworkConnection::target_address, "Destination address as logged"),
    field("target_port", &NetworkConnection::target_port, "Destination port as logged"),
    field("target_host", &NetworkConnection::target_host, "Name of the destination as Sysmon resolved it"));

struct ShareAccess {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol user, user_domain, user_sid;
    std::optional<std::uint64_t> logon_id;
    Symbol source_address;
    std::optional<std::uint32_t> source_port;
    Symbol share, share_path;
    std::string_view target;
    Symbol access_mask;
};

inline constexpr auto share_access_schema
    = schema("windows.share_access", "Network shares opened and files reached through them (Security 5140 5145)",
        field("written_at", &ShareAccess::written_at, "When the event was written, UTC"),
        field("computer", &ShareAccess::computer, "Computer that holds the share"),
        field("event_id", &ShareAccess::event_id, "5140 (share) or 5145 (file in it)"),
        field("user", &ShareAccess::user, "Account that opened it"),
        field("user_domain", &ShareAccess::user_domain, "Domain of that account"),
        field("user_sid", &ShareAccess::user_sid, "SID of that account"),
        field("logon_id", &ShareAccess::logon_id, "Session of that account"),
        field("source_address", &ShareAccess::source_address, "Address it came from"),
        field("source_port", &ShareAccess::source_port, "Port it came from"),
        field("share", &ShareAccess::share, "Name of the share: \\\\*\\ADMIN$"),
        field("share_path", &ShareAccess::share_path, "Folder behind the share"),
        field("target", &ShareAccess::target, "File, folder or pipe within the share"),
        field("access_mask", &ShareAccess::access_mask, "Rights asked for, as logged"));

struct PowershellScript {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind;
    std::string_view script_block_id;
    std::optional<std::uint32_t> part, part_total;
    std::string_view text;
    Symbol path, host_application, engine_version, user, user_sid;
    std::string_view runspace_id;
    std::optional<std::uint64_t> process_id;
};

inline constexpr auto powershell_script_schema = schema("windows.powershell_script",
    "PowerShell script blocks, pipeline executions and engine life (4103 4104, Windows PowerShell 400 403 600 800)",
    field("written_at", &PowershellScript::written_at, "When the event was written, UTC"),
    field("computer", &PowershellScript::computer, "Computer it ran on"),
    field("event_id", &PowershellScript::event_id, "Event id"),
    field("kind", &PowershellScript::kind, "script_block, pipeline, engine_started, engine_stopped, provider_started"),
    field(
        "script_block_id", &PowershellScript::script_block_id, "GUID that joins the parts of one script block (4104)"),
    field("part", &PowershellScript::part, "Number of this part, from 1"),
    field("part_total", &PowershellScript::part_total,
        "How many parts the script block has: order by part and join the texts"),
    field("text", &PowershellScript::text,
        "Script text (4104, whole), or the first 1,000 bytes of the command and its bindings (4103, 800)"),
    field("path", &PowershellScript::path, "Script file; absent for typed or generated code"),
    field("host_application", &PowershellScript::host_application,
        "Command line of the host from the context information: whole where the engine starts or stops (400 403 600), "
        "the first 256 bytes of a pipeline's (4103, 800)"),
    field("engine_version", &PowershellScript::engine_version,
        "Engine version from the context information: 2.0 has no logging, a sign of evasion"),
    field("user", &PowershellScript::user, "Account from the context information"),
    field("user_sid", &PowershellScript::user_sid, "SID in the event's security block"),
    field("runspace_id", &PowershellScript::runspace_id, "Runspace GUID from the context information"),
    field("process_id", &PowershellScript::process_id, "Process that wrote the event"));

struct RemoteSession {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, user, user_domain, source_address, target, session_name;
    std::optional<std::uint64_t> session_id, logon_id;
    Symbol reason;
};

inline constexpr auto remote_session_schema = schema("windows.remote_session",
    "Remote desktop and WinRM sessions, both ends (TerminalServices 21-25 39 40 1149 1024 1102, Security 4778 4779, "
    "RdpCoreTS 131, WinRM 6 91)",
    field("written_at", &RemoteSession::written_at, "When the event was written, UTC"),
    field("computer", &RemoteSession::computer,
        "Computer that wrote the event: server for inbound, client for outbound kinds"),
    field("event_id", &RemoteSession::event_id, "Event id"),
    field("kind", &RemoteSession::kind,
        "logon, shell_started, logoff, disconnected, reconnected, authenticated, connection_received, connecting_out, "
        "winrm_out, winrm_in"),
    field("user", &RemoteSession::user, "Account of the session"),
    field("user_domain", &RemoteSession::user_domain, "Domain of that account"),
    field("source_address", &RemoteSession::source_address, "Where it came from; LOCAL is the console"),
    field("target", &RemoteSession::target, "Where it goes to (client side events)"),
    field("session_name", &RemoteSession::session_name, "Name of the session (4778: RDP-Tcp#3) or the client's name"),
    field("session_id", &RemoteSession::session_id, "Terminal session number"),
    field("logon_id", &RemoteSession::logon_id, "Logon session (4778, 4779)"),
    field("reason", &RemoteSession::reason, "Reason code of a disconnect"));

struct AccountChange {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, target, target_domain, target_sid, member, member_sid, subject_user, subject_domain, subject_sid;
    std::optional<std::uint64_t> subject_logon_id;
    std::string_view details;
};

inline constexpr auto account_change_schema = schema("windows.account_change",
    "Accounts and groups created, changed and deleted, members added and removed, passwords set (Security 4720-4767, "
    "4780, 4781, 4793-4799)",
    field("written_at", &AccountChange::written_at, "When the event was written, UTC"),
    field("computer", &AccountChange::computer, "Computer or domain controller that made the change"),
    field("event_id", &AccountChange::event_id, "Event id"),
    field("kind", &AccountChange::kind,
        "user_created, user_enabled, password_changed, password_reset, user_disabled, user_deleted, user_changed, "
        "user_locked_out, user_unlocked, user_renamed, computer_created, …, group_created, group_changed, "
        "group_deleted, member_added, member_removed, groups_listed, …"),
    field("target", &AccountChange::target, "Account or group that changed"),
    field("target_domain", &AccountChange::target_domain, "Its domain"),
    field("target_sid", &AccountChange::target_sid, "Its SID"),
    field("member", &AccountChange::member, "Member added or removed, distinguished name"),
    field("member_sid", &AccountChange::member_sid, "SID of that member"),
    field("subject_user", &AccountChange::subject_user, "Account that made the change"),
    field("subject_domain", &AccountChange::subject_domain, "Its domain"),
    field("subject_sid", &AccountChange::subject_sid, "Its SID"),
    field("subject_logon_id", &AccountChange::subject_logon_id, "Its session"),
    field("details", &AccountChange::details, "New and old name, changed flags, or the calling computer of a lockout"));

struct LogCleared {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, log, user, user_domain, user_sid;
    std::optional<std::uint64_t> logon_id;
    Symbol backup_path;
};

inline constexpr auto log_cleared_schema = schema("windows.log_cleared",
    "Logs cleared or stopped, audit policy changed (1102 104 1100 4719, System 6005 6006)",
    field("written_at", &LogCleared::written_at, "When the event was written, UTC"),
    field("computer", &LogCleared::computer, "Computer of the log"),
    field("event_id", &LogCleared::event_id, "Event id"),
    field("kind", &LogCleared::kind, "cleared, service_stopped, service_started, audit_policy_changed"),
    field("log", &LogCleared::log, "The log that was cleared; for audit policy the subcategory"),
    field("user", &LogCleared::user, "Account that did it"),
    field("user_domain", &LogCleared::user_domain, "Domain of that account"),
    field("user_sid", &LogCleared::user_sid, "SID of that account"),
    field("logon_id", &LogCleared::logon_id, "Session of that account"),
    field("backup_path", &LogCleared::backup_path,
        "File the log was saved to before (104), if any; for audit policy the changes"));

struct RegistryChange {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, key, value_name;
    std::string_view value;
    Symbol image;
    std::optional<std::uint64_t> process_id;
    Symbol user;
};

inline constexpr auto registry_change_schema = schema("windows.registry_change",
    "Registry values set, renamed and deleted (Sysmon 12 deletions, 13, 14; Security 4657)",
    field("written_at", &RegistryChange::written_at, "When the event was written, UTC"),
    field("computer", &RegistryChange::computer, "Computer of the registry"),
    field("event_id", &RegistryChange::event_id, "12, 13, 14 (Sysmon) or 4657 (Security)"),
    field("kind", &RegistryChange::kind,
        "value_set, key_deleted, value_deleted, renamed, key_created (Sysmon's key_created rows are left to "
        "windows.event: too many)"),
    field("key", &RegistryChange::key, "Key, and for Sysmon the value name at its end"),
    field("value_name", &RegistryChange::value_name, "Name of the value (4657), or the new name (14)"),
    field("value", &RegistryChange::value, "New value as logged"),
    field("image", &RegistryChange::image, "Program that did it"),
    field("process_id", &RegistryChange::process_id, "Process id"),
    field("user", &RegistryChange::user, "Account of the program"));

struct FileEvent {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind;
    std::string_view path;
    Symbol image;
    std::optional<std::uint64_t> process_id;
    Symbol user;
    Timestamp created_at, old_created_at;
    Symbol sha256, md5;
    std::string_view contents;
};

inline constexpr auto file_event_schema = schema("windows.file_event",
    "Files created, deleted, marked from the web, and creation times changed (Sysmon 2 11 15 23 26 27 28 29)",
    field("written_at", &FileEvent::written_at, "When the event was written, UTC"),
    field("computer", &FileEvent::computer, "Computer of the file"),
    field("event_id", &FileEvent::event_id, "Event id of Sysmon"),
    field("kind", &FileEvent::kind,
        "created, deleted, stream_created, creation_time_changed, executable_blocked, shredding_blocked, "
        "executable_seen"),
    field("path", &FileEvent::path, "Path of the file"), field("image", &FileEvent::image, "Program that did it"),
    field("process_id", &FileEvent::process_id, "Process id"),
    field("user", &FileEvent::user, "Account of the program"),
    field("created_at", &FileEvent::created_at, "Creation time of the file after the event"),
    field("old_created_at", &FileEvent::old_created_at, "Creation time before (2): a sign of time stomping"),
    field("sha256", &FileEvent::sha256, "SHA-256 as logged, upper case"),
    field("md5", &FileEvent::md5, "MD5 as logged, upper case"),
    field("contents", &FileEvent::contents, "Text of the stream (15: Zone.Identifier)"));

struct ImageLoad {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol image, loaded;
    std::optional<std::uint64_t> process_id;
    std::optional<bool> is_signed;
    Symbol signer, signature_status, original_file_name, user, sha256, imphash;
};

inline constexpr auto image_load_schema = schema("windows.image_load",
    "Drivers loaded, and libraries loaded that are not signed by Microsoft or lie outside its folders (Sysmon 6, 7)",
    field("written_at", &ImageLoad::written_at, "When the event was written, UTC"),
    field("computer", &ImageLoad::computer, "Computer it happened on"),
    field("event_id", &ImageLoad::event_id, "6 (driver) or 7 (library)"),
    field("image", &ImageLoad::image, "Program that loaded it; absent for drivers"),
    field("loaded", &ImageLoad::loaded, "Path of the library or driver"),
    field("process_id", &ImageLoad::process_id, "Process id"),
    field("is_signed", &ImageLoad::is_signed, "Whether Sysmon found a signature"),
    field("signer", &ImageLoad::signer, "Signer"),
    field("signature_status", &ImageLoad::signature_status, "Valid, Expired, Unavailable, …"),
    field("original_file_name", &ImageLoad::original_file_name, "Name in the version resource"),
    field("user", &ImageLoad::user, "Account of the program"),
    field("sha256", &ImageLoad::sha256, "SHA-256 as logged, upper case"),
    field("imphash", &ImageLoad::imphash, "Import hash as logged, upper case"));

struct ProcessAccess {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, source_image, target_image;
    std::optional<std::uint64_t> source_process_id, target_process_id;
    Symbol granted_access;
    std::string_view call_trace;
    Symbol start_function, user;
};

inline constexpr auto process_access_schema = schema("windows.process_access",
    "Remote threads, and processes opened with rights to read or change their memory (Sysmon 8, 10, 25)",
    field("written_at", &ProcessAccess::written_at, "When the event was written, UTC"),
    field("computer", &ProcessAccess::computer, "Computer it happened on"),
    field("event_id", &ProcessAccess::event_id, "8 (remote thread), 10 (opened), 25 (tampering)"),
    field("kind", &ProcessAccess::kind, "remote_thread, opened, tampered"),
    field("source_image", &ProcessAccess::source_image, "Program that did it"),
    field("target_image", &ProcessAccess::target_image, "Program it was done to"),
    field("source_process_id", &ProcessAccess::source_process_id, "Process id of the doer"),
    field("target_process_id", &ProcessAccess::target_process_id, "Process id of the target"),
    field("granted_access", &ProcessAccess::granted_access, "Access mask (10)"),
    field("call_trace", &ProcessAccess::call_trace, "Call trace (10): UNKNOWN marks code outside any module"),
    field("start_function", &ProcessAccess::start_function,
        "Start module and function of the thread (8), or the type of tampering (25)"),
    field("user", &ProcessAccess::user, "Account of the doer"));

struct DnsQuery {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol name;
    std::string_view answer;
    Symbol status, image;
    std::optional<std::uint64_t> process_id;
    Symbol user;
};

inline constexpr auto dns_query_schema = schema("windows.dns_query",
    "Names looked up (Sysmon 22, DNS client 3008 3020, System 1014)",
    field("written_at", &DnsQuery::written_at, "When the event was written, UTC"),
    field("computer", &DnsQuery::computer, "Computer that asked"), field("event_id", &DnsQuery::event_id, "Event id"),
    field("name", &DnsQuery::name, "Name asked for"), field("answer", &DnsQuery::answer, "Answer as logged"),
    field("status", &DnsQuery::status, "Status code as logged; 0 is success"),
    field("image", &DnsQuery::image, "Program that asked (Sysmon)"),
    field("process_id", &DnsQuery::process_id, "Process id"), field("user", &DnsQuery::user, "Account of the program"));

struct WmiEvent {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, user, scope, name;
    std::string_view text;
    Symbol client, status;
    std::optional<std::uint64_t> process_id;
};

inline constexpr auto wmi_event_schema = schema("windows.wmi_event",
    "WMI filters, consumers and bindings, providers and failed operations (WMI-Activity 5857-5861, Sysmon 19-21)",
    field("written_at", &WmiEvent::written_at, "When the event was written, UTC"),
    field("computer", &WmiEvent::computer, "Computer of the WMI repository"),
    field("event_id", &WmiEvent::event_id, "Event id"),
    field("kind", &WmiEvent::kind,
        "provider_loaded, operation_failed, temporary_subscription, permanent_subscription, filter, consumer, binding"),
    field("user", &WmiEvent::user, "Account"), field("scope", &WmiEvent::scope, "Namespace"),
    field("name", &WmiEvent::name, "Name of filter, consumer or provider"),
    field("text", &WmiEvent::text, "Query, command or binding as logged"),
    field("client", &WmiEvent::client, "Client computer, or the provider's host process"),
    field("status", &WmiEvent::status, "Result code or operation (Created, Modified, Deleted)"),
    field("process_id", &WmiEvent::process_id, "Client process id"));

struct Pipe {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, name, image;
    std::optional<std::uint64_t> process_id;
    Symbol user;
};

inline constexpr auto pipe_schema = schema("windows.pipe", "Named pipes created and connected to (Sysmon 17, 18)",
    field("written_at", &Pipe::written_at, "When the event was written, UTC"),
    field("computer", &Pipe::computer, "Computer of the pipe"), field("event_id", &Pipe::event_id, "17 or 18"),
    field("kind", &Pipe::kind, "created or connected"), field("name", &Pipe::name, "Name of the pipe"),
    field("image", &Pipe::image, "Program"), field("process_id", &Pipe::process_id, "Process id"),
    field("user", &Pipe::user, "Account of the program"));

struct Defender {
    Timestamp written_at;
    Symbol computer;
    std::uint32_t event_id = 0;
    Symbol kind, threat, severity, category;
    std::string_view path;
    Symbol image, user, action, origin;
    std::string_view details;
};

inline constexpr auto defender_schema = schema("windows.defender",
    "Microsoft Defender: threats found, actions, protection and settings changed (1006-1019 1116-1121 5001 5004 5007 "
    "5010 5012 5013)",
    field("written_at", &Defender::written_at, "When the event was written, UTC"),
    field("computer", &Defender::computer, "Computer of Defender"), field("event_id", &Defender::event_id, "Event id"),
    field("kind", &Defender::kind,
        "detected, acted, action_failed, history_deleted, suspicious, blocked, protection_disabled, "
        "protection_changed, setting_changed, tampering_blocked"),
    field("threat", &Defender::threat, "Name of the threat or rule"),
    field("severity", &Defender::severity, "Severity as logged"),
    field("category", &Defender::category, "Category as logged"), field("path", &Defender::path, "Where it was found"),
    field("image", &Defender::image, "Program involved"), field("user", &Defender::user, "Account involved"),
    field("action", &Defender::action, "Action taken"),
    field("origin", &Defender::origin, "Origin or source of the detection"),
    field("details", &Defender::details, "Old and new setting, or the error"));

}
