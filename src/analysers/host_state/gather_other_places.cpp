// Ways to start that are neither keys of the registry nor a folder alone: programs of the logon screen, transfers with
// a command, Terminal, remote control agents, hot keys, modules of servers, programs in streams [fsa 2a: W27, W76, W82,
// W84, W91, W93, W95].
#include "analysers/host_state/gather_other_places.hpp"
#include "analysers/host_state/paths.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state {

namespace {

Item& item_at(Host& host, std::string_view number, std::string_view identity, std::string_view name, TraceId trace)
{
    auto& item = host.item(ItemKind::autostart, format("place|{}|{}", number, identity), trace);
    item.location = number;
    auto const* const location = persistence::find(number);
    if (location == nullptr)
        return item;
    item.title = format("{}: {}", location->title, name);
    if (item.attack.empty())
        item.attack.emplace_back(location->attack);
    add_term(item, location->use == persistence::Use::rare ? "location.rare" : "location.unusual",
        std::string(location->title), trace);
    return item;
}

std::string backslashed(std::string_view written)
{
    std::string path = ascii_lower(written);
    std::replace(path.begin(), path.end(), '/', '\\');
    return path;
}

// Programs that the logon screen starts, and the original names that builds of Windows gave them.
struct LogonProgram {
    std::string_view name;
    std::array<std::string_view, 3> originals;
};
constexpr std::array<LogonProgram, 7> logon_programs { {
    { "sethc.exe", { "sethc.exe", "sethc", "" } },
    { "utilman.exe", { "utilman2.exe", "utilman.exe", "utilman" } },
    { "osk.exe", { "osk.exe", "osk", "" } },
    { "magnify.exe", { "screenmagnifier.exe", "magnify.exe", "magnify" } },
    { "narrator.exe", { "sr.exe", "narrator.exe", "narrator" } },
    { "displayswitch.exe", { "displayswitch.exe", "displayswitch", "" } },
    { "atbroker.exe", { "atbroker.exe", "atbroker", "" } },
} };

std::string without_mui(std::string_view original)
{
    auto name = ascii_lower(original);
    if (name.ends_with(".mui"))
        name.resize(name.size() - 4);
    return name;
}

bool is_original_name(LogonProgram const& program, std::string_view original)
{
    return !original.empty()
        && std::find(program.originals.begin(), program.originals.end(), original) != program.originals.end();
}

Result<void> gather_logon_programs(Hosts& hosts)
{
    if (!hosts.has_table("windows.pe.file"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT p.evidence, p.\"offset\", coalesce(e.machine_path, p.path) AS place, p.original_name, p.linked_at "
        "FROM windows_pe_file p JOIN evidence e ON e.number = p.evidence WHERE regexp_matches(replace(lower(place), "
        "'/', '\\'), '\\\\(system32|syswow64)\\\\(sethc|utilman|osk|magnify|narrator|displayswitch|atbroker)\\.exe$') "
        "ORDER BY 1, 2"));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto const path = backslashed(rows.text(2));
        auto const original = without_mui(rows.text(3));
        auto const* const program
            = std::ranges::find(logon_programs, file_name_of(path), [](auto const& one) { return one.name; });
        if (program == logon_programs.end() || is_original_name(*program, original))
            continue;
        auto& item = item_at(hosts.of_evidence(trace.evidence), "W27", path, program->name, trace);
        item.command = format("C:{}", normalised_path(path));
        if (original.empty())
            add_term(item, "identity.no_version", {}, trace);
        else
            add_term(item, "identity.system_renamed", format("{} ({})", program->name, original), trace);
    }
    return rows.status();
}

Result<void> gather_transfers(Hosts& hosts)
{
    if (!hosts.has_table("windows.bits.job"))
        return {};
    auto rows = TRY(hosts.query("SELECT evidence, \"offset\", job_id, name, command, parameters, created_at FROM "
                                "windows_bits_job WHERE coalesce(command, '') <> '' ORDER BY 1, 2"));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& item = item_at(hosts.of_evidence(trace.evidence), "W76", rows.text(2),
            rows.text(3).empty() ? rows.text(2) : rows.text(3), trace);
        // The parameters are a whole command line: their first word is the program again.
        item.command = rows.text(5).empty() ? std::string(rows.text(4)) : std::string(rows.text(5));
        if (ascii_lower(item.command).find(ascii_lower(file_name_of(rows.text(4)))) == std::string::npos)
            item.command = format("{} {}", rows.text(4), item.command);
        note_time(item, rows.time(6));
    }
    return rows.status();
}

Result<void> gather_terminals(Hosts& hosts)
{
    if (!hosts.has_table("windows.terminal.profile"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT evidence, \"offset\", \"user\", name, command_line, startup_actions, coalesce(source, '') FROM "
        "windows_terminal_profile WHERE starts_at_logon AND (is_default OR startup_actions IS NOT NULL) "
        "AND NOT recovered ORDER BY 1, 2"));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& item = item_at(
            hosts.of_evidence(trace.evidence), "W82", format("{}|{}", rows.text(2), rows.text(3)), rows.text(3), trace);
        item.command = !rows.text(4).empty() ? rows.text(4) : rows.text(5);
    }
    return rows.status();
}

// Products that let others work on the machine: names in paths of services, autostarts and installed programs.
constexpr std::string_view agents_pattern
    = "(anydesk|atera|splashtop|screenconnect|teamviewer|rustdesk|netsupport|client32\\.exe|simplehelp|dwagent|"
      "dwservice|meshagent|tacticalrmm|action1|supremo|ultraviewer|radmin|logmein|gotoassist|bomgar|remoteutilities|"
      "rutserv|remote utilities|ammyy|connectwise|zohoassist|zoho assist|fleetdeck|level-windows|pdqconnect|ninjarmm|"
      "syncro|kaseya|n-able|getscreen|aeroadmin|parsec|tailscale|ngrok)";

