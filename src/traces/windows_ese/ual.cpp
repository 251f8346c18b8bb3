#include "traces/windows_ese/ual.hpp"
#include "base/text.hpp"
#include "traces/windows_ese/reading.hpp"

namespace konseki::windows_ese {

namespace {

constexpr std::size_t days_max = 366;
constexpr std::int64_t ticks_per_day = 86'400 * ticks_per_second;

// ROLE_IDS of the SystemIdentity.mdb of three servers (2012 R2 and 2019).
struct Role {
    std::string_view guid, name;
};
constexpr std::array<Role, 14> roles { {
    { "{10A9226F-50EE-49D8-A393-9A501D47CE04}", "File Server" },
    { "{4116A14D-3840-4F42-A67F-F2F9FF46EB4C}", "Windows Deployment Services" },
    { "{48EED6B2-9CDC-4358-B5A5-8DEA3B2F3F6A}", "DHCP Server" },
    { "{7CC4B071-292C-4732-97A1-CF9A7301195D}", "FAX Server" },
    { "{7FB09BD3-7FE6-435E-8348-7D8AEFB6CEA3}", "Print and Document Services" },
    { "{910CBAF9-B612-4782-A21F-F7C75105434A}", "BranchCache" },
    { "{952285D9-EDB7-4B6B-9D85-0C09E3DA0BBD}", "Remote Access" },
    { "{AD495FC3-0EAA-413D-BA7D-8B13FA7EC598}", "Active Directory Domain Services" },
    { "{B4CDD739-089C-417E-878D-855F90081BE7}", "Active Directory Rights Management Service" },
    { "{BBD85B29-9DCC-4FD9-865D-3846DCBA75C7}", "Network Policy and Access Services" },
    { "{C23F1C6A-30A8-41B6-BBF7-F266563DFCD6}", "FTP Server" },
    { "{C50FCC83-BC8D-4DF5-8A3D-89D7F80F074B}", "Active Directory Certificate Services" },
    { "{D6256CF7-98FB-4EB4-AA18-303F1DA1F770}", "Web Server" },
    { "{D8DC1C8E-EA13-49CE-9A68-C9DCA8DB8B33}", "Windows Server Update Services" },
} };

std::string_view role_name(std::optional<std::string> const& guid)
{
    for (auto const& role : roles) {
        if (guid && equals_ignoring_case(role.guid, *guid))
            return role.name;
    }
    return {};
}

void append_ipv6(std::string& text, ByteView bytes)
{
    std::array<std::uint32_t, 8> groups {};
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i]
            = std::to_integer<std::uint32_t>(bytes[2 * i]) << 8 | std::to_integer<std::uint32_t>(bytes[2 * i + 1]);
    // [RFC 5952] the longest run of two or more zero groups is left out.
    std::size_t best = 0, best_size = 1;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::size_t size = 0;
        while (i + size < groups.size() && groups[i + size] == 0)
            ++size;
        if (size > best_size) {
            best = i;
            best_size = size;
        }
    }
    bool const has_run = best_size > 1;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (has_run && i == best) {
            text += "::";
            i += best_size - 1;
            continue;
        }
        append_format(text, "{}{:x}", text.empty() || text.back() == ':' ? "" : ":", groups[i]);
    }
}

std::string address_text(ByteView bytes)
{
    std::string text;
    if (bytes.size() == 4) {
        append_format(text, "{}.{}.{}.{}", std::to_integer<unsigned>(bytes[0]), std::to_integer<unsigned>(bytes[1]),
            std::to_integer<unsigned>(bytes[2]), std::to_integer<unsigned>(bytes[3]));
    } else if (bytes.size() == 16) {
        append_ipv6(text, bytes);
    } else {
        for (auto const byte : bytes)
            append_format(text, "{:02x}", std::to_integer<unsigned>(byte));
    }
    return text;
}

// Midnight of January 1 of the year in which the moment lies.
Timestamp year_of(Timestamp moment)
{
    auto const text = to_string(moment).substr(0, 4);
    return Timestamp::parse(text + "-01-01").value_or(Timestamp {});
}

struct ClientColumns {
    ese::Column const *role, *tenant, *total, *inserted, *last, *address, *user, *client;
    std::array<ese::Column const*, days_max> days {};

