// Rows of what a machine calls itself (SYSTEM) and which Windows it runs (SOFTWARE). Not the code that fills them.
#pragma once
#include "record/schema.hpp"
#include <optional>

namespace konseki::windows_machine {

struct NameRow {
    Symbol control_set;
    bool is_current = false;
    std::string_view computer_name, host_name, domain, time_zone;
    std::optional<std::int64_t> time_zone_bias_minutes;
    Timestamp last_shutdown_at, key_written_at;
};

inline constexpr auto name_schema = schema("windows.machine.name",
    "What the machine calls itself (SYSTEM), one row per control set",
    field("control_set", &NameRow::control_set, "Control set that says so"),
    field("is_current", &NameRow::is_current, "The control set was in use"),
    field("computer_name", &NameRow::computer_name, "NetBIOS name, at most 15 characters"),
    field("host_name", &NameRow::host_name, "Host name of TCP/IP, not shortened"),
    field("domain", &NameRow::domain, "Primary DNS suffix; absent for machines of no domain"),
    field("time_zone", &NameRow::time_zone, "Name of the time zone that was set"),
    field("time_zone_bias_minutes", &NameRow::time_zone_bias_minutes, "UTC = local time + bias, without summer time"),
    field("last_shutdown_at", &NameRow::last_shutdown_at, "Last orderly shutdown, UTC"),
    field("key_written_at", &NameRow::key_written_at, "Last write of the key ComputerName, UTC"));

struct SystemRow {
    std::string_view product, edition, version, build, owner, organization, system_root;
    Timestamp installed_at, key_written_at;
};

inline constexpr auto system_schema = schema("windows.machine.system", "Which Windows the machine runs (SOFTWARE)",
    field("product", &SystemRow::product, "ProductName; Windows 11 still calls itself Windows 10 here"),
    field("edition", &SystemRow::edition, "EditionID"),
    field("version", &SystemRow::version, "DisplayVersion or ReleaseId: 22H2"),
    field("build", &SystemRow::build, "CurrentBuild with UBR: 19045.2965; 22000 and later is Windows 11"),
    field("owner", &SystemRow::owner, "RegisteredOwner"),
    field("organization", &SystemRow::organization, "RegisteredOrganization"),
    field("system_root", &SystemRow::system_root, "Where Windows is installed"),
    field("installed_at", &SystemRow::installed_at, "InstallDate, UTC: of the last feature update"),
    field("key_written_at", &SystemRow::key_written_at, "Last write of the key, UTC"));

}
