// User Access Logging of Windows Server (LogFiles\Sum: Current.mdb, {GUID}.mdb, SystemIdentity.mdb): who used which
// role of the server from which address on which days. Not the reading of rows: ual.cpp.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_ese {

struct UalClientRow {
    Symbol role, role_guid, user, address;
    std::string_view client_name;
    Timestamp first_seen_at, last_seen_at;
    std::optional<std::uint64_t> accesses;
    std::uint32_t active_days = 0;
    LocalTime first_day, last_day;
    std::string_view days;
    Symbol tenant_id;
};
inline constexpr auto ual_client_schema = schema("windows.ual.client",
    "A user at an address who used a role of the server, with all days of the year folded",
    field("role", &UalClientRow::role, "Name of the role: File Server, Active Directory Domain Services …"),
    field("role_guid", &UalClientRow::role_guid, "Its GUID: windows_ual_role of SystemIdentity.mdb names products too"),
    field("user", &UalClientRow::user, "Authenticated account, domain\\name, in lower case as stored"),
    field("address", &UalClientRow::address, "IPv4 or IPv6 address of the client"),
    field("client_name", &UalClientRow::client_name, "Name of the client where the role knew it"),
    field("first_seen_at", &UalClientRow::first_seen_at, "InsertDate: first access in the year"),
    field("last_seen_at", &UalClientRow::last_seen_at, "Last access"),
    field("accesses", &UalClientRow::accesses, "TotalAccesses in the year"),
    field("active_days", &UalClientRow::active_days, "Days with at least one access"),
    field("first_day", &UalClientRow::first_day, "First of them"), field("last_day", &UalClientRow::last_day, "Last"),
    field("days", &UalClientRow::days, "2021-07-23:357 2021-08-06:89 …: accesses of each day"),
    field("tenant_id", &UalClientRow::tenant_id, "Tenant of the role, zeros for none"));

// One counter of one day: the origin is the counter's two bytes.
struct UalClientDayRow {
    LocalTime day;
    std::uint32_t accesses = 0;
    Symbol role, user, address;
};
inline constexpr auto ual_client_day_schema
    = schema("windows.ual.client_day", "Accesses of one user at one address to one role on one day",
        field("day", &UalClientDayRow::day,
            "The day; its year is that of the last access, or the one before where the day would lie behind it"),
        field("accesses", &UalClientDayRow::accesses, "Accesses on that day; counters end at 65,535"),
        field("role", &UalClientDayRow::role, "Name of the role"),
        field("user", &UalClientDayRow::user, "Authenticated account"),
        field("address", &UalClientDayRow::address, "Address of the client"));

struct UalRoleAccessRow {
    Symbol role, role_guid;
    Timestamp first_seen_at, last_seen_at;
};
inline constexpr auto ual_role_access_schema = schema("windows.ual.role_access", "When a role of the server was used",
    field("role", &UalRoleAccessRow::role, "Name of the role"),
    field("role_guid", &UalRoleAccessRow::role_guid, "Its GUID"),
    field("first_seen_at", &UalRoleAccessRow::first_seen_at, "First use in the year"),
    field("last_seen_at", &UalRoleAccessRow::last_seen_at, "Last use"));

struct UalDnsRow {
    Symbol address, host_name;
    Timestamp last_seen_at;
};
inline constexpr auto ual_dns_schema = schema("windows.ual.dns", "A name and the address it had",
    field("address", &UalDnsRow::address, "Address"), field("host_name", &UalDnsRow::host_name, "Name"),
    field("last_seen_at", &UalDnsRow::last_seen_at, "When the name was last resolved"));

struct UalVirtualMachineRow {
    Symbol vm_guid, bios_guid;
    Timestamp created_at, last_active_at;
    std::string_view serial_number;
};
inline constexpr auto ual_virtual_machine_schema = schema("windows.ual.virtual_machine",
    "A virtual machine that the server hosted", field("vm_guid", &UalVirtualMachineRow::vm_guid, "Its id"),
    field("bios_guid", &UalVirtualMachineRow::bios_guid, "Id of its firmware"),
    field("created_at", &UalVirtualMachineRow::created_at, "When it was created"),
    field("last_active_at", &UalVirtualMachineRow::last_active_at, "When it was last seen running"),
    field("serial_number", &UalVirtualMachineRow::serial_number, "Serial number"));

struct UalSystemRow {
    Timestamp seen_at;
    Symbol host_name, domain, os_version, product_type;
    std::optional<std::int64_t> zone_minutes;
    std::string_view last_boot;
    Symbol manufacturer, product_name;
    std::string_view serial_number, smbios_uuid, os_serial_number;
    std::optional<std::uint64_t> memory_kilobytes, physical_processors;
};
inline constexpr auto ual_system_schema = schema("windows.ual.system",
    "What the server was: a row for each change of its name, domain or hardware",
    field("seen_at", &UalSystemRow::seen_at, "CreationTime: when the server first looked so"),
    field("host_name", &UalSystemRow::host_name, "Name"), field("domain", &UalSystemRow::domain, "Domain or workgroup"),
    field("os_version", &UalSystemRow::os_version, "Major.minor.build"),
    field("product_type", &UalSystemRow::product_type, "workstation, domain_controller or server"),
    field("zone_minutes", &UalSystemRow::zone_minutes, "Time zone, minutes ahead of UTC"),
    field(
        "last_boot", &UalSystemRow::last_boot, "Start of the system as WMI wrote it, with offset from UTC in minutes"),
    field("manufacturer", &UalSystemRow::manufacturer, "Of the machine"),
    field("product_name", &UalSystemRow::product_name, "Of the machine"),
    field("serial_number", &UalSystemRow::serial_number, "Of the machine"),
    field("smbios_uuid", &UalSystemRow::smbios_uuid, "Of the machine"),
    field("os_serial_number", &UalSystemRow::os_serial_number, "Product id of Windows"),
    field("memory_kilobytes", &UalSystemRow::memory_kilobytes, "MaximumMemory in KiB"),
    field("physical_processors", &UalSystemRow::physical_processors, "Processors"));

struct UalRoleRow {
    Symbol role_guid, product, role;
};
inline constexpr auto ual_role_schema = schema("windows.ual.role", "A role that the server's logging knows",
    field("role_guid", &UalRoleRow::role_guid, "Its GUID"),
    field("product", &UalRoleRow::product, "Product it is part of"), field("role", &UalRoleRow::role, "Its name"));

struct UalYearRow {
    std::optional<std::uint64_t> year;
    Symbol file_name;
};
inline constexpr auto ual_year_schema = schema("windows.ual.year", "Which database holds which year",
    field("year", &UalYearRow::year, "The year"), field("file_name", &UalYearRow::file_name, "File beside this one"));

inline constexpr std::array<Schema const*, 8> ual_schema_list { &ual_client_schema.erased,
    &ual_client_day_schema.erased, &ual_role_access_schema.erased, &ual_dns_schema.erased,
    &ual_virtual_machine_schema.erased, &ual_system_schema.erased, &ual_role_schema.erased, &ual_year_schema.erased };

}