    explicit ClientColumns(ese::Table const& table)
        : role(table.find("RoleGuid"))
        , tenant(table.find("TenantId"))
        , total(table.find("TotalAccesses"))
        , inserted(table.find("InsertDate"))
        , last(table.find("LastAccess"))
        , address(table.find("Address"))
        , user(table.find("AuthenticatedUserName"))
        , client(table.find("ClientName"))
    {
        for (std::size_t i = 0; i < days_max; ++i)
            days[i] = table.find(format("Day{}", i + 1));
    }
};

// Texts that the symbols of one row view.
struct ClientTexts {
    std::optional<std::string> role_guid, tenant_id, user, client_name;
    std::string address, days;
};

void emit_days(
    Reading& reading, ClientColumns const& columns, ese::Row const& source, UalClientRow& row, std::string& text)
{
    auto const january = year_of(row.last_seen_at);
    auto const january_before = january.is_set() ? year_of({ january.ticks - ticks_per_day }) : Timestamp {};
    for (std::size_t i = 0; i < days_max; ++i) {
        auto const accesses = source.number(columns.days[i]).value_or(0);
        auto const offset = source.value_offset(columns.days[i]);
        if (accesses == 0 || offset == 0) // a counter that is not stored was never counted
            continue;
        ++row.active_days;
        if (!january.is_set())
            continue;
        auto day = january.ticks + static_cast<std::int64_t>(i) * ticks_per_day;
        if (day > row.last_seen_at.ticks + ticks_per_day) // a local day may be ahead of UTC by a part of a day
            day = january_before.ticks + static_cast<std::int64_t>(i) * ticks_per_day;
        if (row.first_day.ticks == 0 || day < row.first_day.ticks)
            row.first_day.ticks = day;
        row.last_day.ticks = std::max(row.last_day.ticks, day);
        append_format(text, "{}{}:{}", text.empty() ? "" : " ", to_string(Timestamp { day }).substr(0, 10), accesses);
        UalClientDayRow const of_day { { day }, static_cast<std::uint32_t>(accesses), row.role, row.user, row.address };
        reading.context.traces.emit(
            ual_client_day_schema, { offset, sizeof(std::uint16_t), source.is_recovered() }, of_day);
    }
}

ese::RowCounts read_clients(Reading& reading, ese::Table const& table)
{
    ClientColumns const columns { table };
    ClientTexts texts;
    return reading.each(table, [&](ese::Row const& source) {
        texts = {};
        texts.role_guid = source.guid(columns.role);
        texts.tenant_id = source.guid(columns.tenant);
        texts.user = source.text(columns.user);
        texts.client_name = source.text(columns.client);
        if (auto const address = source.bytes(columns.address))
            texts.address = address_text(*address);
        UalClientRow row;
        row.role = role_name(texts.role_guid);
        row.role_guid = view_of(texts.role_guid);
        row.tenant_id = view_of(texts.tenant_id);
        row.user = view_of(texts.user);
        row.client_name = view_of(texts.client_name);
        if (!texts.address.empty())
            row.address = std::string_view(texts.address);
        row.first_seen_at = source.time(columns.inserted);
        row.last_seen_at = source.time(columns.last);
        row.accesses = source.number(columns.total);
        emit_days(reading, columns, source, row, texts.days);
        if (!texts.days.empty())
            row.days = texts.days;
        reading.context.traces.emit(ual_client_schema, origin_of(source), row);
    });
}

ese::RowCounts read_role_access(Reading& reading, ese::Table const& table)
{
    auto const* const guid_column = table.find("RoleGuid");
    auto const* const first = table.find("FirstSeen");
    auto const* const last = table.find("LastSeen");
    return reading.each(table, [&](ese::Row const& source) {
        auto const guid = source.guid(guid_column);
        UalRoleAccessRow const row { role_name(guid), view_of(guid), source.time(first), source.time(last) };
        reading.context.traces.emit(ual_role_access_schema, origin_of(source), row);
    });
}

ese::RowCounts read_dns(Reading& reading, ese::Table const& table)
{
    auto const* const address_column = table.find("Address");
    auto const* const name_column = table.find("HostName");
    auto const* const last = table.find("LastSeen");
    return reading.each(table, [&](ese::Row const& source) {
        auto const address = source.text(address_column);
        auto const name = source.text(name_column);
        UalDnsRow const row { view_of(address), view_of(name), source.time(last) };
        reading.context.traces.emit(ual_dns_schema, origin_of(source), row);
    });
}

