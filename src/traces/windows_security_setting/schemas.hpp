// Rows of security settings, firewall rules, event channels and trusted documents. Not the code that fills them.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_security_setting {

struct SettingRow {
    Symbol area, name, hive, user, control_set;
    std::string_view value;
    Symbol usual;
    std::optional<bool> is_usual;
    bool is_weaker = false;
    Symbol attack, meaning;
    std::string_view key_path;
    Timestamp key_written_at;
};
inline constexpr auto setting_schema = schema("windows.security_setting",
    "Settings that make the machine safer or weaker, as far as they are written down; what is absent is Windows' own",
    field("area", &SettingRow::area,
        "firewall, defender, smartscreen, service, uac, lockout, credentials, network, installer, powershell, scripts, "
        "logging, office, application_control, encryption, monitoring, recovery, updates or traces"),
    field("name", &SettingRow::name, "Name of the value, or of the key where the key itself is the setting"),
    field("hive", &SettingRow::hive, "system, software or user"),
    field("user", &SettingRow::user, "Account whose hive it is"),
    field("control_set", &SettingRow::control_set, "Control set that holds it (SYSTEM)"),
    field("value", &SettingRow::value, "Content as text; at most 4,096 bytes of it"),
    field("usual", &SettingRow::usual, "Contents Windows itself puts there, joined with |; absent where none is known"),
    field("is_usual", &SettingRow::is_usual, "The content is one of those"),
    field("is_weaker", &SettingRow::is_weaker, "The content is one that weakens the machine"),
    field("attack", &SettingRow::attack, "ATT&CK technique that sets it so"),
    field("meaning", &SettingRow::meaning, "What the setting does"),
    field("key_path", &SettingRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &SettingRow::key_written_at,
        "Last write of the key, UTC: of any of its values, not only this one"));

struct FirewallRuleRow {
    Symbol source, control_set;
    std::string_view id;
    Symbol version, action;
    std::optional<bool> is_active;
    Symbol direction, protocol;
    std::string_view profiles, local_ports, remote_ports, local_addresses, remote_addresses, application;
    Symbol service;
    std::string_view name, description, group, package, users, other;
    Timestamp key_written_at;
};
inline constexpr auto firewall_rule_schema = schema("windows.firewall_rule", "Rules of the Windows firewall",
    field("source", &FirewallRuleRow::source,
        "local; app (added by packaged apps); service (hardening of services); policy; old (list of XP)"),
    field("control_set", &FirewallRuleRow::control_set, "Control set that holds it (SYSTEM)"),
    field("id", &FirewallRuleRow::id, "Name of the value: a GUID for rules that programs and people added"),
    field("version", &FirewallRuleRow::version, "Version of the rule's form"),
    field("action", &FirewallRuleRow::action, "Allow, Block or ByPass"),
    field("is_active", &FirewallRuleRow::is_active, "The rule is on"),
    field("direction", &FirewallRuleRow::direction, "In or Out"),
    field("protocol", &FirewallRuleRow::protocol, "tcp, udp, icmp, icmp6 or the number; absent: every one"),
    field("profiles", &FirewallRuleRow::profiles, "Domain, Private, Public; absent: all"),
    field("local_ports", &FirewallRuleRow::local_ports, "Ports of this machine; absent: all"),
    field("remote_ports", &FirewallRuleRow::remote_ports, "Ports of the other; absent: all"),
    field("local_addresses", &FirewallRuleRow::local_addresses, "Addresses of this machine; absent: all"),
    field("remote_addresses", &FirewallRuleRow::remote_addresses, "Addresses of the other; absent: all"),
    field("application", &FirewallRuleRow::application, "Program; absent: every one"),
    field("service", &FirewallRuleRow::service, "Service; * every service"),
    field("name", &FirewallRuleRow::name, "Name; begins with @ when it is in a library"),
    field("description", &FirewallRuleRow::description, "Description"),
    field("group", &FirewallRuleRow::group, "Group it is part of (EmbedCtxt)"),
    field("package", &FirewallRuleRow::package, "Packaged app: its SID"),
    field("users", &FirewallRuleRow::users, "Owner and accounts it is for (LUOwn, LUAuth, RUAuth)"),
    field("other", &FirewallRuleRow::other, "All fields without a column, as written"),
    field("key_written_at", &FirewallRuleRow::key_written_at, "Last write of the whole list, UTC"));

struct ChannelRow {
    Symbol source, control_set;
    std::string_view name;
    std::optional<bool> is_enabled;
    std::optional<std::uint64_t> max_bytes;
    std::string_view file;
    std::optional<bool> is_file_usual;
    std::optional<std::uint32_t> retention;
    std::optional<bool> is_archived;
    std::string_view access, publisher;
    Timestamp key_written_at;
};
inline constexpr auto channel_schema = schema("windows.event_channel", "Event logs: on or off, how large, where",
    field("source", &ChannelRow::source, "channels (WINEVT\\Channels), services (Services\\EventLog), policy"),
    field("control_set", &ChannelRow::control_set, "Control set that holds it (services)"),
    field("name", &ChannelRow::name, "Name of the log"), field("is_enabled", &ChannelRow::is_enabled, "The log is on"),
    field("max_bytes", &ChannelRow::max_bytes, "Largest size; absent: 1 MiB, or what the service says"),
    field("file", &ChannelRow::file, "File it is written to, where one is named"),
    field("is_file_usual", &ChannelRow::is_file_usual,
        "That is the file of that name in winevt\\Logs, or an old one in config"),
    field("retention", &ChannelRow::retention, "0 overwrites the oldest events, 4294967295 keeps them and stops"),
    field("is_archived", &ChannelRow::is_archived, "A full log is put aside and a new one begun"),
    field("access", &ChannelRow::access, "Who may read and write it (SDDL)"),
    field("publisher", &ChannelRow::publisher, "Provider that owns it"),
    field("key_written_at", &ChannelRow::key_written_at, "Last write of the key, UTC"));

struct TrustedDocumentRow {
    Symbol user, version, program;
    std::string_view document;
    Timestamp trusted_at;
    std::optional<std::uint32_t> flags;
    std::optional<bool> runs_macros;
    Timestamp key_written_at;
};
inline constexpr auto trusted_document_schema = schema("windows.office_trusted_document",
    "Documents for which a user allowed editing or macros (Office, Trusted Documents\\TrustRecords)",
    field("user", &TrustedDocumentRow::user, "Account whose hive it is"),
    field("version", &TrustedDocumentRow::version, "Version of Office: 16.0"),
    field("program", &TrustedDocumentRow::program, "Word, Excel …"),
    field("document", &TrustedDocumentRow::document, "Path or address of the document, as Office writes it"),
    field("trusted_at", &TrustedDocumentRow::trusted_at, "When the user said yes for the first time, UTC"),
    field("flags", &TrustedDocumentRow::flags, "1: editing allowed; 2147483647: macros allowed, too"),
    field("runs_macros", &TrustedDocumentRow::runs_macros, "Macros (all content) were allowed"),
    field("key_written_at", &TrustedDocumentRow::key_written_at, "Last write of the list, UTC"));

}
