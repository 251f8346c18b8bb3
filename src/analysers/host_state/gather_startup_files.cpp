// Files that start by where they lie: startup folders, PowerShell profiles, scripts of the setup, add-ins of Office,
// shim databases [fsa 2a: W07, W35, W52, W68, W78, W79, W84, W92, W93]. The file table, shell links, Sysmon's file
// events and the names of collected files tell of them.
#include "analysers/host_state/gather_other_places.hpp"
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/paths.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state {

namespace {

// What a query asks for; place_of() decides.
constexpr std::string_view pattern
    = R"(\\programs\\startup\\[^\\]+$|profile\.ps1$|\\setup\\scripts\\[^\\]+\.cmd$|\\system32\\wpbbin\.exe$)"
      R"(|\\apppatch\\custom.*\.sdb$|\\word\\startup\\[^\\]+$|\\xlstart\\[^\\]+$|\\notepad\+\+\\plugins\\.*\.dll$|\\aspnet_client\\.*\.(aspx?|ashx|asmx|php|jsp)$|\\vbaproject\.otm$|^([a-z]:)?\\program\.exe$)";

bool ends_with(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> all)
{
    return std::find(all.begin(), all.end(), text) != all.end();
}

// Collections name files with "/" and with folders of their own before the path on the machine.
std::string path_on_machine(std::string_view written)
{
    std::string path(written);
    std::replace(path.begin(), path.end(), '/', '\\');
    path = normalised_path(path);
    for (auto const* const root : { "\\users\\", "\\programdata\\", "\\documents and settings\\", "\\windows\\",
             "\\program files\\", "\\program files (x86)\\" })
        if (auto const at = path.find(root); at != std::string::npos)
            return path.substr(at);
    return path;
}

bool is_profile_of_powershell(std::string_view folder, std::string_view name)
{
    return is_any_of(name,
               { "profile.ps1", "microsoft.powershell_profile.ps1", "microsoft.powershellise_profile.ps1",
                   "microsoft.vscode_profile.ps1" })
        && (ends_with(folder, "\\windowspowershell") || ends_with(folder, "\\powershell")
            || ends_with(folder, "\\windowspowershell\\v1.0") || ends_with(folder, "\\powershell\\7"));
}

// Number of the location; empty: the file starts nothing by its place.
std::string_view place_of(std::string_view path)
{
    auto const folder = folder_of(path);
    auto const name = file_name_of(path);
    auto const extension = extension_of(path);
    if (ends_with(folder, "\\programs\\startup"))
        return is_any_of(name, { "desktop.ini", "thumbs.db" }) ? std::string_view() : "W07";
    if (is_profile_of_powershell(folder, name))
        return "W78";
    if (folder == "\\windows\\setup\\scripts" && is_any_of(name, { "setupcomplete.cmd", "errorhandler.cmd" }))
        return "W52";
    if (path == "\\windows\\system32\\wpbbin.exe")
        return "W92";
    if (path == "\\program.exe")
        return "W35";
    if (extension == "sdb" && path.starts_with("\\windows\\apppatch\\custom\\"))
        return "W68";
    if (name == "vbaproject.otm")
        return "W79";
    if (extension == "dll" && path.find("\\notepad++\\plugins\\") != std::string_view::npos)
        return is_any_of(name, { "mimetools.dll", "nppconverter.dll", "nppexport.dll" }) ? std::string_view() : "W84";
    // IIS puts pictures and scripts of the browser there, never one of the server.
    if (path.find("\\aspnet_client\\") != std::string_view::npos)
        return "W93";
    bool const is_word = ends_with(folder, "\\word\\startup")
        && is_any_of(extension, { "dot", "dotm", "dotx", "doc", "docm", "wll", "lnk" });
    bool const is_excel = ends_with(folder, "\\xlstart")
        && is_any_of(extension, { "xla", "xlam", "xlsb", "xlsm", "xls", "xll", "xlt", "xltm", "lnk" });
    return is_word || is_excel ? "W79" : std::string_view();
}

bool starts_by_itself(std::string_view path)
{
    return is_any_of(extension_of(path),
        { "exe", "com", "scr", "pif", "bat", "cmd", "vbs", "vbe", "js", "jse", "wsf", "hta", "ps1", "cpl", "dll", "jar",
            "py", "msi", "url" });
}

// The item of the file, or none where the file starts nothing by its place.
Item* note_file(Host& host, std::string_view written, TraceId trace)
{
    auto const path = path_on_machine(written);
    auto const number = place_of(path);
    auto const* const location = persistence::find(number);
    if (location == nullptr)
        return nullptr;
    auto& item = host.item(ItemKind::autostart, format("file|{}|{}", number, path), trace);
    item.location = number;
    if (item.attack.empty())
        item.attack.emplace_back(location->attack);
    auto const name = file_name_of(path);
    item.title
        = format("{}: {}", location->title, written.substr(written.size() - std::min(written.size(), name.size())));
    if (item.command.empty() && extension_of(path) != "lnk")
        item.command = format("C:{}", path);
    if (number == "W07" && starts_by_itself(path))
        add_term(item, "location.unusual", "a program or script in the startup folder itself, not a link", trace);
    else if (is_any_of(extension_of(path), { "wll", "xll" }))
        add_term(item, "location.rare", "a library that Office loads from its startup folder", trace);
    else if (location->use == persistence::Use::rare)
        add_term(item, "location.rare", std::string(location->title), trace);
    else if (location->use == persistence::Use::uncommon)
        add_term(item, "location.unusual", std::string(location->title), trace);
    return &item;
}

Result<void> gather_file_table(Hosts& hosts)
{
    if (!hosts.has_table("windows.mft.file"))
        return {};
    auto rows = TRY(hosts.query(format(
        "SELECT evidence, \"offset\", path, coalesce(name_created_at, created_at), coalesce(is_in_use, false) "
        "FROM windows_mft_file WHERE NOT coalesce(is_directory, false) AND NOT recovered "
        "AND coalesce(name_space, '') <> 'dos' AND regexp_matches(lower(path), '{}') ORDER BY evidence, \"offset\"",
        pattern)));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto* const item = note_file(hosts.of_evidence(trace.evidence), rows.text(2), trace);
        if (item == nullptr)
            continue;
        note_arrival(*item, rows.time(3));
        if (!rows.boolean(4))
            add_term(*item, "contradiction.file_gone", {}, trace);
    }
    return rows.status();
}

Result<void> gather_links(Hosts& hosts)
{
    if (!hosts.has_table("windows.lnk.link"))
        return {};
    auto rows = TRY(hosts.query(
        format("SELECT l.evidence, l.\"offset\", coalesce(e.machine_path, l.path), l.target, l.arguments "
               "FROM windows_lnk_link l JOIN evidence e ON e.number = l.evidence "
               "WHERE regexp_matches(replace(lower(coalesce(e.machine_path, l.path)), '/', '\\'), '{}') ORDER BY 1, 2",
            pattern)));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto* const item = note_file(hosts.of_evidence(trace.evidence), rows.text(2), trace);
        auto const target = rows.text(3);
        if (item == nullptr || target.empty())
            continue;
        item->command = target.find(' ') == std::string_view::npos ? std::string(target) : format("\"{}\"", target);
        if (!rows.text(4).empty())
            append_format(item->command, " {}", rows.text(4));
    }
    return rows.status();
}

