// Starts of packages that few packages have; the rest of Installer is installing.cpp.
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "installing.hpp"
#include "traces/windows_account/schemas.hpp"
#include "traces/windows_ese/bits.hpp"
#include "traces/windows_event/typed_schemas.hpp"
#include "traces/windows_network_settings/schemas.hpp"
#include "traces/windows_server_module/parser.hpp"
#include "traces/windows_wmi/parser.hpp"

namespace konseki::fleet {

namespace {

constexpr std::int64_t second = ticks_per_second, minute = 60 * second, day = 86'400 * second;

// "first :: second :: third": the part of that number, or nothing.
std::string_view part(std::string_view text, std::size_t number)
{
    constexpr std::string_view separator = " :: ";
    for (; number > 0; --number) {
        auto const at = text.find(separator);
        if (at == std::string_view::npos)
            return {};
        text.remove_prefix(at + separator.size());
    }
    return text.substr(0, text.find(separator));
}

std::string_view program_of(std::string_view command)
{
    return command.starts_with('"') ? command.substr(1, command.find('"', 1) - 1)
                                    : command.substr(0, command.find(' '));
}

}

bool Installer::start_seldom(PackageStart const& start, User const& user, Timestamp at)
{
    auto const& kind = start.kind;
    if (kind == "wmi")
        start_consumer(start, user);
    else if (kind == "transfer")
        start_transfer(start, user, at);
    else if (kind == "forward")
        start_forwarding(start, at);
    else if (kind == "account")
        start_account(start, at);
    else if (kind == "servicedll" || kind == "serviceexe")
        change_service(start, at);
    else if (kind == "ran")
        start_once(start, user);
    else if (kind == "installed")
        log_service(start.name, start.command, extension_of(start.command) == "sys", at);
    else if (kind == "module" || kind == "agent")
        start_server_module(start);
    else
        return false;
    return true;
}

// "NAME" or "NAME :: QUERY"
void Installer::start_consumer(PackageStart const& start, User const& user)
{
    if (!m_plan.collected.wmi)
        return;
    auto const name = part(start.name, 0);
    auto const query = part(start.name, 1);
    auto const evidence = m_target.evidence_at("C:\\Windows\\System32\\wbem\\Repository\\OBJECTS.DATA", "windows_wmi");
    auto const filter_name = format("{} Filter", name);
    auto const filter_path = format("__EventFilter.Name=\"{}\"", filter_name);
    auto const consumer_path = format("CommandLineEventConsumer.Name=\"{}\"", name);
    windows_wmi::ConsumerRow row;
    row.namespace_path = Symbol("ROOT\\subscription");
    row.consumer_class = Symbol("CommandLineEventConsumer");
    row.name = name;
    row.command_line = start.command;
    row.creator_sid = Symbol(std::string_view(user.sid));
    row.state = Symbol("live");
    m_target.add(evidence, windows_wmi::consumer_schema, row);
    windows_wmi::FilterRow filter;
    filter.namespace_path = row.namespace_path;
    filter.name = filter_name;
    filter.query = query.empty() ? "SELECT * FROM __InstanceModificationEvent WITHIN 60 WHERE TargetInstance ISA "
                                   "'Win32_PerfFormattedData_PerfOS_System'"
                                 : query;
    filter.query_language = Symbol("WQL");
    filter.event_namespace = Symbol("ROOT\\cimv2");
    filter.creator_sid = row.creator_sid;
    filter.state = row.state;
    m_target.add(evidence, windows_wmi::filter_schema, filter);
    windows_wmi::BindingRow binding;
    binding.namespace_path = row.namespace_path;
    binding.filter = filter_path;
    binding.consumer = consumer_path;
    binding.filter_name = filter_name;
    binding.consumer_name = name;
    binding.consumer_class = row.consumer_class;
    binding.creator_sid = row.creator_sid;
    binding.state = row.state;
    m_target.add(evidence, windows_wmi::binding_schema, binding);
}

// "NAME :: ADDRESS :: FILE", and the command at its end, if there is one. Jobs are gone when they are done or after 90
// days: what still stands there is recent.
void Installer::start_transfer(PackageStart const& start, User const& user, Timestamp at)
{
    if (!m_plan.collected.transfers)
        return;
    auto random = m_plan.random.stream(start.name);
    auto const job = random.guid(), file = random.guid();
    windows_ese::BitsJobRow row;
    row.job_id = Symbol(std::string_view(job));
    row.name = part(start.name, 0);
    if (!start.command.empty()) {
        row.command = program_of(start.command);
        row.parameters = start.command;
    }
    bool const is_of_user = part(start.name, 2).find("\\Users\\") != std::string_view::npos;
    row.owner_sid = Symbol(is_of_user ? std::string_view(user.sid) : std::string_view("S-1-5-18"));
    row.type = Symbol("download");
    row.priority = Symbol(random.chance(0.5) ? "normal" : "low");
    row.state = Symbol(random.chance(0.5) ? "transferred" : random.chance(0.5) ? "suspended" : "error");
    row.created_at
        = std::max(at, { m_plan.collected_at.ticks - static_cast<std::int64_t>(random.between(1, 85)) * day });
    row.modified_at = { row.created_at.ticks + static_cast<std::int64_t>(random.between(1, 600)) * minute };
    row.files = 1;
    auto const evidence
        = m_target.evidence_at("C:\\ProgramData\\Microsoft\\Network\\Downloader\\qmgr.db", "windows_ese");
    m_target.add(evidence, windows_ese::bits_job_schema, row);
    windows_ese::BitsFileRow part_of_it;
    part_of_it.file_id = Symbol(std::string_view(file));
    part_of_it.job_id = row.job_id;
    part_of_it.url = part(start.name, 1);
    part_of_it.local_path = part(start.name, 2);
    part_of_it.drive = Symbol("C:\\");
    part_of_it.bytes_total = 20'000 + random.below(40'000'000);
    part_of_it.bytes_transferred = part_of_it.bytes_total;
    m_target.add(evidence, windows_ese::bits_file_schema, part_of_it);
}

// "LISTEN = CONNECT", both "address/port"
void Installer::start_forwarding(PackageStart const& start, Timestamp at)
{
    if (!m_plan.collected.system)
        return;
    windows_network_settings::PortProxyRow row;
    row.control_set = Symbol("ControlSet001");
    row.direction = Symbol("v4tov4");
    row.protocol = Symbol("tcp");
    row.listen = start.name;
    row.connect = start.command;
    row.key_written_at = at;
    m_target.add(system_hive(), windows_network_settings::port_proxy_schema, row);
}

// "NAME = normal", "= foreign" (it has the number of the administrator inside), or the number of an account of Windows.
// Domain controllers keep their accounts elsewhere.
void Installer::start_account(PackageStart const& start, Timestamp at)
{
    constexpr std::uint32_t administrator = 500, disabled = 1, no_password = 16, usual_flags = 16 + 512;
    auto const number = parse_uint(start.command);
    if (!m_plan.collected.system || (!number && m_plan.role == Role::domain_controller))
        return;
    constexpr std::uint32_t guest = 501;
    if (number && *number > guest && m_plan.base == 0)
        return; // Windows 7 has two of its own
    windows_account::AccountRow row;
    row.rid = number ? static_cast<std::uint32_t>(*number) : m_next_account++;
    row.name = start.name;
    row.is_rid_foreign = start.command == "foreign";
    row.stored_rid = *row.is_rid_foreign ? administrator : row.rid;
    row.is_disabled = number && !(row.rid == administrator && is_server(m_plan.role));
    row.flags = usual_flags + (*row.is_disabled ? disabled : 0) + (row.rid == guest ? no_password * 2 : 0);
    row.has_name_entry = true;
    row.logon_count = *row.is_disabled ? 0 : static_cast<std::uint32_t>(m_random.below(60));
    row.bad_password_count = 0;
    if (row.logon_count != 0U)
        row.last_logon_at = std::max(at, recent());
    row.password_set_at = at;
    row.key_written_at = std::max(at, row.last_logon_at);
    row.name_written_at = at;
    m_target.add(m_target.evidence_at("C:\\Windows\\System32\\config\\SAM", "windows_registry"),
        windows_account::account_schema, row);
}

// "PROGRAM OF WINDOWS = LIBRARY, LIBRARY": it ran and loaded them.
void Installer::start_once(PackageStart const& start, User const& user)
{
    std::vector<std::string> libraries;
    for (auto const library : split(start.command, ','))
        if (!trim(library).empty())
            libraries.emplace_back(trim(library));
    m_files.know(start.name);
    note_run(start.name, user, libraries);
}

// The log tells of new services for as long as it reaches back, whether they are still there or not.
void Installer::log_service(std::string const& name, std::string const& image, bool is_driver, Timestamp at)
{
    auto const reach = static_cast<std::int64_t>(m_plan.random.stream("system log").between(40, 400)) * day;
    if (!m_plan.collected.events || m_plan.collected_at.ticks - at.ticks > reach)
        return;
    auto const computer = format("{}.corp.example", m_plan.name);
    windows_event::ServiceChange row;
    row.written_at = at;
    row.computer = Symbol(std::string_view(computer));
    row.event_id = 7'045;
    row.kind = Symbol("installed");
    row.name = Symbol(std::string_view(name));
    row.image = image;
    row.service_type = Symbol(is_driver ? "kernel mode driver" : "user mode service");
    row.start_type = Symbol("auto start");
    if (!is_driver)
        row.account = Symbol("LocalSystem");
    row.user_sid = Symbol("S-1-5-18");
    m_target.add(m_target.evidence_at("C:\\Windows\\System32\\winevt\\Logs\\System.evtx", "windows_event"),
        windows_event::service_change_schema, row);
}

// "NAME = LIBRARY" of IIS, or agent of Exchange
void Installer::start_server_module(PackageStart const& start)
{
    if (!m_plan.collected.server_settings)
        return;
    bool const is_agent = start.kind == "agent";
    windows_server_module::ModuleRow row;
    row.server = Symbol(is_agent ? "exchange" : "iis");
    row.kind = Symbol(is_agent ? "transport_agent" : "native_module");
    row.name = start.name;
    row.path = start.command;
    m_target.add(m_target.evidence_at(is_agent
                         ? "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\TransportRoles\\Shared\\agents.config"
                         : "C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config",
                     "windows_server_module"),
        windows_server_module::module_schema, row);
}

void Installer::change_service(PackageStart const& start, Timestamp at)
{
    ChangedService change { {}, {}, at, m_target.implant() };
    (start.kind == "servicedll" ? change.library : change.image_path) = start.command;
    m_changes.set_service(start.name, std::move(change));
}

}
