// Settings as intruders leave them: what is not scanned, not logged, let in, forwarded, trusted or hidden.
// Not the judgement of how well a machine is set up: analysers/posture.
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state {

namespace {

bool is_in(std::string_view list, std::string_view text) // list joined with "|"
{
    for (auto const one : split(list, '|'))
        if (equals_ignoring_case(one, text))
            return true;
    return false;
}

// Only the control set that was in use, where the hive says which.
std::string in_use(Hosts const& hosts, std::string_view table)
{
    if (!hosts.has_table("windows.machine.name"))
        return "true";
    return format("({0}.control_set IS NULL OR NOT EXISTS (SELECT 1 FROM windows_machine_name m WHERE m.evidence = "
                  "{0}.evidence AND m.is_current AND m.control_set <> {0}.control_set))",
        table);
}

Item& setting_item(Hosts& hosts, std::string_view identity, std::string const& title, TraceId trace, Timestamp at,
    std::string_view attack)
{
    auto& item = hosts.of_evidence(trace.evidence).item(ItemKind::setting, identity, trace);
    if (item.title.empty()) {
        item.title = title;
        item.attack = { std::string(attack) };
    }
    note_time(item, at);
    return item;
}

// What an exclusion that names no folder of its own leaves out.
bool is_wide_exclusion(std::string_view kind, std::string_view name)
{
    if (kind == "extensions")
        return is_in("exe|dll|ps1|vbs|js|bat|cmd|scr|sys|hta|msi|lnk|*", name.starts_with('.') ? name.substr(1) : name);
    if (kind == "processes")
        return is_in("powershell.exe|pwsh.exe|cmd.exe|wscript.exe|cscript.exe|mshta.exe|rundll32.exe|regsvr32.exe|"
                     "explorer.exe|svchost.exe|*|*.exe",
            file_name_of(name));
    auto path = normalised_path(name);
    while (!path.empty() && (path.back() == '\\' || path.back() == '*'))
        path.pop_back();
    constexpr std::string_view wide
        = "|c:|d:|e:|\\users|\\windows|\\windows\\system32|\\programdata|\\program files|\\program files (x86)";
    return is_in(wide, path);
}

void add_exclusion(Hosts& hosts, TraceId trace, std::string_view kind, std::string_view name, Timestamp at)
{
    auto& item = setting_item(hosts, format("exclusion|{}|{}", kind, normalised_path(name)),
        format("Not scanned by Defender: {}", name), trace, at, "T1562.001");
    if (is_wide_exclusion(kind, name)) {
        add_term(item, "command.scan_exclusion_wide", std::string(name), trace);
        add_term(item, "location.unusual", "an exclusion of the malware protection", trace);
        return;
    }
    auto path = normalised_path(name);
    while (!path.empty() && (path.back() == '\\' || path.back() == '*'))
        path.pop_back();
    if (kind == "extensions" || path.find('\\') == std::string::npos) {
        add_term(item, "location.scan_exclusion", std::string(name), trace);
        return;
    }
    bool const is_file = !extension_of(path).empty();
    item.target = is_file ? path : path + "\\*"; // files of the folder lift it, and it lifts them
    auto const words = writable_place(path + "\\");
    if (words.empty()) {
        add_term(item, "location.scan_exclusion", std::string(name), trace);
        return;
    }
    add_term(item, "location.scan_exclusion_writable", std::string(name), trace);
    bool const is_profile = words == "a user's profile" || words == "ProgramData" || words == "the root of the drive";
    auto const* const feature = words == "a temporary folder" ? "path.temporary"
        : is_profile                                          ? "path.user_writable"
                                                              : "path.odd_place";
    add_term(item, feature, std::string(words), trace);
}

constexpr std::string_view protection_values
    = "DisableAntiSpyware|DisableAntiVirus|DisableRealtimeMonitoring|DisableBehaviorMonitoring|"
      "DisableOnAccessProtection|DisableScanOnRealtimeEnable|DisableIOAVProtection|DisableScriptScanning|"
      "DisableIntrusionPreventionSystem|DisableRoutinelyTakingAction|AmsiEnable";

struct SettingText { // views the rows until the next one
    TraceId trace {};
    std::string_view area, name, value;
    std::string path {}; // lower case, begins with a separator
    Timestamp at {};
};

bool is_service_of(std::string_view path, std::string_view services)
{
    auto const name = path.substr(path.rfind('\\') + 1);
    return path.find("\\services\\") != std::string_view::npos && is_in(services, name);
}

// Rows that are weaker than usual.
void add_setting(Hosts& hosts, SettingText const& setting)
{
    auto const trace = setting.trace;
    auto const content = format("{} = {}", setting.name, setting.value);
    constexpr std::string_view exclusions = "\\exclusions\\";
    if (auto const place = setting.path.find(exclusions); setting.area == "defender" && place != std::string::npos) {
        add_exclusion(hosts, trace, setting.path.substr(place + exclusions.size()), setting.name, setting.at);
    } else if (is_in(protection_values, setting.name)
        || is_service_of(setting.path, "windefend|wdfilter|sense|securityhealthservice")
        || setting.path.find("\\autologger\\defender") != std::string::npos) {
        auto& item
            = setting_item(hosts, "protection-off", "Malware protection switched off", trace, setting.at, "T1562.001");
        auto const detail = setting.name == "Start"
            ? format("{}: {}", setting.path.substr(setting.path.rfind('\\') + 1), content)
            : content;
        add_term(item, "contradiction.protection_off", detail, trace);
    } else if (is_service_of(setting.path, "eventlog")
        || setting.path.find("\\autologger\\eventlog-") != std::string::npos) {
        auto const name = setting.path.substr(setting.path.rfind('\\') + 1);
        auto& item = setting_item(hosts, format("log-off|{}", name), format("Event logging switched off: {}", name),
            trace, setting.at, "T1562.002");
        add_term(item, "contradiction.log_off", content, trace);
    } else if (equals_ignoring_case(setting.name, "MiniNt")) {
        auto& item = setting_item(hosts, "minint", "Key MiniNt of the control set", trace, setting.at, "T1562.002");
        add_term(item, "contradiction.setup_key", "MiniNt", trace);
    } else if (setting.name == "UseLogonCredential") {
        auto& item
            = setting_item(hosts, "wdigest", "WDigest keeps passwords readable in memory", trace, setting.at, "T1112");
        add_term(item, "location.clear_passwords", content, trace);
    } else if (setting.path.ends_with("\\specialaccounts\\userlist")) {
        auto& item = hosts.of_evidence(trace.evidence).item(ItemKind::account, setting.name, trace);
        if (item.title.empty())
            item.title = format("Account {}", setting.name);
        if (item.attack.empty())
            item.attack = { "T1564.002" };
        note_time(item, setting.at);
        add_term(item, "contradiction.hidden_at_logon", content, trace);
    }
}

Result<void> gather_weaker(Hosts& hosts)
{
    if (!hosts.has_table("windows.security_setting"))
        return {};
    auto rows = TRY(hosts.query(
        format("SELECT evidence, \"offset\", area, coalesce(name, ''), coalesce(value, ''), coalesce(key_path, ''), "
               "key_written_at FROM windows_security_setting s WHERE is_weaker AND NOT recovered AND {} "
               "ORDER BY evidence, \"offset\"",
            in_use(hosts, "s"))));
    while (rows.next()) {
        SettingText const setting { rows.trace(0), rows.text(2), rows.text(3), rows.text(4),
            "\\" + ascii_lower(rows.text(5)), rows.time(6) };
        add_setting(hosts, setting);
    }
    return rows.status();
}

// Logs that Windows has on and that tell of intruders.
constexpr std::string_view watched_logs
    = "Security|System|Application|Windows PowerShell|Microsoft-Windows-PowerShell/Operational|"
      "Microsoft-Windows-Sysmon/Operational|Microsoft-Windows-Windows Defender/Operational|"
      "Microsoft-Windows-WMI-Activity/Operational|Microsoft-Windows-Bits-Client/Operational|"
      "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational|"
      "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational|"
      "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall|Microsoft-Windows-WinRM/Operational";

Result<void> gather_channels(Hosts& hosts)
{
    if (!hosts.has_table("windows.event_channel"))
        return {};
    auto rows = TRY(hosts.query(
        format("SELECT evidence, \"offset\", name, coalesce(file, ''), key_written_at, coalesce(is_enabled, true), "
               "coalesce(is_file_usual, true), coalesce(max_bytes, 0) FROM windows_event_channel c WHERE NOT "
               "recovered AND name IS NOT NULL AND {} ORDER BY evidence, \"offset\"",
            in_use(hosts, "c"))));
    constexpr std::uint64_t tiny_bytes = 1'048'576; // the least that the event viewer lets people choose
    while (rows.next()) {
        auto const name = std::string(rows.text(2));
        bool const is_tiny
            = rows.unsigned_integer(7) != 0 && rows.unsigned_integer(7) < tiny_bytes && name == "Security";
        if (!is_in(watched_logs, name) || (rows.boolean(5) && rows.boolean(6) && !is_tiny))
            continue;
        auto const trace = rows.trace(0);
        auto& item = setting_item(
            hosts, format("channel|{}", name), format("Event log {}", name), trace, rows.time(4), "T1562.002");
        if (!rows.boolean(5))
            add_term(item, "contradiction.log_off", name, trace);
        if (!rows.boolean(6))
            add_term(item, "contradiction.log_elsewhere", std::string(rows.text(3)), trace);
        if (is_tiny)
            add_term(item, "contradiction.log_tiny", format("{} bytes", rows.unsigned_integer(7)), trace);
    }
    return rows.status();
}

// What Windows itself audits and somebody switched off: one item, for one command does it all.
Result<void> gather_audit_policy(Hosts& hosts)
{
    if (!hosts.has_table("windows.audit_policy"))
        return {};
    auto rows = TRY(hosts.query("SELECT evidence, \"offset\", coalesce(subcategory, ''), key_written_at FROM "
                                "windows_audit_policy WHERE is_on_by_default AND NOT audits_success AND NOT recovered "
                                "ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& item = setting_item(hosts, "audit-policy", "Audit policy", trace, rows.time(3), "T1562.002");
        add_term(item, "contradiction.audit_off", std::string(rows.text(2)), trace);
    }
    return rows.status();
}

Result<void> gather_firewall(Hosts& hosts)
{
    if (!hosts.has_table("windows.firewall_rule"))
        return {};
    auto rows = TRY(hosts.query(
        format("SELECT evidence, \"offset\", application, coalesce(name, ''), key_written_at FROM "
               "windows_firewall_rule f WHERE NOT recovered AND direction = 'In' AND action = 'Allow' AND "
               "coalesce(is_active, true) AND package IS NULL AND application IS NOT NULL AND source IN ('local', "
               "'policy') AND {} ORDER BY evidence, \"offset\"",
            in_use(hosts, "f"))));
    while (rows.next()) {
        auto const path = normalised_path(rows.text(2));
        if (path.find('\\') == std::string::npos || is_in_system_folder(path) || is_in_program_folder(path))
            continue; // System, and what administrators install
        auto const trace = rows.trace(0);
        auto& item = setting_item(hosts, format("firewall|{}", path), format("Firewall lets in: {}", rows.text(2)),
            trace, {}, "T1562.004"); // the time is that of the whole list
        item.command = rows.text(2); // judged by its folder and name, joined with the program
        add_term(item, "location.let_in", std::string(rows.text(3)), trace);
    }
    return rows.status();
}

std::string_view port_of(std::string_view address) // "0.0.0.0/8443"
{
    return address.substr(std::min(address.find_last_of("/:") + 1, address.size()));
}

Result<void> gather_port_proxies(Hosts& hosts)
{
    if (!hosts.has_table("windows.network.port_proxy"))
        return {};
    auto rows = TRY(hosts.query(format("SELECT evidence, \"offset\", coalesce(listen, ''), coalesce(connect, ''), "
                                       "key_written_at FROM windows_network_port_proxy p WHERE NOT recovered AND {} "
                                       "ORDER BY evidence, \"offset\"",
        in_use(hosts, "p"))));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto const way = format("{} to {}", rows.text(2), rows.text(3));
        auto& item = setting_item(
            hosts, format("port-proxy|{}", way), format("Port forwarding {}", way), trace, rows.time(4), "T1090.001");
        // What a tool of the house forwards is the same on its hosts; others have ports of their own.
        item.key = format("setting|port-proxy|{} to {}", port_of(rows.text(2)), port_of(rows.text(3)));
        add_term(item, "location.port_forward", way, trace);
    }
    return rows.status();
}

Result<void> gather_certificates(Hosts& hosts)
{
    if (!hosts.has_table("windows.certificate"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT evidence, \"offset\", store, coalesce(thumbprint, ''), coalesce(subject, ''), key_written_at, "
        "coalesce(has_private_key, false) FROM windows_certificate WHERE NOT recovered AND is_self_issued AND "
        "lower(store) IN ('root', 'trustedpublisher') AND (lower(store) = 'trustedpublisher' OR "
        "usages LIKE '%code signing%') ORDER BY evidence, "
        "\"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& item = setting_item(hosts, format("certificate|{}", rows.text(4)),
            format("Self-signed certificate trusted for programs: {}", rows.text(4)), trace, rows.time(5), "T1553.004");
        add_term(item, "location.trusted_certificate", format("{} in {}", rows.text(3), rows.text(2)), trace);
    }
    return rows.status();
}

Result<void> gather_remote_desktop(Hosts& hosts)
{
    if (!hosts.has_table("windows.remote_desktop.server"))
        return {};
    auto rows = TRY(hosts.query(
        format("SELECT evidence, \"offset\", key_written_at, coalesce(single_session_per_user, true), "
               "coalesce(shadow, 0), coalesce(port, 3389), coalesce(restricted_admin_disabled, true), place, "
               "lower(coalesce(name, '')) FROM windows_remote_desktop_server r WHERE NOT recovered AND {} "
               "ORDER BY evidence, \"offset\"",
            in_use(hosts, "r"))));
    while (rows.next()) {
        auto const shadow = rows.unsigned_integer(4);
        bool const is_listener = rows.text(7) != "listener" || rows.text(8) == "rdp-tcp";
        bool const is_shadowed = is_listener && (shadow == 2 || shadow == 4);
        bool const is_moved = is_listener && rows.unsigned_integer(5) != 3'389;
        if (rows.boolean(3) && !is_shadowed && !is_moved && rows.boolean(6))
            continue;
        auto const trace = rows.trace(0);
        auto& item
            = setting_item(hosts, "remote-desktop", "Settings of remote desktop", trace, rows.time(2), "T1021.001");
        if (!rows.boolean(3))
            add_term(item, "location.rdp_sessions", "fSingleSessionPerUser = 0", trace);
        if (is_shadowed)
            add_term(item, "location.rdp_shadow", format("Shadow = {}", shadow), trace);
        if (is_moved)
            add_term(item, "location.rdp_port", format("{}", rows.unsigned_integer(5)), trace);
        if (!rows.boolean(6))
            add_term(item, "location.rdp_hash", "DisableRestrictedAdmin = 0", trace);
    }
    return rows.status();
}

// Names that malware takes over so that updates and scanners fail.
bool is_of_protection(std::string_view name)
{
    constexpr std::string_view domains
        = "windowsupdate.com|update.microsoft.com|wdcp.microsoft.com|definitionupdates.microsoft.com|"
          "symantec.com|norton.com|mcafee.com|trellix.com|kaspersky.com|trendmicro.com|sophos.com|eset.com|"
          "nod32.com|avast.com|avg.com|bitdefender.com|f-secure.com|withsecure.com|malwarebytes.com|virustotal.com|"
          "avira.com|drweb.com|crowdstrike.com|sentinelone.net|pandasecurity.com|cylance.com|fireeye.com|"
          "jpcert.or.jp|clamav.net|gdatasoftware.com";
    for (auto const domain : split(domains, '|'))
        if (name == domain || (name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.'))
            return true;
    return false;
}

bool is_own_address(std::string_view address)
{
    return address == "127.0.0.1" || address == "::1" || address == "0.0.0.0";
}

Result<void> gather_host_names(Hosts& hosts)
{
    if (!hosts.has_table("windows.hosts_file.entry"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT evidence, \"offset\", name, address FROM windows_hosts_file_entry ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const name = ascii_lower(rows.text(2));
        bool const is_usual = name == "localhost" && is_own_address(rows.text(3));
        if (is_usual)
            continue;
        auto const trace = rows.trace(0);
        auto& item = setting_item(hosts, format("hosts|{}", name),
            format("hosts file: {} is {}", rows.text(2), rows.text(3)), trace, {}, "T1565.001");
        item.location = "W89";
        add_term(item, "location.unusual", "an entry of the hosts file", trace);
        if (is_of_protection(name))
            add_term(item, "contradiction.name_taken_over", name, trace);
    }
    return rows.status();
}

}

Result<void> gather_settings(Hosts& hosts)
{
    TRY(gather_host_names(hosts));
    TRY(gather_weaker(hosts));
    TRY(gather_channels(hosts));
    TRY(gather_audit_policy(hosts));
    TRY(gather_firewall(hosts));
    TRY(gather_port_proxies(hosts));
    TRY(gather_certificates(hosts));
    return gather_remote_desktop(hosts);
}

}