Result<void> gather_file_events(Hosts& hosts)
{
    if (!hosts.has_table("windows.file_event"))
        return {};
    auto rows = TRY(
        hosts.query(format("SELECT evidence, \"offset\", path, written_at, computer FROM windows_file_event "
                           "WHERE kind = 'created' AND regexp_matches(lower(path), '{}') ORDER BY evidence, \"offset\"",
            pattern)));
    while (rows.next()) {
        auto* const item = note_file(hosts.named(rows.text(4)), rows.text(2), rows.trace(0));
        if (item != nullptr)
            note_arrival(*item, rows.time(3));
    }
    return rows.status();
}

// Files that were collected, but that no parser reads. Links have rows of their own.
Result<void> gather_collected(Hosts& hosts)
{
    auto rows = TRY(hosts.query(
        format("SELECT number, 0, coalesce(machine_path, original_path) AS place FROM evidence WHERE "
               "regexp_matches(replace(lower(place), '/', '\\'), '{}') AND NOT ends_with(lower(place), '.lnk') "
               "ORDER BY number",
            pattern)));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        note_file(hosts.of_evidence(trace.evidence), rows.text(2), trace);
    }
    return rows.status();
}

}

Result<void> gather_startup_files(Hosts& hosts)
{
    TRY(gather_file_table(hosts));
    TRY(gather_links(hosts));
    TRY(gather_file_events(hosts));
    TRY(gather_collected(hosts));
    return gather_other_places(hosts);
}

}
