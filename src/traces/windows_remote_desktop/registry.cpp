#include "traces/windows_remote_desktop/registry.hpp"
#include "traces/registry_keys.hpp"
#include "traces/registry_values.hpp"
#include <array>

namespace konseki::windows_remote_desktop {

namespace {

constexpr std::string_view client = "Software\\Microsoft\\Terminal Server Client";

// "MRU0" -> 0
std::optional<std::uint32_t> number_of(std::string_view name)
{
    return ascii_lower(name).starts_with("mru") ? as_u32(parse_uint(name.substr(3))) : std::nullopt;
}

void parse_typed(HiveView const& view, ParseContext& context)
{
    auto const path = std::string(client) + "\\Default";
    auto const key = view.hive.find(path);
    if (!key)
        return;
    for (auto const& value : view.hive.values(*key, context.diagnostics)) {
        auto const position = number_of(value.name);
        auto const server = regf::value_text(value);
        if (!position || server.empty())
            continue;
        context.traces.emit(client_schema, origin_of(value),
            ClientRow { view.user, "Default", server, position, {}, {}, path, key->written_at });
    }
}

void parse_servers(HiveView const& view, std::string_view list, ParseContext& context)
{
    auto const pattern = format("{}\\{}\\*", client, list);
    for (auto const& found : keys_at(view.hive, pattern, context.diagnostics)) {
        RegistryValues const values { view.hive, found.key, context.diagnostics };
        auto const user = values.text("UsernameHint"), hash = values.text("CertHash");
        context.traces.emit(client_schema, origin_of(found.key),
            ClientRow { view.user, list, found.key.name, {}, unless_empty(user), unless_empty(hash), found.path,
                found.key.written_at });
    }
}

// Names allowed as local devices, one value each.
void parse_local_devices(HiveView const& view, ParseContext& context)
{
    auto const path = std::string(client) + "\\LocalDevices";
    auto const key = view.hive.find(path);
    if (!key)
        return;
    for (auto const& value : view.hive.values(*key, context.diagnostics)) {
        context.traces.emit(client_schema, origin_of(value),
            ClientRow { view.user, "LocalDevices", value.name, {}, {}, {}, path, key->written_at });
    }
}

void parse_server(
    HiveView const& view, FoundKey const& found, Symbol place, std::string_view set, ParseContext& context)
{
    RegistryValues const values { view.hive, found.key, context.diagnostics };
    ServerRow row;
    row.place = place;
    row.control_set = unless_empty(set);
    row.name = found.key.name;
    row.denies_connections = as_flag(values.number("fDenyTSConnections"));
    row.single_session_per_user = as_flag(values.number("fSingleSessionPerUser"));
    row.needs_network_logon = as_flag(values.number("UserAuthentication"));
    row.prompts_for_password = as_flag(values.number("fPromptForPassword"));
    row.is_enabled = as_flag(values.number("fEnableWinStation"));
    row.logon_disabled = as_flag(values.number("fLogonDisabled"));
    row.port = as_u32(values.number("PortNumber"));
    row.shadow = as_u32(values.number("Shadow"));
    row.security_layer = as_u32(values.number("SecurityLayer"));
    row.encryption_level = as_u32(values.number("MinEncryptionLevel"));
    row.allows_remote_help = as_flag(values.number("fAllowToGetHelp"));
    row.allows_remote_calls = as_flag(values.number("AllowRemoteRPC"));
    row.restricted_admin_disabled = as_flag(values.number("DisableRestrictedAdmin"));
    auto const program = values.text("InitialProgram"), hash = values.text("SSLCertificateSHA1Hash");
    row.initial_program = unless_empty(program);
    row.certificate_hash = unless_empty(hash);
    row.key_path = found.path;
    row.key_written_at = found.key.written_at;
    bool const is_policy = place.text == "policy";
    if (place.text == "lsa" && !row.restricted_admin_disabled)
        return;
    if (!is_policy || !values.all().empty())
        context.traces.emit(server_schema, origin_of(found.key), row);
}

void parse(HiveView const& view, ParseContext& context)
{
    if (view.kind == HiveKind::user) {
        parse_typed(view, context);
        parse_servers(view, "Servers", context);
        parse_local_devices(view, context);
        return;
    }
    auto const all = [&](std::string const& path, Symbol place, std::string_view set) {
        for (auto const& found : keys_at(view.hive, path, context.diagnostics))
            parse_server(view, found, place, set, context);
    };
    if (view.kind == HiveKind::software)
        all("Policies\\Microsoft\\Windows NT\\Terminal Services", "policy", {});
    for (auto const& set : view.control_sets) {
        all(set + "\\Control\\Terminal Server", "settings", set);
        all(set + "\\Control\\Terminal Server\\WinStations\\*", "listener", set);
        all(set + "\\Control\\Lsa", "lsa", set);
    }
}

constexpr std::array<Schema const*, 2> emitted { &client_schema.erased, &server_schema.erased };

}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_remote_desktop",
    .title = "Remote desktop: machines connected to, and how the machine lets others in",
    .emits = emitted,
    .kinds = HiveKind::user | HiveKind::system | HiveKind::software,
    .parse = parse,
};

}
