#include "traces/windows_network_settings/registry.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include "traces/registry_keys.hpp"
#include "traces/registry_values.hpp"
#include "traces/windows_network_settings/parts.hpp"
#include <array>
#include <map>

namespace konseki::windows_network_settings {

namespace {

constexpr std::string_view network_list = "Microsoft\\Windows NT\\CurrentVersion\\NetworkList\\";

// What a profile takes from its signature; owns its text.
struct Signature {
    std::string gateway_mac, dns_suffix, first_network;
};

Symbol category_of(std::uint64_t number)
{
    constexpr std::array<std::string_view, 3> names { "public", "private", "domain" };
    return number < names.size() ? Symbol(names[number]) : Symbol("other");
}

std::string medium_of(std::uint64_t number)
{
    switch (number) {
    case 0x06: return "wired";
    case 0x17: return "vpn";
    case 0x47: return "wireless";
    case 0xf3: return "mobile";
    default: return format("{:#x}", number);
    }
}

std::map<std::string, Signature> parse_signatures(HiveView const& view, ParseContext& context)
{
    std::map<std::string, Signature> by_profile;
    auto const path = std::string(network_list) + "Signatures\\*\\*";
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        RegistryValues const values { view.hive, found.key, context.diagnostics };
        auto const profile = values.text("ProfileGuid"), description = values.text("Description");
        auto const* gateway = values.find("DefaultGatewayMac");
        Signature const signature { gateway == nullptr ? std::string {} : mac_text(gateway->content),
            values.text("DnsSuffix"), values.text("FirstNetwork") };
        auto const parts = split(found.path, '\\');
        context.traces.emit(signature_schema, origin_of(found.key),
            SignatureRow { parts[parts.size() - 2], found.key.name, unless_empty(profile),
                unless_empty(signature.gateway_mac), unless_empty(signature.dns_suffix), unless_empty(description),
                unless_empty(signature.first_network), found.key.written_at });
        by_profile.insert_or_assign(ascii_lower(profile), signature);
    }
    return by_profile;
}

LocalTime time_in(RegistryValues const& values, std::string_view name)
{
    auto const* value = values.find(name);
    return value == nullptr ? LocalTime {} : system_time(value->content);
}

void parse(HiveView const& view, ParseContext& context)
{
    if (view.kind == HiveKind::system) {
        parse_interfaces(view, context);
        parse_port_proxies(view, context);
        return;
    }
    if (view.kind == HiveKind::software)
        parse_profiles(view, context);
    parse_proxies(view, context);
}

constexpr std::array<Schema const*, 5> emitted { &profile_schema.erased, &signature_schema.erased,
    &interface_schema.erased, &port_proxy_schema.erased, &proxy_schema.erased };

}

void parse_profiles(HiveView const& view, ParseContext& context)
{
    auto const signatures = parse_signatures(view, context);
    auto const path = std::string(network_list) + "Profiles\\*";
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        RegistryValues const values { view.hive, found.key, context.diagnostics };
        auto const name = values.text("ProfileName"), description = values.text("Description");
        auto const category = values.number("Category"), medium_number = values.number("NameType");
        auto const medium = medium_number ? medium_of(*medium_number) : std::string {};
        ProfileRow row;
        row.id = found.key.name;
        row.name = unless_empty(name);
        row.description = unless_empty(description);
        row.category = category ? category_of(*category) : Symbol {};
        row.medium = unless_empty(medium);
        row.is_managed = as_flag(values.number("Managed"));
        row.created_at = time_in(values, "DateCreated");
        row.last_connected_at = time_in(values, "DateLastConnected");
        row.key_written_at = found.key.written_at;
        if (auto const signature = signatures.find(ascii_lower(found.key.name)); signature != signatures.end()) {
            row.gateway_mac = unless_empty(signature->second.gateway_mac);
            row.dns_suffix = unless_empty(signature->second.dns_suffix);
            row.first_network = unless_empty(signature->second.first_network);
        }
        context.traces.emit(profile_schema, origin_of(found.key), row);
    }
}

std::string mac_text(ByteView bytes)
{
    std::string text;
    for (std::size_t i = 0; bytes.size() == 6 && i < bytes.size(); ++i)
        append_format(text, "{}{:02x}", i == 0 ? "" : ":", std::to_integer<unsigned>(bytes[i]));
    return text;
}

LocalTime system_time(ByteView bytes)
{
    ByteReader reader { bytes };
    auto const year = reader.u16("network.year"), month = reader.u16("network.month");
    reader.skip(2, "network.day_of_week");
    auto const day = reader.u16("network.day"), hour = reader.u16("network.hour");
    auto const minute = reader.u16("network.minute"), second = reader.u16("network.second");
    auto const milliseconds = reader.u16("network.milliseconds");
    if (reader.failed() || milliseconds > 999)
        return {};
    auto const text
        = format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", year, month, day, hour, minute, second, milliseconds);
    return { Timestamp::parse(text).value_or(Timestamp {}).ticks };
}

std::string network_hint(std::string_view key_name)
{
    std::string text;
    if (key_name.size() % 2 != 0)
        return text;
    for (std::size_t i = 0; i + 1 < key_name.size(); i += 2) {
        std::string const swapped { '0', 'x', key_name[i + 1], key_name[i] };
        auto const byte = parse_uint(swapped);
        if (!byte || *byte < 0x20 || *byte > 0xff)
            return {};
        text.push_back(static_cast<char>(*byte));
    }
    return utf8::repaired(text);
}

constinit RegistryArtefact const registry_artefact {
    .name = "windows_network_settings",
    .title = "Networks, interfaces, port forwarding and proxies",
    .emits = emitted,
    .kinds = HiveKind::system | HiveKind::software | HiveKind::user,
    .parse = parse,
};

}
