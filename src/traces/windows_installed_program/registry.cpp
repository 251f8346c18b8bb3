#include "traces/windows_installed_program/registry.hpp"
#include "traces/registry_keys.hpp"
#include "traces/registry_values.hpp"
#include <array>

namespace konseki::windows_installed_program {

namespace {

constexpr std::string_view uninstall = "Microsoft\\Windows\\CurrentVersion\\Uninstall\\*";
constexpr std::string_view installer
    = "Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\*\\Products\\*\\InstallProperties";

void emit_program(HiveView const& view, FoundKey const& found, ProgramRow row, ParseContext& context)
{
    RegistryValues const values { view.hive, found.key, context.diagnostics };
    auto const name = values.text("DisplayName"), version = values.text("DisplayVersion");
    auto const publisher = values.text("Publisher"), day = values.text("InstallDate");
    auto const location = values.text("InstallLocation"), source = values.text("InstallSource");
    auto const remove = values.text("UninstallString"), quiet = values.text("QuietUninstallString");
    auto const modify = values.text("ModifyPath"), package = values.text("LocalPackage");
    auto const icon = values.text("DisplayIcon"), comments = values.text("Comments");
    auto const help = values.text("HelpLink");
    auto parent = values.text("ParentKeyName");
    if (parent.empty())
        parent = values.text("ParentDisplayName");
    row.hive = view.kind == HiveKind::software ? "software" : "user";
    row.name = unless_empty(name);
    row.version = unless_empty(version);
    row.publisher = unless_empty(publisher);
    row.install_day = unless_empty(day);
    row.location = unless_empty(location);
    row.install_source = unless_empty(source);
    row.uninstall_command = unless_empty(remove);
    row.quiet_uninstall_command = unless_empty(quiet);
    row.modify_command = unless_empty(modify);
    row.local_package = unless_empty(package);
    row.icon = unless_empty(icon);
    row.comments = unless_empty(comments);
    row.help_link = unless_empty(help);
    row.parent = unless_empty(parent);
    row.size_kib = values.number("EstimatedSize");
    row.is_hidden = as_flag(values.number("SystemComponent"));
    row.is_windows_installer = as_flag(values.number("WindowsInstaller"));
    row.no_remove = as_flag(values.number("NoRemove"));
    row.no_modify = as_flag(values.number("NoModify"));
    row.key_path = found.path;
    row.key_written_at = found.key.written_at;
    context.traces.emit(program_schema, origin_of(found.key), row);
}

void parse_uninstall(HiveView const& view, std::string const& path, bool is_wow64, ParseContext& context)
{
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        if (found.key.value_count == 0)
            continue; // a place holder that Windows itself leaves ("AddressBook")
        ProgramRow row;
        row.source = "uninstall";
        row.user = view.user;
        row.id = found.key.name;
        row.is_wow64 = is_wow64;
        emit_program(view, found, row, context);
    }
}

void parse(HiveView const& view, ParseContext& context)
{
    auto const prefix = std::string(software_prefix(view.kind));
    parse_uninstall(view, prefix + std::string(uninstall), false, context);
    parse_uninstall(view, prefix + "Wow6432Node\\" + std::string(uninstall), true, context);
    if (view.kind != HiveKind::software)
        return;
    for (auto const& found : keys_at(view.hive, installer, context.diagnostics)) {
        auto const parts = split(found.path, '\\');
        ProgramRow row;
        row.source = "installer";
        row.user = parts[parts.size() - 4];
        row.id = parts[parts.size() - 2];
        emit_program(view, found, row, context);
    }
}

constexpr std::array<Schema const*, 1> emitted { &program_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_installed_program",
    .title = "Installed programs",
    .emits = emitted,
    .kinds = HiveKind::user | HiveKind::software,
    .parse = parse,
};

}
