#include "traces/windows_event/messages.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_event {

namespace {

constexpr std::size_t message_bytes_max = 1'000;
constexpr std::size_t value_bytes_max = 300;

enum class From : std::uint8_t {
    security,
    eventlog,
    services,
    sysmon,
    powershell,
    powershell_classic,
    tasks,
    sessions,
    connections,
    rdp_client,
    wmi,
    defender,
    kernel_general,
    update
};

constexpr std::string_view provider_of(From from)
{
    switch (from) {
    case From::security: return "Microsoft-Windows-Security-Auditing";
    case From::eventlog: return "Microsoft-Windows-Eventlog";
    case From::services: return "Service Control Manager";
    case From::sysmon: return "Microsoft-Windows-Sysmon";
    case From::powershell: return "Microsoft-Windows-PowerShell";
    case From::powershell_classic: return "PowerShell";
    case From::tasks: return "Microsoft-Windows-TaskScheduler";
    case From::sessions: return "Microsoft-Windows-TerminalServices-LocalSessionManager";
    case From::connections: return "Microsoft-Windows-TerminalServices-RemoteConnectionManager";
    case From::rdp_client: return "Microsoft-Windows-TerminalServices-ClientActiveXCore";
    case From::wmi: return "Microsoft-Windows-WMI-Activity";
    case From::defender: return "Microsoft-Windows-Windows Defender";
    case From::kernel_general: return "Microsoft-Windows-Kernel-General";
    case From::update: return "Microsoft-Windows-WindowsUpdateClient";
    }
    return {};
}

// {Field}, or {Field|Other} for the first one that says something; "?" when none does.
struct Template {
    From from;
    std::uint16_t event_id;
    std::string_view text;
};

constexpr auto templates = std::to_array<Template>({
    { From::security, 4608, "Windows starts" },
    { From::security, 4616,
        "System time changed from {PreviousTime} to {NewTime} by {SubjectDomainName}\\{SubjectUserName} "
        "({ProcessName})" },
    { From::security, 4624,
        "Logon type {LogonType} of {TargetDomainName}\\{TargetUserName} from {IpAddress|WorkstationName} "
        "({AuthenticationPackageName}), session {TargetLogonId}" },
    { From::security, 4625,
        "Failed logon type {LogonType} of {TargetDomainName}\\{TargetUserName} from {IpAddress|WorkstationName}, "
        "status {SubStatus|Status}" },
    { From::security, 4634,
        "Logoff of {TargetDomainName}\\{TargetUserName}, type {LogonType}, session {TargetLogonId}" },
    { From::security, 4647, "Logoff asked for by {TargetDomainName}\\{TargetUserName}, session {TargetLogonId}" },
    { From::security, 4648,
        "{SubjectDomainName}\\{SubjectUserName} used credentials of {TargetDomainName}\\{TargetUserName} for "
        "{TargetServerName} ({ProcessName})" },
    { From::security, 4656,
        "Handle to {ObjectName} asked for by {SubjectUserName} ({ProcessName}), access {AccessMask}" },
    { From::security, 4657, "Registry value {ObjectName}\\{ObjectValueName} set to {NewValue} by {ProcessName}" },
    { From::security, 4662,
        "Directory object {ObjectName} used by {SubjectDomainName}\\{SubjectUserName}, properties {Properties}" },
    { From::security, 4663, "{ObjectName} accessed by {SubjectUserName} ({ProcessName}), access {AccessMask}" },
    { From::security, 4672, "Special privileges for {SubjectDomainName}\\{SubjectUserName}, session {SubjectLogonId}" },
    { From::security, 4688,
        "Process {NewProcessName} ({NewProcessId}) started by {ParentProcessName|ProcessId} as "
        "{TargetUserName|SubjectUserName}: {CommandLine}" },
    { From::security, 4689, "Process {ProcessName} ({ProcessId}) ended" },
    { From::security, 4697, "Service {ServiceName} installed: {ServiceFileName}" },
    { From::security, 4698, "Task {TaskName} created by {SubjectDomainName}\\{SubjectUserName}" },
    { From::security, 4699, "Task {TaskName} deleted by {SubjectDomainName}\\{SubjectUserName}" },
    { From::security, 4700, "Task {TaskName} enabled by {SubjectDomainName}\\{SubjectUserName}" },
    { From::security, 4701, "Task {TaskName} disabled by {SubjectDomainName}\\{SubjectUserName}" },
    { From::security, 4702, "Task {TaskName} updated by {SubjectDomainName}\\{SubjectUserName}" },
    { From::security, 4719,
        "Audit policy {SubcategoryGuid} changed by {SubjectDomainName}\\{SubjectUserName}: {AuditPolicyChanges}" },
    { From::security, 4720, "User {TargetDomainName}\\{TargetUserName} created by {SubjectUserName}" },
    { From::security, 4722, "User {TargetDomainName}\\{TargetUserName} enabled by {SubjectUserName}" },
    { From::security, 4723, "Password of {TargetDomainName}\\{TargetUserName} changed by {SubjectUserName}" },
    { From::security, 4724, "Password of {TargetDomainName}\\{TargetUserName} reset by {SubjectUserName}" },
    { From::security, 4725, "User {TargetDomainName}\\{TargetUserName} disabled by {SubjectUserName}" },
    { From::security, 4726, "User {TargetDomainName}\\{TargetUserName} deleted by {SubjectUserName}" },
    { From::security, 4728, "{MemberName|MemberSid} added to global group {TargetUserName} by {SubjectUserName}" },
    { From::security, 4729, "{MemberName|MemberSid} removed from global group {TargetUserName} by {SubjectUserName}" },
    { From::security, 4732, "{MemberName|MemberSid} added to local group {TargetUserName} by {SubjectUserName}" },
    { From::security, 4733, "{MemberName|MemberSid} removed from local group {TargetUserName} by {SubjectUserName}" },
    { From::security, 4738, "User {TargetDomainName}\\{TargetUserName} changed by {SubjectUserName}" },
    { From::security, 4740, "User {TargetUserName} locked out, asked from {TargetDomainName}" },
    { From::security, 4741, "Computer account {TargetUserName} created by {SubjectUserName}" },
    { From::security, 4742, "Computer account {TargetUserName} changed by {SubjectUserName}" },
    { From::security, 4756, "{MemberName|MemberSid} added to universal group {TargetUserName} by {SubjectUserName}" },
    { From::security, 4767, "User {TargetUserName} unlocked by {SubjectUserName}" },
    { From::security, 4768,
        "Kerberos ticket for {TargetDomainName}\\{TargetUserName} from {IpAddress}, encryption {TicketEncryptionType}, "
        "status {Status}" },
    { From::security, 4769,
        "Kerberos service ticket {ServiceName} for {TargetUserName} from {IpAddress}, encryption "
        "{TicketEncryptionType}, status {Status}" },
    { From::security, 4771, "Kerberos preauthentication of {TargetUserName} failed from {IpAddress}, status {Status}" },
    { From::security, 4776, "NTLM check of {TargetUserName} from {Workstation}, status {Status}" },
    { From::security, 4778,
        "Session of {AccountDomain}\\{AccountName} reconnected from {ClientAddress} ({ClientName})" },
    { From::security, 4779,
        "Session of {AccountDomain}\\{AccountName} disconnected from {ClientAddress} ({ClientName})" },
    { From::security, 4781, "Account {OldTargetUserName} renamed to {NewTargetUserName} by {SubjectUserName}" },
    { From::security, 4798, "Groups of {TargetUserName} listed by {SubjectUserName} ({CallerProcessName})" },
    { From::security, 4799, "Members of {TargetUserName} listed by {SubjectUserName} ({CallerProcessName})" },
    { From::security, 5140, "Share {ShareName} opened by {SubjectDomainName}\\{SubjectUserName} from {IpAddress}" },
    { From::security, 5145,
        "{RelativeTargetName} on {ShareName} checked for {SubjectDomainName}\\{SubjectUserName} from {IpAddress}, "
        "access {AccessMask}" },
    { From::security, 5156,
        "Connection allowed: {Application} {SourceAddress}:{SourcePort} -> {DestAddress}:{DestPort}" },
    { From::security, 5157,
        "Connection blocked: {Application} {SourceAddress}:{SourcePort} -> {DestAddress}:{DestPort}" },
    { From::eventlog, 104, "Log {Channel} cleared by {SubjectDomainName}\\{SubjectUserName}" },
    { From::eventlog, 1100, "Event log service stopped" },
    { From::eventlog, 1102, "Security log cleared by {SubjectDomainName}\\{SubjectUserName}" },
    { From::services, 7009, "Service {param2} did not start in {param1} ms" },
    { From::services, 7034, "Service {param1} ended unexpectedly" },
    { From::services, 7036, "Service {param1}: {param2}" },
    { From::services, 7040, "Start type of {param1} changed from {param2} to {param3}" },
    { From::services, 7045, "Service {ServiceName} installed: {ImagePath} ({StartType}, {AccountName})" },
    { From::sysmon, 1, "Process {Image} ({ProcessId}) started by {ParentImage} as {User}: {CommandLine}" },
    { From::sysmon, 2,
        "Creation time of {TargetFilename} changed from {PreviousCreationUtcTime} to {CreationUtcTime} by {Image}" },
    { From::sysmon, 3,
        "{Image} connected {SourceIp}:{SourcePort} -> {DestinationIp}:{DestinationPort} {DestinationHostname} "
        "({User})" },
    { From::sysmon, 4, "Sysmon {State}" },
    { From::sysmon, 5, "Process {Image} ({ProcessId}) ended" },
    { From::sysmon, 6, "Driver {ImageLoaded} loaded, signed {Signed} by {Signature}" },
    { From::sysmon, 7, "{Image} loaded {ImageLoaded}, signed {Signed} by {Signature}" },
    { From::sysmon, 8, "{SourceImage} started a thread in {TargetImage} at {StartModule|StartAddress}" },
    { From::sysmon, 9, "{Image} read the raw disk {Device}" },
    { From::sysmon, 10, "{SourceImage} opened {TargetImage}, access {GrantedAccess}" },
    { From::sysmon, 11, "{Image} created {TargetFilename}" },
    { From::sysmon, 12, "{Image} {EventType} {TargetObject}" },
    { From::sysmon, 13, "{Image} set {TargetObject} to {Details}" },
    { From::sysmon, 14, "{Image} renamed {TargetObject} to {NewName}" },
    { From::sysmon, 15, "{Image} created stream {TargetFilename}" },
    { From::sysmon, 17, "{Image} created pipe {PipeName}" },
    { From::sysmon, 18, "{Image} connected to pipe {PipeName}" },
    { From::sysmon, 19, "WMI filter {Name} {Operation} by {User}: {Query}" },
    { From::sysmon, 20, "WMI consumer {Name} {Operation} by {User}: {Destination}" },
    { From::sysmon, 21, "WMI binding {Operation} by {User}: {Filter} -> {Consumer}" },
    { From::sysmon, 22, "{Image} looked up {QueryName}: {QueryResults|QueryStatus}" },
    { From::sysmon, 23, "{Image} deleted {TargetFilename} (kept by Sysmon)" },
    { From::sysmon, 25, "{Image} was tampered with: {Type}" },
    { From::sysmon, 26, "{Image} deleted {TargetFilename}" },
    { From::powershell, 4103, "PowerShell ran {Payload}" },
    { From::powershell, 4104, "PowerShell script block {MessageNumber}/{MessageTotal} {Path}: {ScriptBlockText}" },
    { From::powershell_classic, 400, "PowerShell engine started" },
    { From::powershell_classic, 403, "PowerShell engine stopped" },
    { From::tasks, 106, "Task {TaskName} registered by {UserContext}" },
    { From::tasks, 140, "Task {TaskName} updated by {UserName}" },
    { From::tasks, 141, "Task {TaskName} deleted by {UserName}" },
    { From::tasks, 200, "Task {TaskName} starts {ActionName}" },
    { From::tasks, 201, "Task {TaskName} finished {ActionName}, result {ResultCode}" },
    { From::sessions, 21, "Session {SessionID}: logon of {User} from {Address}" },
    { From::sessions, 22, "Session {SessionID}: shell of {User} started, from {Address}" },
    { From::sessions, 23, "Session {SessionID}: logoff of {User}" },
    { From::sessions, 24, "Session {SessionID} of {User} disconnected, from {Address}" },
    { From::sessions, 25, "Session {SessionID} of {User} reconnected, from {Address}" },
    { From::connections, 1149, "Remote desktop: {Param2}\\{Param1} authenticated from {Param3}" },
    { From::rdp_client, 1024, "Remote desktop client connects to {Value}" },
    { From::rdp_client, 1102, "Remote desktop client reached {Value}" },
    { From::wmi, 5857, "WMI provider {ProviderName} loaded from {ProviderPath}" },
    { From::wmi, 5860, "WMI temporary subscription by {User} in {NamespaceName}: {Query}" },
    { From::wmi, 5861, "WMI permanent subscription {ESS}: {CONSUMER}" },
    { From::defender, 1006, "Defender found {ThreatName} in {Path}" },
    { From::defender, 1116,
        "Defender found {ThreatName} ({SeverityName}) in {Path}, program {ProcessName}, user {DetectionUser}" },
    { From::defender, 1117, "Defender: {ActionName} for {ThreatName} in {Path}" },
    { From::defender, 5001, "Defender real-time protection disabled" },
    { From::defender, 5007, "Defender setting changed from {OldValue} to {NewValue}" },
    { From::kernel_general, 1, "System time changed from {OldTime} to {NewTime}" },
    { From::kernel_general, 12, "Windows starts, version {MajorVersion}.{MinorVersion}.{BuildVersion}" },
    { From::kernel_general, 13, "Windows shuts down" },
    { From::update, 19, "Update installed: {updateTitle}" },
});

// Appends on one line, cut at a character, without control characters.
void append_line(std::string& target, std::string_view text, std::size_t bytes_max)
{
    bool const is_cut = text.size() > bytes_max;
    auto size = std::min(text.size(), bytes_max);
    while (is_cut && size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    bool was_blank = false;
    for (auto const c : text.substr(0, size)) {
        bool const is_blank = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
        if (!is_blank || !was_blank)
            target += is_blank ? ' ' : c;
        was_blank = is_blank;
    }
    if (is_cut)
        target += "…";
}

void append_field(std::string& target, Event const& event, std::string_view names)
{
    for (auto const name : split(names, '|')) {
        auto const* value = event.find(name);
        auto const text = value == nullptr ? std::string {} : value_text(*value);
        if (text.empty() || text == "-" || (name == "SubStatus" && text == "0x0"))
            continue;
        append_line(target, text, value_bytes_max);
        return;
    }
    target += '?';
}

std::string fill(std::string_view pattern, Event const& event)
{
    std::string text;
    while (!pattern.empty()) {
        auto const open = std::min(pattern.find('{'), pattern.size());
        text += pattern.substr(0, open);
        auto const close = pattern.find('}', open);
        if (close == std::string_view::npos)
            break;
        append_field(text, event, pattern.substr(open + 1, close - open - 1));
        pattern.remove_prefix(close + 1);
    }
    return text;
}

std::string list_fields(Event const& event)
{
    auto text = format("{} {}", event.provider.empty() ? event.channel : event.provider, event.event_id);
    auto separator = std::string_view(": ");
    for (std::size_t i = 0; event.shape != nullptr && i < event.values.size() && text.size() < message_bytes_max; ++i) {
        auto const value = value_text(event.values[i]);
        if (value.empty())
            continue;
        text += separator;
        text += event.shape->names[i];
        text += '=';
        append_line(text, value, value_bytes_max);
        separator = ", ";
    }
    return text;
}

}

std::string message_of(Event const& event)
{
    auto const found = std::find_if(templates.begin(), templates.end(), [&](Template const& known) {
        return known.event_id == event.event_id && provider_of(known.from) == event.provider;
    });
    auto const text = found != templates.end() ? fill(found->text, event) : list_fields(event);
    std::string line;
    append_line(line, text, message_bytes_max - 3);
    return line;
}

}