Result<void> gather_agents(Hosts& hosts)
{
    std::string parts;
    auto const add = [&](std::string_view schema, std::string_view part) {
        if (hosts.has_table(schema))
            append_format(parts, "{}{}", parts.empty() ? "" : " UNION ALL ", part);
    };
    add("windows.service",
        "SELECT evidence, \"offset\", coalesce(image_path, '') AS command, key_written_at AS changed_at, name FROM "
        "windows_service WHERE coalesce(is_current, true) AND NOT recovered");
    add("windows.autostart",
        "SELECT evidence, \"offset\", coalesce(command, '') AS command, key_written_at AS changed_at, name FROM "
        "windows_autostart WHERE NOT "
        "recovered AND location IN ('W01', 'W07', 'W09', 'W58')");
    add("windows.installed_program",
        "SELECT evidence, \"offset\", coalesce(location, uninstall_command, '') AS command, key_written_at AS "
        "changed_at, "
        "name FROM "
        "windows_installed_program WHERE NOT recovered");
    if (parts.empty())
        return {};
    auto rows = TRY(hosts.query(format(
        "SELECT evidence, \"offset\", command, changed_at, regexp_extract(lower(concat(command, ' ', name)), '{0}', 1) "
        "AS product FROM ({1}) WHERE product <> '' ORDER BY product, evidence, \"offset\"",
        agents_pattern, parts)));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& item = item_at(hosts.of_evidence(trace.evidence), "W84", rows.text(4), rows.text(4), trace);
        if (item.command.empty() || item.command.find(".exe") == std::string::npos)
            item.command = rows.text(2);
        note_time(item, rows.time(3));
    }
    return rows.status();
}

Result<void> gather_hot_keys(Hosts& hosts)
{
    if (!hosts.has_table("windows.lnk.link"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT l.evidence, l.\"offset\", coalesce(e.machine_path, l.path) AS place, l.target, l.arguments, l.hot_key "
        "FROM windows_lnk_link l JOIN evidence e ON e.number = l.evidence WHERE l.hot_key IS NOT NULL "
        "AND regexp_matches(replace(lower(place), '/', '\\'), '\\\\(desktop|start menu|taskbar|startmenu)\\\\') "
        "ORDER BY 1, 2"));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto const path = backslashed(rows.text(2));
        auto& item = item_at(hosts.of_evidence(trace.evidence), "W91", path,
            format("{} ({})", file_name_of(rows.text(2)), rows.text(5)), trace);
        item.command = rows.text(3).find(' ') == std::string_view::npos ? std::string(rows.text(3))
                                                                        : format("\"{}\"", rows.text(3));
        if (!rows.text(4).empty())
            append_format(item.command, " {}", rows.text(4));
    }
    return rows.status();
}

// Where IIS, .NET and Exchange keep what they load.
bool is_of_server(std::string_view path)
{
    for (auto const* const folder : { "\\system32\\inetsrv\\", "\\microsoft.net\\framework", "\\program files\\iis\\",
             "%programfiles%\\iis\\", "%programw6432%\\iis\\", "\\microsoft\\exchange server\\", "\\assembly\\gac",
             "%programfiles%\\microsoft dynamics", "\\dotnet\\" })
        if (path.find(folder) != std::string_view::npos)
            return true;
    return false;
}

Result<void> gather_server_modules(Hosts& hosts)
{
    if (!hosts.has_table("windows.server_module"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT evidence, \"offset\", server, kind, name, path FROM windows_server_module WHERE is_enabled AND NOT "
        "recovered AND coalesce(path, '') <> '' ORDER BY 1, 2"));
    while (rows.next()) {
        auto const path = backslashed(rows.text(5));
        if (is_of_server(path))
            continue;
        auto const trace = rows.trace(0);
        auto& item = item_at(hosts.of_evidence(trace.evidence), "W93",
            format("{}|{}|{}", rows.text(3), rows.text(4), path), rows.text(4), trace);
        item.command = rows.text(5);
    }
    return rows.status();
}

// Programs and scripts as streams of other files.
Result<void> gather_streams(Hosts& hosts)
{
    if (!hosts.has_table("windows.mft.stream"))
        return {};
    auto rows
        = TRY(hosts.query("SELECT evidence, \"offset\", path, stream FROM windows_mft_stream WHERE NOT recovered AND "
                          "regexp_matches(lower(stream), "
                          "'\\.(exe|dll|scr|com|sys|ps1|bat|cmd|vbs|vbe|js|jse|wsf|hta|cpl)$') ORDER BY 1, 2"));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto const path = format("C:{}:{}", rows.text(2), rows.text(3));
        auto& item = item_at(hosts.of_evidence(trace.evidence), "W95", ascii_lower(path), path, trace);
        item.command = path.find(' ') == std::string::npos ? path : format("\"{}\"", path);
        add_term(item, "path.stream", path, trace);
    }
    return rows.status();
}

}

Result<void> gather_other_places(Hosts& hosts)
{
    TRY(gather_logon_programs(hosts));
    TRY(gather_transfers(hosts));
    TRY(gather_terminals(hosts));
    TRY(gather_agents(hosts));
    TRY(gather_hot_keys(hosts));
    TRY(gather_server_modules(hosts));
    return gather_streams(hosts);
}

}
