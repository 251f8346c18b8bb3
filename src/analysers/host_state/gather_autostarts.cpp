// What the registry makes Windows start, as it stands in the hives and as events tell that it was set.
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/paths.hpp"
#include "analysers/persistence/catalogue.hpp"
#include "analysers/stacking/keys.hpp"
#include "base/text.hpp"

namespace konseki::host_state {

namespace {

// Places that hold lists: search paths, folders, files to be moved.
bool holds_list(std::string_view location, std::string_view value_name)
{
    return location == "W08" || location == "W21" || location == "W22"
        || (location == "W23" && equals_ignoring_case(value_name, "Path"));
}

// The same entry of two control sets is one: "ControlSet001\\…", "ControlSet002\\…".
std::string without_set_number(std::string_view key)
{
    constexpr std::string_view prefix = "ControlSet";
    constexpr std::size_t digits = 3;
    if (key.substr(0, prefix.size()) != prefix || key.size() < prefix.size() + digits)
        return std::string(key);
    return format("{}{}", prefix, key.substr(prefix.size() + digits));
}

void add_location(Item& item, persistence::Location const* location, bool is_usual, TraceId trace)
{
    if (is_usual)
        return add_term(item, "location.usual_content", {}, trace);
    if (location == nullptr)
        return;
    // The whole content: "explorer.exe, evil.exe" begins as usual, too.
    if (persistence::is_default_content(*location, item.command))
        return add_term(item, "location.usual_content", {}, trace);
    if (!location->default_content.empty() && location->use == persistence::Use::rare)
        add_term(item, "location.changed", {}, trace);
    if (location->use == persistence::Use::rare)
        add_term(item, "location.rare", std::string(location->title), trace);
    else if (location->use == persistence::Use::uncommon)
        add_term(item, "location.unusual", std::string(location->title), trace);
}

// Settings and switches are no commands: they matter only where they differ from what Windows puts there.
bool is_bare_setting(std::string_view command)
{
    return command.empty() || command.find_first_not_of("0123456789x") == std::string_view::npos;
}

// COM classes that the machine itself registers, by host: a user's class of the same number stands in front of it.
using MachineClasses = std::map<Host*, std::set<std::string>>;

Result<MachineClasses> machine_classes(Hosts& hosts)
{
    MachineClasses classes;
    auto rows
        = TRY(hosts.query("SELECT DISTINCT evidence, lower(class_id) FROM windows_autostart WHERE location = 'W59' "
                          "AND \"user\" IS NULL AND class_id IS NOT NULL ORDER BY 1, 2"));
    while (rows.next())
        classes[&hosts.of_evidence(static_cast<EvidenceNumber>(rows.unsigned_integer(0)))].emplace(rows.text(1));
    TRY(rows.status());
    return classes;
}

Result<void> gather_hives(Hosts& hosts)
{
    if (!hosts.has_table("windows.autostart"))
        return {};
    auto const classes = TRY(machine_classes(hosts));
    auto rows = TRY(
        hosts.query("SELECT evidence, \"offset\", location, attack, hive, \"user\", key_path, name, "
                    "coalesce(class_server, command), command, coalesce(is_usual, false), key_written_at, starts, "
                    "class_id FROM windows_autostart WHERE NOT recovered "
                    "AND NOT (location = 'W59' AND \"user\" IS NULL) "
                    "AND (is_enabled IS NULL OR is_enabled) AND location <> 'W06' ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const command = rows.text(8);
        if (is_bare_setting(command))
            continue;
        auto const trace = rows.trace(0);
        auto& host = hosts.of_evidence(trace.evidence);
        auto& item = host.item(ItemKind::autostart,
            format(
                "{}|{}|{}|{}|{}", rows.text(4), rows.text(5), without_set_number(rows.text(6)), rows.text(7), command),
            trace);
        item.location = rows.text(2);
        if (!rows.text(5).empty()) // another user's entry of the same kind is the same thing
            item.key = format("autostart|{}",
                general_form(ascii_lower(format("%user%|{}|{}|{}", without_set_number(rows.text(6)), rows.text(7),
                    stacking::command_shape(command)))));
        auto const* const location = persistence::find(item.location);
        item.title = format("{}: {}\\{}", location != nullptr ? location->title : std::string_view("Autostart"),
            rows.text(6), rows.text(7));
        item.command = command;
        item.is_list = holds_list(item.location, rows.text(7));
        if (item.attack.empty() && !rows.text(3).empty())
            item.attack.emplace_back(rows.text(3));
        note_time(item, rows.time(11));
        add_location(item, location, rows.boolean(10), trace);
        auto const of_machine = classes.find(&host);
        if (item.location == "W59" && !rows.is_null(5) && of_machine != classes.end()
            && of_machine->second.contains(ascii_lower(rows.text(13))))
            add_term(item, "contradiction.class_shadow", std::string(rows.text(13)), trace);
    }
    return rows.status();
}

Result<void> gather_events(Hosts& hosts)
{
    if (!hosts.has_table("windows.registry_change"))
        return {};
    auto rows = TRY(hosts.query("SELECT evidence, \"offset\", computer, key, value_name, value, image, written_at FROM "
                                "windows_registry_change WHERE kind = 'value_set' ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const path
            = rows.text(4).empty() ? std::string(rows.text(3)) : format("{}\\{}", rows.text(3), rows.text(4));
        auto const* const location = persistence::find_by_registry_path(path);
        auto const value = rows.text(5);
        if (location == nullptr || is_bare_setting(value) || value.substr(0, 6) == "DWORD " || value == "(Empty)"
            || value == "Binary Data" || value.substr(0, 6) == "QWORD ")
            continue;
        auto const trace = rows.trace(0);
        auto& host = hosts.named(rows.text(2));
        auto& item = host.item(ItemKind::autostart, format("event|{}|{}", path, value), trace);
        item.location = location->id;
        item.title = format("{}: {}", location->title, path);
        item.command = value;
        if (item.attack.empty())
            item.attack.emplace_back(location->attack);
        note_arrival(item, rows.time(7));
        add_location(item, location, persistence::is_default_content(*location, value), trace);
    }
    return rows.status();
}

}

Result<void> gather_autostarts(Hosts& hosts)
{
    TRY(gather_hives(hosts));
    return gather_events(hosts);
}

}