ese::RowCounts read_virtual_machines(Reading& reading, ese::Table const& table)
{
    return reading.each(table, [&](ese::Row const& source) {
        auto const vm = source.guid(table.find("VmGuid"));
        auto const bios = source.guid(table.find("BIOSGuid"));
        auto const serial = source.text(table.find("SerialNumber"));
        UalVirtualMachineRow const row { view_of(vm), view_of(bios), source.time(table.find("CreationTime")),
            source.time(table.find("LastSeenActive")), view_of(serial) };
        reading.context.traces.emit(ual_virtual_machine_schema, origin_of(source), row);
    });
}

// [OSVERSIONINFOEX, wProductType]
std::string_view product_type_name(std::optional<std::uint64_t> type)
{
    switch (type.value_or(0)) {
    case 1: return "workstation";
    case 2: return "domain_controller";
    case 3: return "server";
    default: return {};
    }
}

ese::RowCounts read_system(Reading& reading, ese::Table const& table)
{
    return reading.each(table, [&](ese::Row const& source) {
        auto const text = [&](std::string_view name) { return source.text(table.find(name)); };
        auto const number = [&](std::string_view name) { return source.number(table.find(name)); };
        auto const host = text("SystemDNSHostName"), domain = text("SystemDomainName"), boot = text("OSLastBootUpTime"),
                   maker = text("SystemManufacturer"), product = text("SystemProductName"),
                   serial = text("SystemSerialNumber"), uuid = text("SystemSMBIOSUUID"), os = text("OSSerialNumber");
        auto const version = format("{}.{}.{}", number("OSMajor").value_or(0), number("OSMinor").value_or(0),
            number("OSBuildNumber").value_or(0));
        UalSystemRow const row { source.time(table.find("CreationTime")), view_of(host), view_of(domain),
            std::string_view(version), product_type_name(number("OSProductType")),
            source.signed_number(table.find("OSCurrentTimeZone")), view_of(boot), view_of(maker), view_of(product),
            view_of(serial), view_of(uuid), view_of(os), number("MaximumMemory"), number("PhysicalProcessorCount") };
        reading.context.traces.emit(ual_system_schema, origin_of(source), row);
    });
}

ese::RowCounts read_roles(Reading& reading, ese::Table const& table)
{
    return reading.each(table, [&](ese::Row const& source) {
        auto const guid = source.guid(table.find("RoleGuid"));
        auto const product = source.text(table.find("ProductName"));
        auto const role = source.text(table.find("RoleName"));
        UalRoleRow const row { view_of(guid), view_of(product), view_of(role) };
        reading.context.traces.emit(ual_role_schema, origin_of(source), row);
    });
}

ese::RowCounts read_years(Reading& reading, ese::Table const& table)
{
    return reading.each(table, [&](ese::Row const& source) {
        auto const name = source.text(table.find("FileName"));
        UalYearRow const row { source.number(table.find("Year")), view_of(name) };
        reading.context.traces.emit(ual_year_schema, origin_of(source), row);
    });
}

constexpr std::array<TableReader, 4> client_readers { { { "CLIENTS", read_clients },
    { "ROLE_ACCESS", read_role_access }, { "DNS", read_dns }, { "VIRTUALMACHINES", read_virtual_machines } } };
constexpr std::array<TableReader, 3> identity_readers { { { "SYSTEM_IDENTITY", read_system },
    { "ROLE_IDS", read_roles }, { "CHAINED_DATABASES", read_years } } };

bool has_clients(ese::Database const& database)
{
    auto const* const clients = database.find("CLIENTS");
    return database.find("ROLE_ACCESS") != nullptr || (clients != nullptr && clients->find("RoleGuid") != nullptr);
}

bool has_identity(ese::Database const& database)
{
    return database.find("SYSTEM_IDENTITY") != nullptr || database.find("ROLE_IDS") != nullptr;
}

}

KindReader ual_reader()
{
    return { Kind::ual, has_clients, nullptr, client_readers };
}

KindReader ual_identity_reader()
{
    return { Kind::ual_identity, has_identity, nullptr, identity_readers };
}

}
