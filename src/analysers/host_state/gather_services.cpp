// Services and drivers: as the registry keeps them, and as the logs tell that they were installed.
#include "analysers/host_state/host.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"

namespace konseki::host_state {

namespace {

// Defender loads its driver under a name made anew with each set of definitions: "MpKsl47e2c616".
bool is_driver_of_defender(std::string_view name, std::string_view image)
{
    auto const path = normalised_path(image);
    return ascii_lower(name).starts_with("mpksl")
        && path.starts_with("\\programdata\\microsoft\\windows defender\\definition updates\\")
        && file_name_of(path).starts_with("mpksl");
}

void note_known(Item& item, std::string_view name, std::string_view image, TraceId trace)
{
    if (is_driver_of_defender(name, image))
        add_term(
            item, "location.known_benign", "a driver that Windows Defender loads anew with its definitions", trace);
}

Result<void> gather_registry(Hosts& hosts)
{
    if (!hosts.has_table("windows.service"))
        return {};
    auto rows = TRY(hosts.query(
        "SELECT evidence, \"offset\", name, coalesce(kind, ''), coalesce(image_path, ''), coalesce(service_dll, ''), "
        "coalesce(start, ''), account, key_written_at, coalesce(failure_command, ''), display_name FROM "
        "windows_service "
        "WHERE coalesce(is_current, true) AND NOT recovered ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        bool const is_driver = rows.text(3).find("driver") != std::string_view::npos;
        auto const image = rows.text(4);
        auto const library = rows.text(5);
        if (image.empty() && library.empty() && !is_driver)
            continue; // a key that starts nothing
        auto const trace = rows.trace(0);
        auto& item = hosts.of_evidence(trace.evidence).item(ItemKind::service, rows.text(2), trace);
        item.title = format("{} {}", is_driver ? "Driver" : "Service", rows.text(2));
        item.command = !library.empty() ? std::string(library)
            : !image.empty()            ? std::string(image)
                                        : format("System32\\drivers\\{}.sys", rows.text(2));
        item.location = !library.empty() ? "W31" : is_driver ? "W33" : "W30";
        item.attack = { is_driver ? "T1547.006" : "T1543.003" };
        note_arrival(item, rows.time(8));
        note_known(item, rows.text(2), image, trace);
        auto const program = normalised_path(split_command(image).program);
        if (file_name_of(program) == "svchost.exe" && ascii_lower(image).find(" -k") == std::string::npos)
            add_term(item, "contradiction.no_group", "svchost.exe is started without a service group", trace);
        if (auto const files = files_of_command(rows.text(9)); !files.empty() && !is_in_system_folder(files.back())
            && !is_in_program_folder(files.back()) && files.back().find('\\') != std::string::npos)
            add_term(item, "location.unusual", format("a command that runs when the service fails: {}", rows.text(9)),
                trace);
    }
    return rows.status();
}

Result<void> gather_events(Hosts& hosts)
{
    if (!hosts.has_table("windows.service_change"))
        return {};
    auto rows = TRY(hosts.query("SELECT evidence, \"offset\", computer, name, image, written_at, service_type FROM "
                                "windows_service_change WHERE kind = 'installed' ORDER BY evidence, \"offset\""));
    while (rows.next()) {
        auto const trace = rows.trace(0);
        auto& item = hosts.named(rows.text(2)).item(ItemKind::service, rows.text(3), trace);
        if (item.title.empty()) {
            item.title = format("Service {}", rows.text(3));
            item.command = rows.text(4);
            item.location = "W30";
            item.attack = { "T1543.003" };
        }
        note_arrival(item, rows.time(5));
        note_known(item, rows.text(3), rows.text(4), trace);
    }
    return rows.status();
}

// "cbdhsvc_3fa21": Windows makes one of these from "cbdhsvc" for every user who logs on; the number is the logon's.
void join_instances_of_users(Host& host)
{
    constexpr std::string_view prefix = "service|";
    for (auto const& [identity, place] : host.item_places) {
        auto const end = identity.rfind('_');
        if (!identity.starts_with(prefix) || end == std::string::npos || end + 1 == identity.size()
            || identity.find_first_not_of("0123456789abcdef", end + 1) != std::string::npos
            || !host.item_places.contains(identity.substr(0, end)))
            continue;
        host.items[place].key = format("{}_%logon%", general_form(identity.substr(0, end)));
    }
}

}

Result<void> gather_services(Hosts& hosts)
{
    TRY(gather_registry(hosts));
    TRY(gather_events(hosts));
    for (auto& [key, host] : hosts.all())
        join_instances_of_users(host);
    return {};
}

}
