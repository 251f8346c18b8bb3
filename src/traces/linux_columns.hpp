// Rows about a Linux host that several artefacts fill: konseki's own collections, UAC's text files, and the files of
// the system itself [fsa 2b, 7]. Not the code that fills them, and no judgement: what is odd is for analysers/.
#pragma once
#include "record/schema.hpp"

namespace konseki {

struct LinuxHostRow {
    Symbol name, machine_id, system, system_version, kernel, architecture, boot_id, virtualisation, time_zone,
        collector;
    Timestamp booted_at, collected_at;
    std::optional<bool> is_root;
};

inline constexpr auto linux_host_schema = schema("linux.host", "A Linux machine as its collection describes it",
    field("name", &LinuxHostRow::name, "Host name"), field("machine_id", &LinuxHostRow::machine_id, "/etc/machine-id"),
    field("system", &LinuxHostRow::system, "ID of os-release: debian, rhel …"),
    field("system_version", &LinuxHostRow::system_version, "VERSION_ID of os-release"),
    field("kernel", &LinuxHostRow::kernel, "Release of the running kernel"),
    field("architecture", &LinuxHostRow::architecture, "x86_64, aarch64 …"),
    field("boot_id", &LinuxHostRow::boot_id, "Identity of the boot that was seen"),
    field("virtualisation", &LinuxHostRow::virtualisation, "Container or hypervisor, as far as the system shows it"),
    field("time_zone", &LinuxHostRow::time_zone, "Time zone of the system: Asia/Tokyo"),
    field("collector", &LinuxHostRow::collector, "Program and version that collected"),
    field("booted_at", &LinuxHostRow::booted_at, "When the system started, UTC"),
    field("collected_at", &LinuxHostRow::collected_at, "When collecting began, UTC"),
    field("is_root", &LinuxHostRow::is_root, "The collector was root: without, much cannot be seen"));

struct LinuxProcessRow {
    std::uint32_t pid = 0;
    std::optional<std::uint32_t> parent_pid, uid, effective_uid, session_id, tracer_pid;
    Timestamp started_at;
    Symbol user, executable_state, unit, container, terminal, capabilities, of_collection;
    std::string_view name, command_line, executable, executable_sha256, working_folder, root_folder, preload, odd_maps,
        hidden_from;
    std::optional<std::uint32_t> deleted_files;
};

inline constexpr auto linux_process_schema = schema("linux.process", "A process that ran when the host was collected",
    field("pid", &LinuxProcessRow::pid, "Process id in the host's own name space"),
    field("parent_pid", &LinuxProcessRow::parent_pid, "Its parent"),
    field("uid", &LinuxProcessRow::uid, "Real user id"),
    field("effective_uid", &LinuxProcessRow::effective_uid, "Effective user id"),
    field("session_id", &LinuxProcessRow::session_id, "Session"),
    field("tracer_pid", &LinuxProcessRow::tracer_pid, "Process that traces it, if one does"),
    field("started_at", &LinuxProcessRow::started_at, "When it started, UTC, to a tick of the kernel's clock"),
    field("user", &LinuxProcessRow::user, "Account of the real user id"),
    field("executable_state", &LinuxProcessRow::executable_state,
        "present; deleted: no file at the path any more; replaced: another file lies there now; memfd: never was a "
        "file; "
        "kernel: a thread of the kernel; absent: the link could not be read"),
    field("unit", &LinuxProcessRow::unit, "systemd unit, from its control group"),
    field("container", &LinuxProcessRow::container, "Container it runs in, from its control group"),
    field("terminal", &LinuxProcessRow::terminal, "Controlling terminal"),
    field("capabilities", &LinuxProcessRow::capabilities, "Effective capabilities, hexadecimal"),
    field("of_collection", &LinuxProcessRow::of_collection,
        "itself: the collector and what it started; ancestor: what started it, up to the leader of its session"),
    field("name", &LinuxProcessRow::name, "Short name (comm); a process may set it"),
    field("command_line", &LinuxProcessRow::command_line, "Arguments, NUL shown as space; a process may set them"),
    field("executable", &LinuxProcessRow::executable, "Where /proc/PID/exe points, without ' (deleted)'"),
    field(
        "executable_sha256", &LinuxProcessRow::executable_sha256, "Of the bytes behind /proc/PID/exe, where collected"),
    field("working_folder", &LinuxProcessRow::working_folder, "Current folder"),
    field("root_folder", &LinuxProcessRow::root_folder, "Its root folder where that is not /"),
    field("preload", &LinuxProcessRow::preload, "LD_PRELOAD, LD_LIBRARY_PATH, LD_AUDIT of its environment, NAME=VALUE"),
    field("odd_maps", &LinuxProcessRow::odd_maps,
        "Executable mappings of deleted files, memfd, /tmp, /dev/shm and of writable anonymous memory, joined with |"),
    field("hidden_from", &LinuxProcessRow::hidden_from, "Ways of listing that did not show it: readdir, kill, task …"),
    field("deleted_files", &LinuxProcessRow::deleted_files, "Deleted files that it holds open"));

struct LinuxSocketRow {
    Symbol protocol, state, process;
    std::string_view local_address, remote_address, path;
    std::optional<std::uint32_t> local_port, remote_port, uid, pid;
    std::optional<std::uint64_t> inode;
};

inline constexpr auto linux_socket_schema = schema("linux.socket", "A socket that was open when the host was collected",
    field("protocol", &LinuxSocketRow::protocol, "tcp, tcp6, udp, udp6, raw, raw6, icmp, packet, unix, netlink"),
    field("state", &LinuxSocketRow::state, "listen, established …; absent for those without"),
    field("process", &LinuxSocketRow::process, "Short name of the process that holds it"),
    field("local_address", &LinuxSocketRow::local_address, "Address of this side"),
    field("remote_address", &LinuxSocketRow::remote_address, "Address of the other side"),
    field("path", &LinuxSocketRow::path, "Path of a unix socket; filter or interface of a packet socket"),
    field("local_port", &LinuxSocketRow::local_port, "Port of this side; protocol number of raw and packet sockets"),
    field("remote_port", &LinuxSocketRow::remote_port, "Port of the other side"),
    field("uid", &LinuxSocketRow::uid, "User id that owns it"),
    field("pid", &LinuxSocketRow::pid, "Process that holds it"),
    field("inode", &LinuxSocketRow::inode, "Number of the socket"));

struct LinuxModuleRow {
    Symbol name, taints, state, seen_in, package;
    std::string_view path, used_by;
    std::optional<std::uint64_t> memory_bytes;
    std::optional<bool> is_signed;
};

inline constexpr auto linux_module_schema = schema("linux.module", "A kernel module that was loaded",
    field("name", &LinuxModuleRow::name, "Name of the module"),
    field(
        "taints", &LinuxModuleRow::taints, "Letters of the kernel's taint: O out of tree, E unsigned, P proprietary …"),
    field("state", &LinuxModuleRow::state, "Live, Loading, Unloading"),
    field("seen_in", &LinuxModuleRow::seen_in, "proc (/proc/modules), sys (/sys/module), or both joined with space"),
    field("package", &LinuxModuleRow::package, "Package that owns its file"),
    field("path", &LinuxModuleRow::path, "Its file below /lib/modules; absent: none there"),
    field("used_by", &LinuxModuleRow::used_by, "Modules that use it"),
    field("memory_bytes", &LinuxModuleRow::memory_bytes, "Memory it takes"),
    field("is_signed", &LinuxModuleRow::is_signed, "Its file ends with a signature"));

struct LinuxBpfRow {
    Symbol kind, type, name, tag, holders;
    std::string_view pinned_path;
    std::uint32_t id = 0;
    std::optional<std::uint32_t> uid;
    Timestamp loaded_at;
};

inline constexpr auto linux_bpf_schema = schema("linux.bpf", "An eBPF program, map or link in the kernel",
    field("kind", &LinuxBpfRow::kind, "program, map, link"),
    field("type", &LinuxBpfRow::type, "kprobe, socket_filter, xdp …"),
    field("name", &LinuxBpfRow::name, "Name it was loaded with"),
    field("tag", &LinuxBpfRow::tag, "Hash of its instructions"),
    field("holders", &LinuxBpfRow::holders, "Processes that hold it: pid/name joined with space"),
    field("pinned_path", &LinuxBpfRow::pinned_path, "Where it is pinned in a bpf file system"),
    field("id", &LinuxBpfRow::id, "The kernel's number"), field("uid", &LinuxBpfRow::uid, "User who loaded it"),
    field("loaded_at", &LinuxBpfRow::loaded_at, "When it was loaded, UTC"));

struct LinuxMountRow {
    Symbol device, file_system;
    std::string_view mount_point, options, root;
};

inline constexpr auto linux_mount_schema = schema("linux.mount", "A mounted file system",
    field("device", &LinuxMountRow::device, "What is mounted"),
    field("file_system", &LinuxMountRow::file_system, "Its type"),
    field("mount_point", &LinuxMountRow::mount_point, "Where"), field("options", &LinuxMountRow::options, "Options"),
    field("root", &LinuxMountRow::root, "Folder of the device that is mounted there: not / for bind mounts"));

struct LinuxFileRow {
    std::string_view path, target, sha256;
    Symbol type, user, group, capabilities, attributes, content, package, package_state;
    std::optional<std::uint32_t> mode, uid, gid;
    std::optional<std::uint64_t> file_bytes, inode, links;
    Timestamp modified_at, changed_at, accessed_at, born_at;
    std::string_view sha1, md5;
};

inline constexpr auto linux_file_schema = schema("linux.file", "A file as the file system describes it",
    field("path", &LinuxFileRow::path, "Absolute path"), field("target", &LinuxFileRow::target, "Where a link points"),
    field("sha256", &LinuxFileRow::sha256, "Of its content, where read"),
    field("type", &LinuxFileRow::type, "regular, folder, link, fifo, socket, block, character"),
    field("user", &LinuxFileRow::user, "Owner"), field("group", &LinuxFileRow::group, "Group"),
    field("capabilities", &LinuxFileRow::capabilities, "File capabilities, as getcap writes them: cap_net_raw=ep"),
    field("attributes", &LinuxFileRow::attributes, "Letters of chattr that matter: i immutable, a append only"),
    field("content", &LinuxFileRow::content, "elf, script, or absent: neither, or not looked at"),
    field("package", &LinuxFileRow::package, "Package that owns it"),
    field("package_state", &LinuxFileRow::package_state,
        "same: its digest is the package's; changed; configuration: changed, but meant to be; missing; unowned: no "
        "package "
        "has it; diverted; unchecked: no digest to compare with"),
    field("mode", &LinuxFileRow::mode, "Permission bits with setuid (2048), setgid (1024), sticky (512)"),
    field("uid", &LinuxFileRow::uid, "Owner's number"), field("gid", &LinuxFileRow::gid, "Group's number"),
    field("file_bytes", &LinuxFileRow::file_bytes, "Size, bytes"), field("inode", &LinuxFileRow::inode, "Inode"),
    field("links", &LinuxFileRow::links, "Hard links"),
    field("modified_at", &LinuxFileRow::modified_at, "Content changed (mtime: programs may set it), UTC"),
    field("changed_at", &LinuxFileRow::changed_at, "Inode changed (ctime: programs cannot set it), UTC"),
    field("accessed_at", &LinuxFileRow::accessed_at, "Last read, as far as the mount keeps it, UTC"),
    field("born_at", &LinuxFileRow::born_at, "Created, where the file system keeps it, UTC"),
    field("sha1", &LinuxFileRow::sha1, "SHA-1, where a collector gives that alone (UAC)"),
    field("md5", &LinuxFileRow::md5, "MD5, likewise"));

struct LinuxPackageRow {
    Symbol manager, name, package_version, architecture, status;
    std::string_view maintainer;
    Timestamp installed_at;
};

inline constexpr auto linux_package_schema = schema("linux.package", "A package that is or was installed",
    field("manager", &LinuxPackageRow::manager, "dpkg, rpm"), field("name", &LinuxPackageRow::name, "Name"),
    field("package_version", &LinuxPackageRow::package_version, "Version"),
    field("architecture", &LinuxPackageRow::architecture, "Architecture"),
    field("status", &LinuxPackageRow::status, "installed, half-configured, config-files …"),
    field("maintainer", &LinuxPackageRow::maintainer, "Maintainer or vendor"),
    field("installed_at", &LinuxPackageRow::installed_at, "When this version was installed, UTC, where kept"));

struct LinuxAccountRow {
    Symbol name, shell, password_state;
    std::uint32_t uid = 0, gid = 0;
    std::string_view full_name, home, groups, path;
    Timestamp password_changed_at, expires_at;
};

inline constexpr auto linux_account_schema = schema("linux.account",
    "An account of passwd, with what shadow and group say", field("name", &LinuxAccountRow::name, "Name"),
    field("shell", &LinuxAccountRow::shell, "Shell"),
    field("password_state", &LinuxAccountRow::password_state,
        "set, locked (also: no line in a shadow that was read), empty (no password asked), in_passwd (hash in passwd "
        "itself); absent: shadow was not there or not readable"),
    field("uid", &LinuxAccountRow::uid, "User id"), field("gid", &LinuxAccountRow::gid, "First group"),
    field("full_name", &LinuxAccountRow::full_name, "GECOS"), field("home", &LinuxAccountRow::home, "Home folder"),
    field("groups", &LinuxAccountRow::groups, "Its first group, then those that name it, joined with space"),
    field("path", &LinuxAccountRow::path, "File that names it: /etc/passwd, or the account file of a collection"),
    field("password_changed_at", &LinuxAccountRow::password_changed_at, "Day of the last change (shadow), UTC"),
    field("expires_at", &LinuxAccountRow::expires_at, "Day the account ends (shadow), UTC"));

// What the files of a system make it start: one row per command, whatever the file's grammar.
struct LinuxAutostartRow {
    Symbol location, attack, kind, user;
    std::string_view path, name, schedule, command, detail;
    std::optional<std::uint32_t> line;
    std::optional<bool> is_enabled;
};

inline constexpr auto linux_autostart_schema = schema("linux.autostart",
    "What a file of a Linux system makes it start, load or believe; most of it is normal",
    field("location", &LinuxAutostartRow::location, "Number of the location, L01 … (docs/persistence.md)"),
    field("attack", &LinuxAutostartRow::attack, "ATT&CK technique that uses the location"),
    field("kind", &LinuxAutostartRow::kind, "unit, timer, cron, at, shell, preload, pam, key, udev, xdg, dbus, hook …"),
    field("user", &LinuxAutostartRow::user, "Account it runs as, where the file or its place says"),
    field("path", &LinuxAutostartRow::path, "File on the host"),
    field("name", &LinuxAutostartRow::name, "Unit, job, key comment, module, rule: what it is called"),
    field("schedule", &LinuxAutostartRow::schedule, "When: '*/5 * * * *', OnCalendar=daily, ACTION==add, ExecStartPre"),
    field("command", &LinuxAutostartRow::command, "What is started or loaded, as written"),
    field("detail", &LinuxAutostartRow::detail, "Options and environment that matter, as written"),
    field("line", &LinuxAutostartRow::line, "Line in the file, from 1"),
    field("is_enabled", &LinuxAutostartRow::is_enabled, "Whether the file itself says that it is on"));

// One systemd unit file or drop-in. Which of several files of one name wins is for the analyser: it needs all of them.
struct LinuxUnitRow {
    std::string_view path, name, description, commands, wanted_by, environment, triggers, aliases;
    Symbol kind, scope, user, service_type, restart;
    bool is_drop_in = false;
};

inline constexpr auto linux_unit_schema = schema("linux.unit", "A systemd unit file or drop-in, as written",
    field("path", &LinuxUnitRow::path, "File on the host"), field("name", &LinuxUnitRow::name, "Unit: sshd.service"),
    field("description", &LinuxUnitRow::description, "Description="),
    field("commands", &LinuxUnitRow::commands, "Every Exec…= line, 'ExecStart=…', joined with newline"),
    field("wanted_by", &LinuxUnitRow::wanted_by, "WantedBy= and RequiredBy=, joined with space"),
    field("environment", &LinuxUnitRow::environment, "Environment= and EnvironmentFile= lines, joined with newline"),
    field("triggers", &LinuxUnitRow::triggers, "OnCalendar=, OnBootSec=, ListenStream=, PathExists= … with newline"),
    field("aliases", &LinuxUnitRow::aliases, "Alias=, joined with space"),
    field("kind", &LinuxUnitRow::kind, "service, timer, socket, path, target, mount …"),
    field("scope", &LinuxUnitRow::scope, "system, or user for units of users' managers"),
    field("user", &LinuxUnitRow::user, "User=; of a file below a home folder its owner"),
    field("service_type", &LinuxUnitRow::service_type, "Type="), field("restart", &LinuxUnitRow::restart, "Restart="),
    field("is_drop_in", &LinuxUnitRow::is_drop_in, "Lies in NAME.d/: changes another file's unit"));

struct LinuxKeyRow {
    std::string_view path, fingerprint, comment, options, command;
    Symbol user, type;
    std::uint32_t line = 0;
    bool is_host_key = false;
};

inline constexpr auto linux_key_schema = schema("linux.ssh_key", "A public key that may log on, or a host's own",
    field("path", &LinuxKeyRow::path, "File on the host"),
    field("fingerprint", &LinuxKeyRow::fingerprint, "SHA256:… of the key, base64 as ssh-keygen -l shows it"),
    field("comment", &LinuxKeyRow::comment, "Comment"),
    field("options", &LinuxKeyRow::options, "Options before the key"),
    field("command", &LinuxKeyRow::command, "Its command= option"),
    field("user", &LinuxKeyRow::user, "Account it opens"), field("type", &LinuxKeyRow::type, "ssh-ed25519, ssh-rsa …"),
    field("line", &LinuxKeyRow::line, "Line in the file"),
    field("is_host_key", &LinuxKeyRow::is_host_key, "The host's own key, not a user's"));

// One setting of a configuration file where what matters is a value and not a command.
struct LinuxSettingRow {
    Symbol location, section, name, user;
    std::string_view path, value;
    std::uint32_t line = 0;
};

inline constexpr auto linux_setting_schema
    = schema("linux.setting", "A setting that decides who may do what, or what is seen",
        field("location", &LinuxSettingRow::location, "Number of the location, L01 … (docs/persistence.md)"),
        field("section", &LinuxSettingRow::section, "Section, Match block, PAM service or rule kind"),
        field("name", &LinuxSettingRow::name, "Name, as written"),
        field("user", &LinuxSettingRow::user, "Account it is about"),
        field("path", &LinuxSettingRow::path, "File on the host"),
        field("value", &LinuxSettingRow::value, "Value, as written"),
        field("line", &LinuxSettingRow::line, "Line in the file, from 1"));

struct LinuxNoteRow {
    Symbol kind;
    std::string_view path, reason;
};

inline constexpr auto linux_note_schema = schema("linux.collection_note",
    "What a collector could not read, or left out",
    field("kind", &LinuxNoteRow::kind,
        "unreadable, too_large, network_mount, changed_while_read, not_root, missing_tool"),
    field("path", &LinuxNoteRow::path, "What it is about"), field("reason", &LinuxNoteRow::reason, "Why, in words"));

}
