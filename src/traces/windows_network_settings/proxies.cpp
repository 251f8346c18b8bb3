#include "bytes/byte_reader.hpp"
#include "formats/lnk/lnk.hpp"
#include "traces/registry_keys.hpp"
#include "traces/registry_values.hpp"
#include "traces/windows_network_settings/parts.hpp"
#include "traces/windows_network_settings/schemas.hpp"
#include <array>

namespace konseki::windows_network_settings {

namespace {

constexpr std::string_view settings = "Microsoft\\Windows\\CurrentVersion\\Internet Settings";

ProxyRow row_for(HiveView const& view, FoundKey const& found, Symbol source)
{
    ProxyRow row;
    row.hive = view.kind == HiveKind::software ? "software" : "user";
    row.user = view.user;
    row.source = source;
    row.key_path = found.path;
    row.key_written_at = found.key.written_at;
    return row;
}

void parse_settings(HiveView const& view, std::string const& path, Symbol source, ParseContext& context)
{
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        RegistryValues const values { view.hive, found.key, context.diagnostics };
        auto const server = values.text("ProxyServer"), bypass = values.text("ProxyOverride");
        auto const script = values.text("AutoConfigURL");
        auto row = row_for(view, found, source);
        row.is_enabled = as_flag(values.number("ProxyEnable"));
        row.detects = as_flag(values.number("AutoDetect"));
        row.server = unless_empty(server);
        row.bypass = unless_empty(bypass);
        row.script_url = unless_empty(script);
        if (row.is_enabled || row.detects || !server.empty() || !script.empty())
            context.traces.emit(proxy_schema, origin_of(found.key), row);
    }
}

std::string sized_text(ByteReader& reader, std::string_view what)
{
    auto const size = reader.u32(what);
    return lnk::narrow_text(reader.take(size, what));
}

// Structure size 0x46 or 0x3c, counter, flags, then three texts with their sizes in front.
void emit_connection(HiveView const& view, FoundKey const& found, regf::Value const& value, ParseContext& context)
{
    constexpr std::uint32_t uses_proxy = 2, uses_script = 4, detects = 8;
    ByteReader reader { value.content, value.offset };
    reader.skip(4, "network.proxy.structure");
    auto const count = reader.u32("network.proxy.count");
    auto const flags = reader.u32("network.proxy.flags");
    auto const server = sized_text(reader, "network.proxy.server");
    auto const bypass = sized_text(reader, "network.proxy.bypass");
    bool const has_script = equals_ignoring_case(value.name, "WinHttpSettings") ? false : reader.remaining() >= 4;
    auto const script = has_script ? sized_text(reader, "network.proxy.script") : std::string {};
    auto row = row_for(view, found, equals_ignoring_case(value.name, "WinHttpSettings") ? "winhttp" : "connections");
    row.name = value.name;
    row.change_count = count;
    row.is_enabled = (flags & uses_proxy) != 0;
    row.detects = (flags & detects) != 0;
    row.server = unless_empty(server);
    row.bypass = unless_empty(bypass);
    row.script_url = (flags & uses_script) != 0 || !script.empty() ? unless_empty(script) : std::string_view {};
    if (auto const status = reader.status(); !status.ok())
        context.diagnostics.report({ status.error(), value.content.size() });
    context.traces.emit(proxy_schema, origin_of(value), row);
}

void parse_connections(HiveView const& view, std::string const& path, ParseContext& context)
{
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        for (auto const& value : view.hive.values(found.key, context.diagnostics)) {
            if (static_cast<regf::ValueType>(value.type) == regf::ValueType::binary && value.content.size() >= 12)
                emit_connection(view, found, value, context);
        }
    }
}

void parse_wpad(HiveView const& view, std::string const& path, ParseContext& context)
{
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        RegistryValues const values { view.hive, found.key, context.diagnostics };
        auto const script = values.text("WpadDetectedUrl"), network = values.text("WpadNetworkName");
        auto row = row_for(view, found, "wpad");
        row.name = network.empty() ? std::string_view(found.key.name) : std::string_view(network);
        row.script_url = unless_empty(script);
        if (auto const* time = values.find("WpadDecisionTime"))
            row.decided_at = Timestamp::from_filetime(regf::value_number(*time).value_or(0));
        if (!values.all().empty())
            context.traces.emit(proxy_schema, origin_of(found.key), row);
    }
}

}

void parse_proxies(HiveView const& view, ParseContext& context)
{
    auto const prefix = std::string(software_prefix(view.kind));
    auto const root = prefix + std::string(settings);
    parse_settings(view, root, "settings", context);
    parse_settings(view, prefix + "Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings", "policy", context);
    parse_connections(view, root + "\\Connections", context);
    parse_wpad(view, root + "\\Wpad\\*", context);
}

}
