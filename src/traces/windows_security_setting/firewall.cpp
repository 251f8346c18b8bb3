#include "traces/registry_values.hpp"
#include "traces/windows_security_setting/parts.hpp"
#include <array>

namespace konseki::windows_security_setting {

namespace {

constexpr std::string_view policy = "Services\\SharedAccess\\Parameters\\FirewallPolicy\\";

struct Place {
    std::string_view source, path; // below a control set
};
constexpr std::array<Place, 5> places { {
    { "local", "FirewallRules" },
    { "app", "RestrictedServices\\AppIso\\FirewallRules" },
    { "service", "RestrictedServices\\Configurable\\System" },
    { "service", "RestrictedServices\\Static\\System" },
    { "service", "RestrictedServices\\Configurable\\System\\FirewallRules" },
} };

Symbol protocol_of(std::string_view number)
{
    if (number == "6")
        return "tcp";
    if (number == "17")
        return "udp";
    if (number == "1")
        return "icmp";
    return number == "58" ? Symbol("icmp6") : Symbol(number);
}

void add(std::string& list, std::string_view item)
{
    list += (list.empty() ? "" : ",") + std::string(item);
}

// Fields that may be there several times; true when it was one.
bool add_repeated(std::string_view field, std::string_view content, RuleTexts& texts)
{
    if (field == "Profile")
        add(texts.profiles, content);
    else if (field.starts_with("LPort"))
        add(texts.local_ports, content);
    else if (field.starts_with("RPort"))
        add(texts.remote_ports, content);
    else if (field == "LA4" || field == "LA6")
        add(texts.local_addresses, content);
    else if (field == "RA4" || field == "RA6")
        add(texts.remote_addresses, content);
    else if (field == "LUOwn" || field == "LUAuth" || field == "RUAuth")
        add(texts.users, content);
    else
        return false;
    return true;
}

void parse_rules(HiveView const& view, std::string const& path, FirewallRuleRow row, ParseContext& context)
{
    for (auto const& found : keys_at(view.hive, path, context.diagnostics)) {
        row.key_written_at = found.key.written_at;
        for (auto const& value : view.hive.values(found.key, context.diagnostics)) {
            auto const rule = regf::value_text(value);
            if (rule.find("|Action=") == std::string::npos)
                continue;
            auto one = row;
            RuleTexts texts;
            one.id = value.name;
            read_rule(rule, one, texts);
            context.traces.emit(firewall_rule_schema, origin_of(value), one);
        }
    }
}

// XP: "program:addresses:enabled:name" and "3389:TCP:*:Enabled:name"; the name of the value is the beginning.
void parse_old_list(HiveView const& view, FoundKey const& found, std::string_view set, ParseContext& context)
{
    auto const parts = split(found.path, '\\');
    bool const is_port = parts[parts.size() - 2] == "GloballyOpenPorts";
    for (auto const& value : view.hive.values(found.key, context.diagnostics)) {
        auto const text = regf::value_text(value);
        if (!text.starts_with(value.name) || text.size() <= value.name.size() + 1)
            continue;
        auto const rest = split(std::string_view(text).substr(value.name.size() + 1), ':');
        auto const begin = split(value.name, ':'); // "3389:TCP"
        FirewallRuleRow row;
        row.source = "old";
        row.control_set = set;
        row.id = value.name;
        row.action = "Allow";
        row.direction = "In";
        row.profiles = parts[parts.size() - 3];
        row.remote_addresses = rest[0];
        if (rest.size() > 1)
            row.is_active = equals_ignoring_case(rest[1], "Enabled");
        if (rest.size() > 2)
            row.name = rest[2];
        auto const protocol = is_port && begin.size() > 1 ? ascii_lower(begin[1]) : std::string {};
        if (is_port) {
            row.local_ports = begin[0];
            row.protocol = unless_empty(protocol);
        } else {
            row.application = value.name;
        }
        row.key_written_at = found.key.written_at;
        context.traces.emit(firewall_rule_schema, origin_of(value), row);
    }
}

}

void read_rule(std::string_view rule, FirewallRuleRow& row, RuleTexts& storage)
{
    for (auto const part : split(rule, '|')) {
        auto const equals = part.find('=');
        if (equals == std::string_view::npos) {
            if (part.starts_with('v'))
                row.version = part;
            continue;
        }
        auto const field = part.substr(0, equals), content = part.substr(equals + 1);
        if (field == "Action")
            row.action = content;
        else if (field == "Active")
            row.is_active = equals_ignoring_case(content, "TRUE");
        else if (field == "Dir")
            row.direction = content;
        else if (field == "Protocol")
            row.protocol = protocol_of(content);
        else if (field == "App")
            row.application = content;
        else if (field == "Svc")
            row.service = content;
        else if (field == "Name")
            row.name = content;
        else if (field == "Desc")
            row.description = content;
        else if (field == "EmbedCtxt")
            row.group = content;
        else if (field == "AppPkgId")
            row.package = content;
        else if (!add_repeated(field, content, storage))
            storage.other += (storage.other.empty() ? "" : "|") + std::string(part);
    }
    row.profiles = unless_empty(storage.profiles);
    row.local_ports = unless_empty(storage.local_ports);
    row.remote_ports = unless_empty(storage.remote_ports);
    row.local_addresses = unless_empty(storage.local_addresses);
    row.remote_addresses = unless_empty(storage.remote_addresses);
    row.users = unless_empty(storage.users);
    row.other = unless_empty(storage.other);
}

void parse_firewall_rules(HiveView const& view, ParseContext& context)
{
    FirewallRuleRow row;
    for (auto const& set : view.control_sets) {
        row.control_set = std::string_view(set);
        for (auto const& place : places) {
            row.source = place.source;
            parse_rules(view, format("{}\\{}{}", set, policy, place.path), row, context);
        }
        for (std::string_view const list : { "AuthorizedApplications", "GloballyOpenPorts" }) {
            auto const path = format("{}\\{}*\\{}\\List", set, policy, list);
            for (auto const& found : keys_at(view.hive, path, context.diagnostics))
                parse_old_list(view, found, set, context);
        }
    }
    if (view.kind != HiveKind::software)
        return;
    row.source = "policy";
    row.control_set = {};
    parse_rules(view, "Policies\\Microsoft\\WindowsFirewall\\FirewallRules", row, context);
}

}
