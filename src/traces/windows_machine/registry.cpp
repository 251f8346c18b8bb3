#include "traces/windows_machine/registry.hpp"
#include "bytes/byte_reader.hpp"
#include "traces/registry_values.hpp"
#include <array>

namespace konseki::windows_machine {

namespace {

std::string first_text(RegistryValues const& values, std::string_view first, std::string_view second)
{
    auto text = values.text(first);
    return text.empty() ? values.text(second) : text;
}

Timestamp filetime_in(regf::Value const* value, ParseContext& context)
{
    if (value == nullptr)
        return {};
    ByteReader reader { value->content, value->offset };
    auto const at = Timestamp::from_filetime(reader.u64("machine.last_shutdown_at"));
    if (auto const status = reader.status(); !status.ok())
        context.diagnostics.report({ status.error(), value->content.size() });
    return at;
}

void parse_control_set(HiveView const& view, std::string_view set, bool is_current, ParseContext& context)
{
    auto const name_key = view.hive.find(format("{}\\Control\\ComputerName\\ComputerName", set));
    auto const network_key = view.hive.find(format("{}\\Services\\Tcpip\\Parameters", set));
    if (!name_key && !network_key)
        return;
    NameRow row;
    row.control_set = set;
    row.is_current = is_current;
    TraceOrigin origin = origin_of(name_key ? *name_key : *network_key);
    std::string computer_name, host_name, domain, zone;
    if (name_key) {
        RegistryValues const values { view.hive, *name_key, context.diagnostics };
        if (auto const* const value = values.find("ComputerName"); value != nullptr) {
            computer_name = regf::value_text(*value);
            origin = origin_of(*value);
        }
        row.key_written_at = name_key->written_at;
    }
    if (network_key) {
        RegistryValues const values { view.hive, *network_key, context.diagnostics };
        host_name = first_text(values, "NV Hostname", "Hostname");
        domain = first_text(values, "NV Domain", "Domain");
    }
    if (auto const key = view.hive.find(format("{}\\Control\\TimeZoneInformation", set))) {
        RegistryValues const values { view.hive, *key, context.diagnostics };
        zone = first_text(values, "TimeZoneKeyName", "StandardName");
        if (auto const bias = values.number("Bias"))
            row.time_zone_bias_minutes = static_cast<std::int32_t>(static_cast<std::uint32_t>(*bias));
    }
    if (auto const key = view.hive.find(format("{}\\Control\\Windows", set))) {
        RegistryValues const values { view.hive, *key, context.diagnostics };
        row.last_shutdown_at = filetime_in(values.find("ShutdownTime"), context);
    }
    row.computer_name = unless_empty(computer_name);
    row.host_name = unless_empty(host_name);
    row.domain = unless_empty(domain);
    row.time_zone = unless_empty(zone);
    context.traces.emit(name_schema, origin, row);
}

void parse_system(HiveView const& view, ParseContext& context)
{
    bool is_current = true; // the first one
    for (auto const& set : view.control_sets)
        parse_control_set(view, set, std::exchange(is_current, false), context);
}

void parse_software(HiveView const& view, ParseContext& context)
{
    auto const key = view.hive.find("Microsoft\\Windows NT\\CurrentVersion");
    if (!key)
        return;
    RegistryValues const values { view.hive, *key, context.diagnostics };
    auto const product = values.text("ProductName"), edition = values.text("EditionID");
    auto const version = first_text(values, "DisplayVersion", "ReleaseId");
    auto build = first_text(values, "CurrentBuildNumber", "CurrentBuild");
    if (auto const revision = values.number("UBR"); revision && !build.empty())
        append_format(build, ".{}", *revision);
    auto const owner = values.text("RegisteredOwner"), organization = values.text("RegisteredOrganization");
    auto const root = values.text("SystemRoot");
    SystemRow row { unless_empty(product), unless_empty(edition), unless_empty(version), unless_empty(build),
        unless_empty(owner), unless_empty(organization), unless_empty(root), {}, key->written_at };
    if (auto const seconds = values.number("InstallDate"); seconds && *seconds != 0)
        row.installed_at = Timestamp::from_unix_seconds(static_cast<std::uint32_t>(*seconds));
    context.traces.emit(system_schema, origin_of(*key), row);
}

void parse(HiveView const& view, ParseContext& context)
{
    if (view.kind == HiveKind::system)
        parse_system(view, context);
    else
        parse_software(view, context);
}

constexpr std::array<Schema const*, 2> emitted { &name_schema.erased, &system_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_machine",
    .title = "Name and version of the machine",
    .emits = emitted,
    .kinds = HiveKind::system | HiveKind::software,
    .parse = parse,
};

}
