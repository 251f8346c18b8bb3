// Processes begun and ended: Sysmon 1 and 5, Security 4688 and 4689.
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"

namespace konseki::windows_event {

namespace {

// [MS-DTYP 2.4.2.4] mandatory labels, named as Sysmon names them
std::string_view integrity_of(std::string_view label)
{
    if (label == "S-1-16-0")
        return "Untrusted";
    if (label == "S-1-16-4096")
        return "Low";
    if (label == "S-1-16-8192")
        return "Medium";
    if (label == "S-1-16-8448")
        return "MediumPlus";
    if (label == "S-1-16-12288")
        return "High";
    if (label == "S-1-16-16384")
        return "System";
    return label;
}

void read_sysmon_start(Reading& reading)
{
    auto row = reading.begin<ProcessStart>();
    row.process_guid = reading.guid("ProcessGuid");
    row.process_id = reading.number("ProcessId");
    row.image = reading.text("Image");
    row.description = reading.text("Description");
    row.product = reading.text("Product");
    row.company = reading.text("Company");
    row.original_file_name = reading.text("OriginalFileName");
    row.command_line = reading.text("CommandLine");
    row.current_directory = reading.text("CurrentDirectory");
    row.user = reading.text("User");
    row.logon_id = reading.number("LogonId");
    row.integrity = integrity_of(reading.text("IntegrityLevel"));
    auto const hashes = split_hashes(reading.text("Hashes"));
    row.sha256 = hashes.sha256;
    row.sha1 = hashes.sha1;
    row.md5 = hashes.md5;
    row.imphash = hashes.imphash;
    row.parent_process_guid = reading.guid("ParentProcessGuid");
    row.parent_process_id = reading.number("ParentProcessId");
    row.parent_image = reading.text("ParentImage");
    row.parent_command_line = reading.text("ParentCommandLine");
    reading.emit(process_start_schema, row);
}

void read_security_start(
    Reading& reading) // 4688; versions 1 and 2 add the command line, the target user and the parent's name
{
    auto row = reading.begin<ProcessStart>();
    row.user_sid = reading.text("SubjectUserSid");
    row.user = reading.account("TargetDomainName", "TargetUserName");
    row.logon_id = reading.number("TargetLogonId");
    if (row.user.text.data() == nullptr) {
        row.user = reading.account("SubjectDomainName", "SubjectUserName");
        row.logon_id = reading.number("SubjectLogonId");
    } else {
        row.user_sid = reading.text_or("TargetUserSid", "SubjectUserSid");
    }
    row.process_id = reading.number("NewProcessId");
    row.image = reading.text("NewProcessName");
    row.parent_process_id = reading.number("ProcessId");
    row.parent_image = reading.text("ParentProcessName");
    row.command_line = reading.text("CommandLine");
    row.integrity = integrity_of(reading.text("MandatoryLabel"));
    reading.emit(process_start_schema, row);
}

void read_sysmon_end(Reading& reading)
{
    auto row = reading.begin<ProcessEnd>();
    row.process_guid = reading.guid("ProcessGuid");
    row.process_id = reading.number("ProcessId");
    row.image = reading.text("Image");
    row.user = reading.text("User");
    reading.emit(process_end_schema, row);
}

void read_security_end(Reading& reading)
{
    auto row = reading.begin<ProcessEnd>();
    row.process_id = reading.number("ProcessId");
    row.image = reading.text("ProcessName");
    row.user = reading.account("SubjectDomainName", "SubjectUserName");
    row.logon_id = reading.number("SubjectLogonId");
    row.status = reading.text("Status");
    reading.emit(process_end_schema, row);
}

constexpr auto routes = std::to_array<Route>({
    { 1, &sysmon_log, read_sysmon_start },
    { 5, &sysmon_log, read_sysmon_end },
    { 4688, &security_log, read_security_start },
    { 4689, &security_log, read_security_end },
});

}

std::span<Route const> process_routes()
{
    return routes;
}

}
