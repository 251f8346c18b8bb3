#include "bytes/byte_reader.hpp"
#include "traces/registry_keys.hpp"
#include "traces/registry_values.hpp"
#include "traces/windows_network_settings/parts.hpp"
#include "traces/windows_network_settings/schemas.hpp"
#include <array>

namespace konseki::windows_network_settings {

namespace {

// Address of four bytes, size of the hardware address, the address itself.
std::string gateway_mac(RegistryValues const& values)
{
    auto const* value = values.find("DhcpGatewayHardware");
    if (value == nullptr)
        return {};
    ByteReader reader { value->content, value->offset };
    reader.skip(4, "network.gateway.address");
    auto const size = reader.u32("network.gateway.size");
    return mac_text(reader.take(size, "network.gateway.mac"));
}

Timestamp unix_time(std::optional<std::uint64_t> seconds)
{
    return seconds && *seconds != 0 ? Timestamp::from_unix_seconds(static_cast<std::uint32_t>(*seconds)) : Timestamp {};
}

struct Interface {
    std::string_view control_set, id, name, hint;
};

void emit_interface(HiveView const& view, FoundKey const& found, Interface const& which, ParseContext& context)
{
    RegistryValues const values { view.hive, found.key, context.diagnostics };
    if (values.all().empty())
        return;
    auto const address = values.text("IPAddress"), mask = values.text("SubnetMask");
    auto const gateway = values.text("DefaultGateway"), servers = values.text("NameServer");
    auto const dhcp_address = values.text("DhcpIPAddress"), dhcp_mask = values.text("DhcpSubnetMask");
    auto const dhcp_gateway = values.text("DhcpDefaultGateway"), dhcp_server = values.text("DhcpServer");
    auto const dhcp_servers = values.text("DhcpNameServer"), domain = values.text("Domain");
    auto const dhcp_domain = values.text("DhcpDomain"), mac = gateway_mac(values);
    InterfaceRow row;
    row.control_set = which.control_set;
    row.id = which.id;
    row.name = unless_empty(which.name);
    row.network_hint = unless_empty(which.hint);
    row.is_dhcp = as_flag(values.number("EnableDHCP"));
    row.address = unless_empty(address);
    row.mask = unless_empty(mask);
    row.gateway = unless_empty(gateway);
    row.name_servers = unless_empty(servers);
    row.dhcp_address = unless_empty(dhcp_address);
    row.dhcp_mask = unless_empty(dhcp_mask);
    row.dhcp_gateway = unless_empty(dhcp_gateway);
    row.dhcp_server = unless_empty(dhcp_server);
    row.dhcp_name_servers = unless_empty(dhcp_servers);
    row.domain = unless_empty(domain);
    row.dhcp_domain = unless_empty(dhcp_domain);
    row.gateway_mac = unless_empty(mac);
    row.lease_obtained_at = unix_time(values.number("LeaseObtainedTime"));
    row.lease_ends_at = unix_time(values.number("LeaseTerminatesTime"));
    row.key_path = found.path;
    row.key_written_at = found.key.written_at;
    context.traces.emit(interface_schema, origin_of(found.key), row);
}

std::string connection_name(HiveView const& view, std::string_view set, std::string_view id)
{
    auto const key = view.hive.find(
        format("{}\\Control\\Network\\{{4D36E972-E325-11CE-BFC1-08002BE10318}}\\{}\\Connection", set, id));
    auto const name = key ? view.hive.value(*key, "Name") : std::nullopt;
    return name ? regf::value_text(*name) : std::string {};
}

}

void parse_interfaces(HiveView const& view, ParseContext& context)
{
    for (auto const& set : view.control_sets) {
        auto const path = set + "\\Services\\Tcpip\\Parameters\\Interfaces\\*";
        for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
            auto const name = connection_name(view, set, found.key.name);
            emit_interface(view, found, { set, found.key.name, name, {} }, context);
            for (auto const& child : view.hive.subkeys(found.key, context.diagnostics)) {
                auto const hint = network_hint(child.name);
                FoundKey const lease { child, found.path + "\\" + child.name };
                emit_interface(view, lease, { set, found.key.name, name, hint.empty() ? child.name : hint }, context);
            }
        }
    }
}

void parse_port_proxies(HiveView const& view, ParseContext& context)
{
    for (auto const& set : view.control_sets) {
        auto const path = set + "\\Services\\PortProxy\\*\\*";
        for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
            auto const parts = split(found.path, '\\');
            for (auto const& value : view.hive.values(found.key, context.diagnostics)) {
                auto const connect = regf::value_text(value);
                context.traces.emit(port_proxy_schema, origin_of(value),
                    PortProxyRow { std::string_view(set), parts[parts.size() - 2], std::string_view(found.key.name),
                        value.name, unless_empty(connect), found.key.written_at });
            }
        }
    }
}

}
