// Rows of networks, interfaces, port forwarding and proxies. Not the code that fills them.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_network_settings {

struct ProfileRow {
    std::string_view id, name, description;
    Symbol category, medium;
    std::optional<bool> is_managed;
    LocalTime created_at, last_connected_at;
    std::string_view gateway_mac, dns_suffix, first_network;
    Timestamp key_written_at;
};
inline constexpr auto profile_schema
    = schema("windows.network.profile", "Networks the machine was connected to (NetworkList\\Profiles of SOFTWARE)",
        field("id", &ProfileRow::id, "GUID of the profile"),
        field("name", &ProfileRow::name, "ProfileName: SSID, DNS domain or \"Network 2\"; people may change it"),
        field("description", &ProfileRow::description, "Description: the first name"),
        field("category", &ProfileRow::category, "public, private or domain"),
        field("medium", &ProfileRow::medium, "wired, wireless, mobile, vpn, or the number as written"),
        field("is_managed", &ProfileRow::is_managed, "A domain's network"),
        field("created_at", &ProfileRow::created_at, "First connection, in the machine's local time"),
        field("last_connected_at", &ProfileRow::last_connected_at, "Last connection, in the machine's local time"),
        field("gateway_mac", &ProfileRow::gateway_mac, "Default gateway's network card, from the signature"),
        field("dns_suffix", &ProfileRow::dns_suffix, "DNS suffix, from the signature"),
        field("first_network", &ProfileRow::first_network, "Name of the network when it was first seen"),
        field("key_written_at", &ProfileRow::key_written_at, "Last write of the profile's key, UTC"));

struct SignatureRow {
    Symbol kind;
    std::string_view id, profile, gateway_mac, dns_suffix, description, first_network;
    Timestamp key_written_at;
};
inline constexpr auto signature_schema = schema("windows.network.signature",
    "How Windows tells networks apart (NetworkList\\Signatures of SOFTWARE); stays when a profile is removed",
    field("kind", &SignatureRow::kind, "Managed (domain) or Unmanaged"),
    field("id", &SignatureRow::id, "Name of the key"), field("profile", &SignatureRow::profile, "GUID of the profile"),
    field("gateway_mac", &SignatureRow::gateway_mac, "Default gateway's network card"),
    field("dns_suffix", &SignatureRow::dns_suffix, "DNS suffix"),
    field("description", &SignatureRow::description, "Description"),
    field("first_network", &SignatureRow::first_network, "Name of the network when it was first seen"),
    field("key_written_at", &SignatureRow::key_written_at, "Last write of the key, UTC"));

struct InterfaceRow {
    Symbol control_set;
    std::string_view id, name, network_hint;
    std::optional<bool> is_dhcp;
    std::string_view address, mask, gateway, name_servers;
    std::string_view dhcp_address, dhcp_mask, dhcp_gateway, dhcp_server, dhcp_name_servers, domain, dhcp_domain;
    std::string_view gateway_mac;
    Timestamp lease_obtained_at, lease_ends_at;
    std::string_view key_path;
    Timestamp key_written_at;
};
inline constexpr auto interface_schema = schema("windows.network.interface",
    "Addresses of the machine's network interfaces (Tcpip\\Parameters\\Interfaces of SYSTEM), also of earlier networks",
    field("control_set", &InterfaceRow::control_set, "Control set that holds it"),
    field("id", &InterfaceRow::id, "GUID of the interface"),
    field("name", &InterfaceRow::name, "Name of the connection: \"Ethernet\""),
    field("network_hint", &InterfaceRow::network_hint, "SSID of a wireless network whose last lease this row keeps"),
    field("is_dhcp", &InterfaceRow::is_dhcp, "EnableDHCP"),
    field("address", &InterfaceRow::address, "IPAddress that was set by hand"),
    field("mask", &InterfaceRow::mask, "SubnetMask"), field("gateway", &InterfaceRow::gateway, "DefaultGateway"),
    field("name_servers", &InterfaceRow::name_servers, "NameServer: DNS servers set by hand, go before those of DHCP"),
    field("dhcp_address", &InterfaceRow::dhcp_address, "Address of the last lease"),
    field("dhcp_mask", &InterfaceRow::dhcp_mask, "Subnet mask of the last lease"),
    field("dhcp_gateway", &InterfaceRow::dhcp_gateway, "Gateway of the last lease"),
    field("dhcp_server", &InterfaceRow::dhcp_server, "DHCP server that gave it"),
    field("dhcp_name_servers", &InterfaceRow::dhcp_name_servers, "DNS servers of the last lease"),
    field("domain", &InterfaceRow::domain, "Domain set by hand"),
    field("dhcp_domain", &InterfaceRow::dhcp_domain, "Domain of the last lease"),
    field("gateway_mac", &InterfaceRow::gateway_mac, "DhcpGatewayHardware: the gateway's network card"),
    field("lease_obtained_at", &InterfaceRow::lease_obtained_at, "When the last lease was given, UTC"),
    field("lease_ends_at", &InterfaceRow::lease_ends_at, "When the last lease ended or will end, UTC"),
    field("key_path", &InterfaceRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &InterfaceRow::key_written_at, "Last write of the key, UTC"));

struct PortProxyRow {
    Symbol control_set, direction, protocol;
    std::string_view listen, connect;
    Timestamp key_written_at;
};
inline constexpr auto port_proxy_schema
    = schema("windows.network.port_proxy", "Ports the machine forwards to another address (netsh interface portproxy)",
        field("control_set", &PortProxyRow::control_set, "Control set that holds it"),
        field("direction", &PortProxyRow::direction, "v4tov4, v4tov6, v6tov4 or v6tov6"),
        field("protocol", &PortProxyRow::protocol, "tcp"),
        field("listen", &PortProxyRow::listen, "Address and port it listens on; * for every address"),
        field("connect", &PortProxyRow::connect, "Address and port it connects to"),
        field("key_written_at", &PortProxyRow::key_written_at, "Last write of the list, UTC"));

struct ProxyRow {
    Symbol hive, user, source;
    std::string_view name;
    std::optional<bool> is_enabled, detects;
    std::string_view server, bypass, script_url;
    Timestamp decided_at;
    std::optional<std::uint32_t> change_count;
    std::string_view key_path;
    Timestamp key_written_at;
};
inline constexpr auto proxy_schema = schema("windows.network.proxy",
    "Web proxies set, or found by WPAD (Internet Settings of SOFTWARE and NTUSER.DAT)",
    field("hive", &ProxyRow::hive, "software (the machine) or user"),
    field("user", &ProxyRow::user, "Account whose hive it is"),
    field("source", &ProxyRow::source,
        "settings: Internet Settings; connections: its binary twin, which Windows obeys; winhttp: services; policy; "
        "wpad: what was found in a network"),
    field("name", &ProxyRow::name, "Connection or network it is for"),
    field("is_enabled", &ProxyRow::is_enabled, "A proxy server is used"),
    field("detects", &ProxyRow::detects, "The proxy is looked for (WPAD)"),
    field("server", &ProxyRow::server, "Proxy server"), field("bypass", &ProxyRow::bypass, "Addresses without it"),
    field("script_url", &ProxyRow::script_url, "Address of the configuration script (PAC)"),
    field("decided_at", &ProxyRow::decided_at, "WpadDecisionTime: when it was last looked for there, UTC"),
    field("change_count", &ProxyRow::change_count, "How often the settings were changed (connections, winhttp)"),
    field("key_path", &ProxyRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &ProxyRow::key_written_at, "Last write of the key, UTC"));

}
