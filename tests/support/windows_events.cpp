#include "support/windows_events.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <iterator>
#include <utility>

namespace konseki::test {

namespace {
constexpr std::string_view null_sid = "S-1-0-0", zero_guid = "00000000-0000-0000-0000-000000000000";

std::uint64_t text_hash(std::string_view text, std::uint64_t seed)
{
    std::uint64_t state = 0xcbf29ce484222325ULL ^ seed;
    for (char const c : text)
        state = (state ^ static_cast<std::uint8_t>(ascii_lower(c))) * 0x100000001b3ULL;
    Random mixed(state);
    return mixed.next();
}

std::string hex_digits(std::uint64_t seed, std::size_t count)
{
    Random random(seed);
    std::string text;
    while (text.size() < count)
        append_format(text, "{:016X}", random.next());
    text.resize(count);
    return text;
}

std::string sysmon_time(Timestamp at)
{
    auto text = to_string(at).substr(0, 23);
    text[10] = ' ';
    return text;
}

std::string base_name(std::string_view path)
{
    auto const slash = path.rfind('\\');
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string qualified(Account const& user)
{
    if (user.sid == "S-1-5-18")
        return "NT AUTHORITY\\SYSTEM";
    return user.domain + "\\" + user.name;
}

constexpr std::string_view local_session_guid = "5D896912-022D-40AA-A3A8-4FA5515C76D7";
}

WindowsMachine::WindowsMachine(
    std::string name, std::string domain_dns, std::string domain, std::string address, std::uint64_t seed)
    : m_name(std::move(name))
    , m_domain_dns(std::move(domain_dns))
    , m_domain(std::move(domain))
    , m_address(std::move(address))
    , m_random(seed)
    , m_seed(text_hash(m_name, seed))
{
}

std::string WindowsMachine::local_sid(std::uint32_t relative) const
{
    return format("S-1-5-21-{}-{}-{}-{}", m_seed & 0xffffffff, m_seed >> 32, (m_seed >> 16) & 0xffffffff, relative);
}

WrittenEvent& WindowsMachine::add(Timestamp at, Provider const& provider, std::uint32_t event_id, Fields fields)
{
    WrittenEvent event;
    event.provider = provider.name;
    event.provider_guid = provider.guid;
    event.channel = provider.channel;
    event.event_id = event_id;
    event.computer = full_name();
    // A real clock: events of one moment stand within a millisecond of each other, somewhere in their second.
    event.written_at = { at.ticks
        + static_cast<std::int64_t>(
            Random(static_cast<std::uint64_t>(at.ticks)).below(6'000'000) + m_random.below(9'000)) };
    event.process_id = 4;
    event.thread_id = static_cast<std::uint32_t>(4 * m_random.between(20, 2'000));
    for (auto const& [name, value] : fields)
        event.fields.push_back({ std::string(name), value, FieldPlace::data, false });
    auto& log = m_logs[event.channel];
    log.push_back(std::move(event));
    return log.back();
}

WrittenEvent& WindowsMachine::security(
    Timestamp at, std::uint32_t event_id, std::uint16_t task, Fields fields, bool is_failure)
{
    auto& event = add(at, { "Microsoft-Windows-Security-Auditing", "54849625-5478-4994-A5BA-3E3B0328C30D", "Security" },
        event_id, fields);
    event.level = 0;
    event.task = task;
    event.keywords = is_failure ? 0x8010000000000000 : 0x8020000000000000;
    event.process_id = 712;
    return event;
}

WrittenEvent& WindowsMachine::sysmon(Timestamp at, std::uint32_t event_id, Fields fields)
{
    auto& event = add(at,
        { "Microsoft-Windows-Sysmon", "5770385F-C22A-43E0-BF4C-06F5698FFBD9", "Microsoft-Windows-Sysmon/Operational" },
        event_id, fields);
    event.task = static_cast<std::uint16_t>(event_id);
    event.version = 5;
    event.process_id = 2'212;
    event.user_sid = "S-1-5-18";
    return event;
}

std::string WindowsMachine::process_guid(Timestamp at, std::uint32_t id)
{
    return format("{:08X}-{:04X}-{:04X}-{:04X}-{:012X}", m_seed & 0xffffffff, id & 0xffff, (at.ticks >> 24) & 0xffff,
        (at.ticks >> 40) & 0xffff, static_cast<std::uint64_t>(at.ticks) & 0xffffffff);
}

std::string WindowsMachine::hashes_of(std::string_view image)
{
    auto const seed = text_hash(base_name(image), 17); // the same file has the same hashes on every machine
    return format(
        "MD5={},SHA256={},IMPHASH={}", hex_digits(seed, 32), hex_digits(seed + 1, 64), hex_digits(seed + 2, 32));
}

void WindowsMachine::logon(Timestamp at, Account const& user, std::uint32_t type, std::string_view from_address,
    std::string_view workstation, bool is_elevated)
{
    bool const is_network = type == 3;
    bool const by_services = type == 5;
    std::string const caller = by_services ? "C:\\Windows\\System32\\services.exe"
                                           : (is_network ? "-" : "C:\\Windows\\System32\\svchost.exe");
    auto const subject = is_network ? Account { std::string(null_sid), "-", "-", 0 } : system();
    auto& event = security(at, 4624, 12544,
        { { "SubjectUserSid", value::sid(subject.sid) }, { "SubjectUserName", value::text(subject.name) },
            { "SubjectDomainName", value::text(subject.domain) }, { "SubjectLogonId", value::hex64(subject.logon_id) },
            { "TargetUserSid", value::sid(user.sid) }, { "TargetUserName", value::text(user.name) },
            { "TargetDomainName", value::text(user.domain) }, { "TargetLogonId", value::hex64(user.logon_id) },
            { "LogonType", value::u32(type) },
            { "LogonProcessName", value::text(is_network ? "NtLmSsp " : (by_services ? "Advapi  " : "User32 ")) },
            { "AuthenticationPackageName", value::text(is_network ? "NTLM" : "Negotiate") },
            { "WorkstationName", value::text(workstation.empty() ? std::string_view("-") : workstation) },
            { "LogonGuid", value::guid(zero_guid) }, { "TransmittedServices", value::text("-") },
            { "LmPackageName", value::text(is_network ? "NTLM V2" : "-") },
            { "KeyLength", value::u32(is_network ? 128 : 0) }, { "ProcessId", value::hex64(is_network ? 0 : 0x2c8) },
            { "ProcessName", value::text(caller) },
            { "IpAddress", value::text(from_address.empty() ? std::string_view("-") : from_address) },
            { "IpPort", value::text(is_network ? format("{}", m_random.between(49'152, 65'000)) : "0") },
            { "ImpersonationLevel", value::text("%%1833") }, { "RestrictedAdminMode", value::text("-") },
            { "TargetOutboundUserName", value::text("-") }, { "TargetOutboundDomainName", value::text("-") },
            { "VirtualAccount", value::text("%%1843") }, { "TargetLinkedLogonId", value::hex64(0) },
            { "ElevatedToken", value::text(is_elevated ? "%%1842" : "%%1843") } });
    event.version = 2;
    if (is_elevated) {
        security(at, 4672, 12548,
            { { "SubjectUserSid", value::sid(user.sid) }, { "SubjectUserName", value::text(user.name) },
                { "SubjectDomainName", value::text(user.domain) }, { "SubjectLogonId", value::hex64(user.logon_id) },
                { "PrivilegeList",
                    value::text("SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\tSeDebugP"
                                "rivilege\n\t\t\tSeImpersonatePrivilege") } });
    }
}

void WindowsMachine::logon_failed(Timestamp at, std::string_view user, std::string_view domain, std::uint32_t type,
    std::string_view from_address, std::uint32_t sub_status)
{
    security(at, 4625, 12544,
        { { "SubjectUserSid", value::sid(null_sid) }, { "SubjectUserName", value::text("-") },
            { "SubjectDomainName", value::text("-") }, { "SubjectLogonId", value::hex64(0) },
            { "TargetUserSid", value::sid(null_sid) }, { "TargetUserName", value::text(user) },
            { "TargetDomainName", value::text(domain) }, { "Status", value::hex32(0xc000006d) },
            { "FailureReason", value::text("%%2313") }, { "SubStatus", value::hex32(sub_status) },
            { "LogonType", value::u32(type) }, { "LogonProcessName", value::text("NtLmSsp ") },
            { "AuthenticationPackageName", value::text("NTLM") }, { "WorkstationName", value::text("-") },
            { "TransmittedServices", value::text("-") }, { "LmPackageName", value::text("-") },
            { "KeyLength", value::u32(0) }, { "ProcessId", value::hex64(0) }, { "ProcessName", value::text("-") },
            { "IpAddress", value::text(from_address) },
            { "IpPort", value::text(format("{}", m_random.between(49'152, 65'000))) } },
        true);
}

void WindowsMachine::logoff(Timestamp at, Account const& user, std::uint32_t type)
{
    security(at, 4634, 12545,
        { { "TargetUserSid", value::sid(user.sid) }, { "TargetUserName", value::text(user.name) },
            { "TargetDomainName", value::text(user.domain) }, { "TargetLogonId", value::hex64(user.logon_id) },
            { "LogonType", value::u32(type) } });
}

void WindowsMachine::explicit_logon(
    Timestamp at, Account const& user, Account const& other, std::string_view server, StartedProcess const& by)
{
    security(at, 4648, 12544,
        { { "SubjectUserSid", value::sid(user.sid) }, { "SubjectUserName", value::text(user.name) },
            { "SubjectDomainName", value::text(user.domain) }, { "SubjectLogonId", value::hex64(user.logon_id) },
            { "LogonGuid", value::guid(zero_guid) }, { "TargetUserName", value::text(other.name) },
            { "TargetDomainName", value::text(other.domain) }, { "TargetLogonGuid", value::guid(zero_guid) },
            { "TargetServerName", value::text(server) }, { "TargetInfo", value::text(server) },
            { "ProcessId", value::hex64(by.id) }, { "ProcessName", value::text(by.image) },
            { "IpAddress", value::text("-") }, { "IpPort", value::text("-") } });
}

void WindowsMachine::share_access(
    Timestamp at, Account const& user, std::string_view from_address, std::string_view share, std::string_view target)
{
    security(at, 5145, 12811,
        { { "SubjectUserSid", value::sid(user.sid) }, { "SubjectUserName", value::text(user.name) },
            { "SubjectDomainName", value::text(user.domain) }, { "SubjectLogonId", value::hex64(user.logon_id) },
            { "ObjectType", value::text("File") }, { "IpAddress", value::text(from_address) },
            { "IpPort", value::text(format("{}", m_random.between(49'152, 65'000))) },
            { "ShareName", value::text(share) }, { "ShareLocalPath", value::text("") },
            { "RelativeTargetName", value::text(target) }, { "AccessMask", value::hex32(0x12019f) },
            { "AccessList", value::text("%%1538\n\t\t\t\t%%1541\n\t\t\t\t%%4416\n\t\t\t\t%%4417\n\t\t\t\t") },
            { "AccessReason", value::text("-") } });
}

void WindowsMachine::account_created(Timestamp at, Account const& by, std::string_view name, std::string_view sid)
{
    security(at, 4720, 13824,
        { { "TargetUserName", value::text(name) }, { "TargetDomainName", value::text(m_name) },
            { "TargetSid", value::sid(sid) }, { "SubjectUserSid", value::sid(by.sid) },
            { "SubjectUserName", value::text(by.name) }, { "SubjectDomainName", value::text(by.domain) },
            { "SubjectLogonId", value::hex64(by.logon_id) }, { "PrivilegeList", value::text("-") },
            { "SamAccountName", value::text(name) }, { "DisplayName", value::text("%%1793") },
            { "UserPrincipalName", value::text("-") }, { "HomeDirectory", value::text("%%1793") },
            { "HomePath", value::text("%%1793") }, { "ScriptPath", value::text("%%1793") },
            { "ProfilePath", value::text("%%1793") }, { "UserWorkstations", value::text("%%1793") },
            { "PasswordLastSet", value::text("%%1794") }, { "AccountExpires", value::text("%%1794") },
            { "PrimaryGroupId", value::text("513") }, { "AllowedToDelegateTo", value::text("-") },
            { "OldUacValue", value::text("0x0") }, { "NewUacValue", value::text("0x15") },
            { "UserAccountControl", value::text("\n\t\t%%2080\n\t\t%%2082\n\t\t%%2084") },
            { "UserParameters", value::text("%%1793") }, { "SidHistory", value::text("-") },
            { "LogonHours", value::text("%%1797") } });
}

void WindowsMachine::group_member_added(
    Timestamp at, Account const& by, std::string_view member_sid, std::string_view group, std::string_view group_sid)
{
    security(at, 4732, 13826,
        { { "MemberName", value::text("-") }, { "MemberSid", value::sid(member_sid) },
            { "TargetUserName", value::text(group) }, { "TargetDomainName", value::text("Builtin") },
            { "TargetSid", value::sid(group_sid) }, { "SubjectUserSid", value::sid(by.sid) },
            { "SubjectUserName", value::text(by.name) }, { "SubjectDomainName", value::text(by.domain) },
            { "SubjectLogonId", value::hex64(by.logon_id) }, { "PrivilegeList", value::text("-") } });
}

void WindowsMachine::audit_log_cleared(Timestamp at, Account const& by)
{
    auto& event = add(at, { "Microsoft-Windows-Eventlog", "FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148", "Security" }, 1102,
        { { "SubjectUserSid", value::sid(by.sid) }, { "SubjectUserName", value::text(by.name) },
            { "SubjectDomainName", value::text(by.domain) }, { "SubjectLogonId", value::hex64(by.logon_id) } });
    event.task = 104;
    event.keywords = 0x4020000000000000;
    event.user_data = "LogFileCleared";
    event.user_data_namespace = "http://manifests.microsoft.com/win/2004/08/windows/eventlog";
}

StartedProcess WindowsMachine::running(std::string_view image, std::string_view command_line, Account const& user)
{
    auto const id = static_cast<std::uint32_t>(4 * m_random.between(150, 3'000));
    return { id, process_guid({ static_cast<std::int64_t>(m_seed >> 8) }, id), std::string(image),
        std::string(command_line), user };
}

StartedProcess WindowsMachine::process(Timestamp at, Account const& user, StartedProcess const& parent,
    std::string_view image, std::string_view command_line, FileVersion const& version)
{
    auto const id = static_cast<std::uint32_t>(4 * m_random.between(300, 4'000));
    StartedProcess started { id, process_guid(at, id), std::string(image), std::string(command_line), user };
    bool const is_system = user.sid == "S-1-5-18";
    security(at, 4688, 13312,
        { { "SubjectUserSid", value::sid(user.sid) }, { "SubjectUserName", value::text(user.name) },
            { "SubjectDomainName", value::text(user.domain) }, { "SubjectLogonId", value::hex64(user.logon_id) },
            { "NewProcessId", value::hex64(id) }, { "NewProcessName", value::text(image) },
            { "TokenElevationType", value::text(is_system ? "%%1936" : "%%1938") },
            { "ProcessId", value::hex64(parent.id) }, { "CommandLine", value::text(command_line) },
            { "TargetUserSid", value::sid(null_sid) }, { "TargetUserName", value::text("-") },
            { "TargetDomainName", value::text("-") }, { "TargetLogonId", value::hex64(0) },
            { "ParentProcessName", value::text(parent.image) },
            { "MandatoryLabel", value::sid(is_system ? "S-1-16-16384" : "S-1-16-8192") } })
        .version
        = 2;
    auto const original = version.original_name == "-" ? base_name(image) : version.original_name;
    sysmon(at, 1,
        { { "RuleName", value::text("-") }, { "UtcTime", value::text(sysmon_time(at)) },
            { "ProcessGuid", value::guid(started.guid) }, { "ProcessId", value::u32(id) },
            { "Image", value::text(image) }, { "FileVersion", value::text(version.version) },
            { "Description", value::text(version.description) }, { "Product", value::text(version.product) },
            { "Company", value::text(version.company) }, { "OriginalFileName", value::text(original) },
            { "CommandLine", value::text(command_line) },
            { "CurrentDirectory", value::text("C:\\Windows\\system32\\") }, { "User", value::text(qualified(user)) },
            { "LogonGuid", value::guid(process_guid({ static_cast<std::int64_t>(user.logon_id << 24) }, 0)) },
            { "LogonId", value::hex64(user.logon_id) }, { "TerminalSessionId", value::u32(is_system ? 0 : 1) },
            { "IntegrityLevel", value::text(is_system ? "System" : "Medium") },
            { "Hashes", value::text(hashes_of(image)) }, { "ParentProcessGuid", value::guid(parent.guid) },
            { "ParentProcessId", value::u32(parent.id) }, { "ParentImage", value::text(parent.image) },
            { "ParentCommandLine", value::text(parent.command_line) },
            { "ParentUser", value::text(qualified(parent.user)) } });
    return started;
}

void WindowsMachine::service_installed(
    Timestamp at, Account const& by, std::string_view name, std::string_view path, std::string_view start_type)
{
    auto& event = add(at, { "Service Control Manager", "555908D1-A6D7-4695-8E1E-26931D2012F4", "System" }, 7045,
        { { "ServiceName", value::text(name) }, { "ImagePath", value::text(path) },
            { "ServiceType", value::text("user mode service") }, { "StartType", value::text(start_type) },
            { "AccountName", value::text("LocalSystem") } });
    event.event_source_name = "Service Control Manager";
    event.qualifiers = 16'384;
    event.keywords = 0x8080000000000000;
    event.user_sid = by.sid;
    event.process_id = 696;
    security(at, 4697, 12289,
        { { "SubjectUserSid", value::sid(by.sid) }, { "SubjectUserName", value::text(by.name) },
            { "SubjectDomainName", value::text(by.domain) }, { "SubjectLogonId", value::hex64(by.logon_id) },
            { "ServiceName", value::text(name) }, { "ServiceFileName", value::text(path) },
            { "ServiceType", value::hex32(0x10) },
            { "ServiceStartType", value::u32(start_type == "auto start" ? 2 : 3) },
            { "ServiceAccount", value::text("LocalSystem") } });
}

void WindowsMachine::service_state(Timestamp at, std::string_view name, std::string_view state)
{
    auto& event = add(at, { "Service Control Manager", "555908D1-A6D7-4695-8E1E-26931D2012F4", "System" }, 7036,
        { { "param1", value::text(name) }, { "param2", value::text(state) } });
    event.event_source_name = "Service Control Manager";
    event.qualifiers = 16'384;
    event.keywords = 0x8080000000000000;
    event.process_id = 696;
}

void WindowsMachine::system_log_cleared(Timestamp at, Account const& by, std::string_view channel)
{
    auto& event = add(at, { "Microsoft-Windows-Eventlog", "FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148", "System" }, 104,
        { { "SubjectUserName", value::text(by.name) }, { "SubjectDomainName", value::text(by.domain) },
            { "Channel", value::text(channel) }, { "BackupPath", value::text("") } });
    event.task = 104;
    event.keywords = 0x8000000000000000;
    event.user_sid = by.sid;
    event.user_data = "LogFileCleared";
    event.user_data_namespace = "http://manifests.microsoft.com/win/2004/08/windows/eventlog";
}

void WindowsMachine::event_log_started(Timestamp at)
{
    auto& event = add(at, { "EventLog", "", "System" }, 6005, {});
    event.qualifiers = 32'768;
    event.keywords = 0x80000000000000;
    event.fields.push_back({ "Data", value::binary(std::string("\xea\x07\x09\x00", 4)), FieldPlace::unnamed, false });
}

void WindowsMachine::time_service(Timestamp at, std::string_view server)
{
    add(at, { "Microsoft-Windows-Time-Service", "06EDCFEB-0FD0-4E53-ACCA-A6F8BBF81BCB", "System" }, 35,
        { { "TimeSource", value::text(server) }, { "TimeSourceRefId", value::u32(0xa141400a) },
            { "CurrentStratumNumber", value::u32(3) } })
        .user_sid
        = "S-1-5-19";
}

void WindowsMachine::network_connection(Timestamp at, StartedProcess const& by, std::string_view to_address,
    std::string_view to_name, std::uint16_t to_port)
{
    sysmon(at, 3,
        { { "RuleName", value::text("-") }, { "UtcTime", value::text(sysmon_time(at)) },
            { "ProcessGuid", value::guid(by.guid) }, { "ProcessId", value::u32(by.id) },
            { "Image", value::text(by.image) }, { "User", value::text(qualified(by.user)) },
            { "Protocol", value::text("tcp") }, { "Initiated", value::boolean(true) },
            { "SourceIsIpv6", value::boolean(false) }, { "SourceIp", value::text(m_address) },
            { "SourceHostname", value::text(full_name()) },
            { "SourcePort", value::u16(static_cast<std::uint16_t>(m_random.between(49'152, 65'000))) },
            { "SourcePortName", value::text("-") }, { "DestinationIsIpv6", value::boolean(false) },
            { "DestinationIp", value::text(to_address) }, { "DestinationHostname", value::text(to_name) },
            { "DestinationPort", value::u16(to_port) },
            { "DestinationPortName", value::text(to_port == 443 ? "https" : (to_port == 80 ? "http" : "-")) } });
}

void WindowsMachine::image_loaded(
    Timestamp at, StartedProcess const& by, std::string_view image, bool is_signed, std::string_view signature)
{
    sysmon(at, 7,
        { { "RuleName", value::text("-") }, { "UtcTime", value::text(sysmon_time(at)) },
            { "ProcessGuid", value::guid(by.guid) }, { "ProcessId", value::u32(by.id) },
            { "Image", value::text(by.image) }, { "ImageLoaded", value::text(image) },
            { "FileVersion", value::text(is_signed ? "10.0.17763.1" : "-") }, { "Description", value::text("-") },
            { "Product", value::text("-") }, { "Company", value::text(is_signed ? "Microsoft Corporation" : "-") },
            { "OriginalFileName", value::text(is_signed ? base_name(image) : "-") },
            { "Hashes", value::text(hashes_of(is_signed ? image : std::string(image) + "!")) },
            { "Signed", value::text(is_signed ? "true" : "false") }, { "Signature", value::text(signature) },
            { "SignatureStatus", value::text(is_signed ? "Valid" : "Unavailable") },
            { "User", value::text(qualified(by.user)) } });
}

void WindowsMachine::process_access(
    Timestamp at, StartedProcess const& by, StartedProcess const& target, std::uint32_t access)
{
    sysmon(at, 10,
        { { "RuleName", value::text("-") }, { "UtcTime", value::text(sysmon_time(at)) },
            { "SourceProcessGUID", value::guid(by.guid) }, { "SourceProcessId", value::u32(by.id) },
            { "SourceThreadId", value::u32(static_cast<std::uint32_t>(4 * m_random.between(200, 2'000))) },
            { "SourceImage", value::text(by.image) }, { "TargetProcessGUID", value::guid(target.guid) },
            { "TargetProcessId", value::u32(target.id) }, { "TargetImage", value::text(target.image) },
            { "GrantedAccess", value::hex32(access) },
            { "CallTrace",
                value::text("C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c0fe|C:"
                            "\\Windows\\System32\\comsvcs.dll+262f3") },
            { "SourceUser", value::text(qualified(by.user)) }, { "TargetUser", value::text("NT AUTHORITY\\SYSTEM") } });
}

void WindowsMachine::file_created(Timestamp at, StartedProcess const& by, std::string_view file)
{
    sysmon(at, 11,
        { { "RuleName", value::text("-") }, { "UtcTime", value::text(sysmon_time(at)) },
            { "ProcessGuid", value::guid(by.guid) }, { "ProcessId", value::u32(by.id) },
            { "Image", value::text(by.image) }, { "TargetFilename", value::text(file) },
            { "CreationUtcTime", value::text(sysmon_time(at)) }, { "User", value::text(qualified(by.user)) } });
}

void WindowsMachine::registry_set(
    Timestamp at, StartedProcess const& by, std::string_view key, std::string_view details)
{
    sysmon(at, 13,
        { { "RuleName", value::text("-") }, { "EventType", value::text("SetValue") },
            { "UtcTime", value::text(sysmon_time(at)) }, { "ProcessGuid", value::guid(by.guid) },
            { "ProcessId", value::u32(by.id) }, { "Image", value::text(by.image) },
            { "TargetObject", value::text(key) }, { "Details", value::text(details) },
            { "User", value::text(qualified(by.user)) } });
}

void WindowsMachine::dns_query(Timestamp at, StartedProcess const& by, std::string_view name, std::string_view results)
{
    sysmon(at, 22,
        { { "RuleName", value::text("-") }, { "UtcTime", value::text(sysmon_time(at)) },
            { "ProcessGuid", value::guid(by.guid) }, { "ProcessId", value::u32(by.id) },
            { "QueryName", value::text(name) }, { "QueryStatus", value::text("0") },
            { "QueryResults", value::text(results) }, { "Image", value::text(by.image) },
            { "User", value::text(qualified(by.user)) } });
}

void WindowsMachine::powershell_script(Timestamp at, Account const& user, std::uint32_t process_id,
    std::string_view script, std::string_view path, bool is_warning)
{
    auto& event = add(at,
        { "Microsoft-Windows-PowerShell", "A0C1853B-5C40-4B15-8766-3CF1C58F985A",
            "Microsoft-Windows-PowerShell/Operational" },
        4104,
        { { "MessageNumber", value::i32(1) }, { "MessageTotal", value::i32(1) },
            { "ScriptBlockText", value::text(script) },
            { "ScriptBlockId",
                value::text(ascii_lower(process_guid({ static_cast<std::int64_t>(text_hash(script, 3) >> 1) }, 7))) },
            { "Path", value::text(path) } });
    event.level = is_warning ? 3 : 5;
    event.task = 2;
    event.opcode = 15;
    event.keywords = 0;
    event.version = 1;
    event.user_sid = user.sid;
    event.process_id = process_id;
    event.activity_id = process_guid(at, 1);
}

void WindowsMachine::powershell_engine_started(Timestamp at, std::string_view host_application)
{
    auto& event = add(at, { "PowerShell", "", "Windows PowerShell" }, 400, {});
    event.qualifiers = 0;
    event.task = 4;
    event.keywords = 0x80000000000000;
    std::string const items[] = { "Available", "None",
        format("\tNewEngineState=Available\r\n\tPreviousEngineState=None\r\n\r\n\tSequenceNumber=13\r\n\r\n\tHostName="
               "ConsoleHost\r\n\tHostVersion=5.1.17763.1\r\n\tHostId={}\r\n"
               "\tHostApplication={}\r\n\tEngineVersion=5.1.17763.1\r\n\tRunspaceId={}\r\n\tPipelineId="
               "\r\n\tCommandName=\r\n\tCommandType=\r\n\tScriptName=\r\n\tCommandPath=\r\n\tCommandLine=",
            ascii_lower(process_guid(at, 2)), host_application, ascii_lower(process_guid(at, 3))) };
    event.fields.push_back({ "Data", value::text_list(items), FieldPlace::unnamed, true });
    event.fields.push_back({ "Binary", value::null(), FieldPlace::unnamed, true });
}

void WindowsMachine::task_registered(
    Timestamp at, Account const& by, std::string_view task, std::string_view command, std::string_view arguments)
{
    auto const xml
        = format("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\" "
                 "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n"
                 "  <RegistrationInfo>\r\n    <Date>{}</Date>\r\n    <Author>{}\\{}</Author>\r\n    <URI>{}</URI>\r\n  "
                 "</RegistrationInfo>\r\n"
                 "  <Triggers>\r\n    <TimeTrigger>\r\n      <Repetition>\r\n        <Interval>PT30M</Interval>\r\n    "
                 "  </Repetition>\r\n      <Enabled>true</Enabled>\r\n    </TimeTrigger>\r\n  </Triggers>\r\n"
                 "  <Principals>\r\n    <Principal id=\"Author\">\r\n      <RunLevel>HighestAvailable</RunLevel>\r\n   "
                 "   <UserId>S-1-5-18</UserId>\r\n    </Principal>\r\n  </Principals>\r\n"
                 "  <Actions Context=\"Author\">\r\n    <Exec>\r\n      <Command>{}</Command>\r\n      "
                 "<Arguments>{}</Arguments>\r\n    </Exec>\r\n  </Actions>\r\n</Task>",
            to_string(at).substr(0, 19), by.domain, by.name, task, command, arguments);
    security(at, 4698, 12804,
        { { "SubjectUserSid", value::sid(by.sid) }, { "SubjectUserName", value::text(by.name) },
            { "SubjectDomainName", value::text(by.domain) }, { "SubjectLogonId", value::hex64(by.logon_id) },
            { "TaskName", value::text(task) }, { "TaskContent", value::text(xml) } });
    auto& event = add(at,
        { "Microsoft-Windows-TaskScheduler", "DE7B24EA-73C8-4A09-985D-5BDADCFA9017",
            "Microsoft-Windows-TaskScheduler/Operational" },
        106, { { "TaskName", value::text(task) }, { "UserContext", value::text(by.domain + "\\" + by.name) } });
    event.task = 106;
    event.user_sid = "S-1-5-18";
}

void WindowsMachine::task_ran(Timestamp at, std::string_view task, std::string_view action)
{
    auto const instance = process_guid(at, 9);
    for (auto const event_id : { 200U, 201U }) {
        auto& event = add({ at.ticks + (event_id == 201 ? 4 * ticks_per_second : 0) },
            { "Microsoft-Windows-TaskScheduler", "DE7B24EA-73C8-4A09-985D-5BDADCFA9017",
                "Microsoft-Windows-TaskScheduler/Operational" },
            event_id,
            { { "TaskName", value::text(task) },
                { event_id == 200 ? "ActionName" : "TaskInstanceId",
                    event_id == 200 ? value::text(action) : value::guid(instance) },
                { event_id == 200 ? "TaskInstanceId" : "ActionName",
                    event_id == 200 ? value::guid(instance) : value::text(action) } });
        if (event_id == 201)
            event.fields.push_back({ "ResultCode", value::u32(0), FieldPlace::data, false });
        event.task = static_cast<std::uint16_t>(event_id);
        event.user_sid = "S-1-5-18";
    }
}

void WindowsMachine::remote_desktop(
    Timestamp at, Account const& user, std::string_view from_address, std::uint32_t session)
{
    auto& connection = add(at,
        { "Microsoft-Windows-TerminalServices-RemoteConnectionManager", "C76BAA63-AE81-421C-B425-340B4B24157F",
            "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational" },
        1149,
        { { "Param1", value::text(user.name) }, { "Param2", value::text(user.domain) },
            { "Param3", value::text(from_address) } });
    connection.user_data = "EventXML";
    connection.user_data_namespace = "Event_NS";
    for (auto const event_id : { 21U, 22U }) {
        auto& event = add({ at.ticks + 2 * ticks_per_second },
            { "Microsoft-Windows-TerminalServices-LocalSessionManager", local_session_guid,
                "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational" },
            event_id,
            { { "User", value::text(user.domain + "\\" + user.name) }, { "SessionID", value::u32(session) },
                { "Address", value::text(from_address) } });
        event.user_data = "EventXML";
        event.user_data_namespace = "Event_NS";
    }
}

void WindowsMachine::remote_desktop_ended(
    Timestamp at, Account const& user, std::string_view from_address, std::uint32_t session)
{
    auto& event = add(at,
        { "Microsoft-Windows-TerminalServices-LocalSessionManager", local_session_guid,
            "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational" },
        24,
        { { "User", value::text(user.domain + "\\" + user.name) }, { "SessionID", value::u32(session) },
            { "Address", value::text(from_address) } });
    event.user_data = "EventXML";
    event.user_data_namespace = "Event_NS";
}

void WindowsMachine::bits_transfer(Timestamp at, std::string_view job, std::string_view url, std::uint64_t size_bytes)
{
    for (auto const event_id : { 59U, 60U }) {
        auto& event = add({ at.ticks + (event_id == 60 ? 3 * ticks_per_second : 0) },
            { "Microsoft-Windows-Bits-Client", "EF1CC15B-46C1-414E-BB95-E76B077BD51E",
                "Microsoft-Windows-Bits-Client/Operational" },
            event_id,
            { { "transferId", value::guid(process_guid(at, 11)) }, { "name", value::text(job) },
                { "Id", value::guid(process_guid(at, 12)) }, { "url", value::text(url) }, { "peer", value::text("") },
                { "fileTime", value::filetime(at) }, { "fileLength", value::u64(size_bytes) },
                { "bytesTotal", value::u64(size_bytes) },
                { "bytesTransferred", value::u64(event_id == 60 ? size_bytes : 0) },
                { "bytesTransferredFromPeer", value::u64(0) } });
        event.user_sid = "S-1-5-18";
    }
}

void WindowsMachine::defender_found(Timestamp at, std::string_view threat, std::string_view path, Account const& user)
{
    for (auto const event_id : { 1116U, 1117U }) {
        auto& event = add({ at.ticks + (event_id == 1117 ? 20 * ticks_per_second : 0) },
            { "Microsoft-Windows-Windows Defender", "11CD958A-C507-4EF3-B3F2-5FD9DFBD2C78",
                "Microsoft-Windows-Windows Defender/Operational" },
            event_id,
            { { "Product Name", value::text("Microsoft Defender Antivirus") },
                { "Product Version", value::text("4.18.26070.5") },
                { "Detection ID", value::text("{" + process_guid(at, 21) + "}") },
                { "Detection Time", value::text(to_string(at).substr(0, 23) + "Z") },
                { "Threat ID", value::text("2147735503") }, { "Threat Name", value::text(threat) },
                { "Severity ID", value::text("5") }, { "Severity Name", value::text("Severe") },
                { "Category ID", value::text("6") }, { "Category Name", value::text("Backdoor") },
                { "Path", value::text(path) }, { "Detection User", value::text(user.domain + "\\" + user.name) },
                { "Process Name", value::text("C:\\Windows\\System32\\inetsrv\\w3wp.exe") },
                { "Action ID", value::text(event_id == 1116 ? "9" : "2") },
                { "Action Name", value::text(event_id == 1116 ? "Not Applicable" : "Quarantine") } });
        event.level = 3;
        event.user_sid = "S-1-5-18";
    }
}

void WindowsMachine::defender_changed(Timestamp at, std::string_view new_value)
{
    add(at,
        { "Microsoft-Windows-Windows Defender", "11CD958A-C507-4EF3-B3F2-5FD9DFBD2C78",
            "Microsoft-Windows-Windows Defender/Operational" },
        5007,
        { { "Product Name", value::text("Microsoft Defender Antivirus") },
            { "Product Version", value::text("4.18.26070.5") }, { "Old Value", value::text("") },
            { "New Value", value::text(new_value) } })
        .user_sid
        = "S-1-5-18";
}

void WindowsMachine::defender_updated(Timestamp at, std::string_view version)
{
    add(at,
        { "Microsoft-Windows-Windows Defender", "11CD958A-C507-4EF3-B3F2-5FD9DFBD2C78",
            "Microsoft-Windows-Windows Defender/Operational" },
        2000,
        { { "Product Name", value::text("Microsoft Defender Antivirus") },
            { "Product Version", value::text("4.18.26070.5") },
            { "Current security intelligence Version", value::text(version) },
            { "Update Source", value::text("Microsoft Update Server") } })
        .user_sid
        = "S-1-5-18";
}

void WindowsMachine::application(
    Timestamp at, std::string_view source, std::uint16_t event_id, std::vector<std::string> const& texts)
{
    auto& event = add(at, { source, "", "Application" }, event_id, {});
    event.qualifiers = 0;
    event.keywords = 0x80000000000000;
    event.fields.push_back({ "Data", value::text_list(texts), FieldPlace::unnamed, true });
}

std::map<std::string, std::vector<WrittenEvent>> WindowsMachine::take_logs()
{
    for (auto& [channel, events] : m_logs)
        std::ranges::stable_sort(events, {}, &WrittenEvent::written_at);
    return std::exchange(m_logs, {});
}

void WindowsMachine::put_back(std::map<std::string, std::vector<WrittenEvent>> logs)
{
    for (auto& [channel, events] : logs)
        std::ranges::move(events, std::back_inserter(m_logs[channel]));
}

}
