// The row of an installed program. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_installed_program {

struct ProgramRow {
    Symbol source, hive, user;
    std::string_view id, name, version;
    Symbol publisher;
    std::string_view install_day;
    std::string_view location, install_source, uninstall_command, quiet_uninstall_command, modify_command;
    std::string_view local_package, icon, comments, help_link;
    std::optional<std::uint64_t> size_kib;
    std::optional<bool> is_hidden, is_windows_installer, no_remove, no_modify;
    std::string_view parent;
    bool is_wow64 = false;
    std::string_view key_path;
    Timestamp key_written_at;
};

inline constexpr auto program_schema = schema("windows.installed_program",
    "Programs that announced themselves for uninstalling, for the machine and per user",
    field("source", &ProgramRow::source,
        "uninstall: the Uninstall key; installer: products the Windows Installer keeps per account"),
    field("hive", &ProgramRow::hive, "software (the machine) or user"),
    field("user", &ProgramRow::user, "Account: of the hive, or the SID below Installer\\UserData"),
    field("id", &ProgramRow::id, "Name of the key: a product GUID or a name the program chose"),
    field("name", &ProgramRow::name, "DisplayName; without one Windows does not show the program"),
    field("version", &ProgramRow::version, "DisplayVersion"),
    field("publisher", &ProgramRow::publisher, "Publisher, as the program says"),
    field("install_day", &ProgramRow::install_day, "InstallDate as written, usually YYYYMMDD in local time"),
    field("location", &ProgramRow::location, "InstallLocation"),
    field("install_source", &ProgramRow::install_source, "InstallSource: folder it was installed from"),
    field("uninstall_command", &ProgramRow::uninstall_command, "UninstallString"),
    field("quiet_uninstall_command", &ProgramRow::quiet_uninstall_command, "QuietUninstallString"),
    field("modify_command", &ProgramRow::modify_command, "ModifyPath"),
    field("local_package", &ProgramRow::local_package, "LocalPackage: the installer's copy below Windows\\Installer"),
    field("icon", &ProgramRow::icon, "DisplayIcon: mostly the program itself"),
    field("comments", &ProgramRow::comments, "Comments"), field("help_link", &ProgramRow::help_link, "HelpLink"),
    field("size_kib", &ProgramRow::size_kib, "EstimatedSize in KiB"),
    field("is_hidden", &ProgramRow::is_hidden, "SystemComponent: Windows does not list it"),
    field("is_windows_installer", &ProgramRow::is_windows_installer, "Installed by the Windows Installer (MSI)"),
    field("no_remove", &ProgramRow::no_remove, "NoRemove: no uninstall button"),
    field("no_modify", &ProgramRow::no_modify, "NoModify: no change button"),
    field("parent", &ProgramRow::parent, "ParentKeyName or ParentDisplayName: it is an update of that program"),
    field("is_wow64", &ProgramRow::is_wow64, "Below Wow6432Node: a 32-bit program"),
    field("key_path", &ProgramRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &ProgramRow::key_written_at, "Last write of the key, UTC: installation or last update"));

}
