// Registry, files, image loads, process access and pipes: mostly Sysmon, and the Security log's 4657.
// The frequent and dull of 7, 10 and 12 stay in windows.event alone: docs/decisions/0005-typed-traces.md has the
// figures.
#include "base/text.hpp"
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"

namespace konseki::windows_event {

using namespace std::string_view_literals;

namespace {

void read_sysmon_registry(Reading& reading) // 12, 13, 14
{
    auto row = reading.begin<RegistryChange>();
    auto const type = reading.text("EventType");
    if (type == "DeleteKey")
        row.kind = "key_deleted"sv;
    else if (type == "DeleteValue")
        row.kind = "value_deleted"sv;
    else if (row.event_id == 13)
        row.kind = "value_set"sv;
    else if (row.event_id == 14)
        row.kind = "renamed"sv;
    else
        return; // CreateKey: also written when a key is merely opened for writing
    row.process_id = reading.number("ProcessId");
    row.image = reading.text("Image");
    row.key = reading.text("TargetObject");
    row.value = reading.text("Details");
    row.value_name = reading.text("NewName");
    row.user = reading.text("User");
    reading.emit(registry_change_schema, row);
}

void read_security_registry(Reading& reading) // 4657
{
    auto row = reading.begin<RegistryChange>();
    auto const operation = reading.text("OperationType");
    row.kind = operation == "%%1906" ? "value_deleted"sv : "value_set"sv; // %%1904 new, %%1905 changed
    row.key = reading.text("ObjectName");
    row.value_name = reading.text("ObjectValueName");
    row.value = reading.text("NewValue");
    row.process_id = reading.number("ProcessId");
    row.image = reading.text("ProcessName");
    row.user = reading.account("SubjectDomainName", "SubjectUserName");
    reading.emit(registry_change_schema, row);
}

std::string_view file_kind(std::uint32_t event_id)
{
    switch (event_id) {
    case 2: return "creation_time_changed";
    case 11: return "created";
    case 15: return "stream_created";
    case 27: return "executable_blocked";
    case 28: return "shredding_blocked";
    case 29: return "executable_seen";
    default: return "deleted"; // 23 (archived), 26 (logged)
    }
}

void read_file(Reading& reading)
{
    auto row = reading.begin<FileEvent>();
    row.kind = file_kind(row.event_id);
    row.process_id = reading.number("ProcessId");
    row.image = reading.text("Image");
    row.path = reading.text("TargetFilename");
    row.created_at = reading.time("CreationUtcTime");
    row.old_created_at = reading.time("PreviousCreationUtcTime");
    auto const hashes = split_hashes(reading.text_or("Hashes", "Hash"));
    row.sha256 = hashes.sha256;
    row.md5 = hashes.md5;
    row.contents = reading.text("Contents");
    row.user = reading.text("User");
    reading.emit(file_event_schema, row);
}

// Windows' own libraries from its own folder are 97 % of all loads and nobody stacks them; everything else is kept.
bool is_windows_own(Reading& reading, std::string_view loaded)
{
    constexpr std::string_view folder = "C:\\Windows\\";
    constexpr std::string_view signer = "Microsoft ";
    return loaded.size() > folder.size() && equals_ignoring_case(loaded.substr(0, folder.size()), folder)
        && reading.text("Signature").substr(0, signer.size()) == signer && reading.truth("Signed").value_or(false)
        && reading.text("SignatureStatus") == "Valid";
}

void read_image_load(Reading& reading) // 6 (drivers, all), 7
{
    auto row = reading.begin<ImageLoad>();
    row.loaded = reading.text("ImageLoaded");
    if (row.event_id == 7 && is_windows_own(reading, row.loaded.text))
        return;
    row.process_id = reading.number("ProcessId");
    row.image = reading.text("Image");
    row.original_file_name = reading.text("OriginalFileName");
    auto const hashes = split_hashes(reading.text("Hashes"));
    row.sha256 = hashes.sha256;
    row.imphash = hashes.imphash;
    row.is_signed = reading.truth("Signed");
    row.signer = reading.text("Signature");
    row.signature_status = reading.text("SignatureStatus");
    row.user = reading.text("User");
    reading.emit(image_load_schema, row);
}

void read_remote_thread(Reading& reading) // 8
{
    auto row = reading.begin<ProcessAccess>();
    row.kind = "remote_thread"sv;
    row.source_process_id = reading.number("SourceProcessId");
    row.source_image = reading.text("SourceImage");
    row.target_process_id = reading.number("TargetProcessId");
    row.target_image = reading.text("TargetImage");
    auto const module = reading.text("StartModule");
    auto const function = reading.text("StartFunction");
    row.start_function = module.empty()
        ? function
        : reading.keep(function.empty() ? std::string(module) : format("{}!{}", module, function));
    row.user = reading.text("SourceUser");
    reading.emit(process_access_schema, row);
}

// [Microsoft, Process Security and Access Rights] what is needed to read, change or take over another process; asking
// for its name and exit code (0x1000, 0x400, 0x100000) is 90 % of all records.
constexpr std::uint64_t telling_rights
    = 0x1 /* terminate */ | 0x2 /* create thread */ | 0x8 /* memory operation */ | 0x10 /* read memory */
    | 0x20 /* write memory */ | 0x40 /* duplicate handle */ | 0x80 /* create process */ | 0x200 /* set information */
    | 0x800 /* suspend */
    | 0x40000 /* write DAC */ | 0x80000 /* write owner */;

void read_process_opened(Reading& reading) // 10
{
    auto const rights = reading.number("GrantedAccess");
    if (rights && (*rights & telling_rights) == 0)
        return;
    auto row = reading.begin<ProcessAccess>();
    row.kind = "opened"sv;
    row.granted_access = reading.text("GrantedAccess");
    row.source_process_id = reading.number("SourceProcessId");
    row.source_image = reading.text("SourceImage");
    row.target_process_id = reading.number("TargetProcessId");
    row.target_image = reading.text("TargetImage");
    row.call_trace = reading.text("CallTrace");
    row.user = reading.text("SourceUser");
    reading.emit(process_access_schema, row);
}

void read_tampering(Reading& reading) // 25
{
    auto row = reading.begin<ProcessAccess>();
    row.kind = "tampered"sv;
    row.target_process_id = reading.number("ProcessId");
    row.target_image = reading.text("Image");
    row.start_function = reading.text("Type");
    row.user = reading.text("User");
    reading.emit(process_access_schema, row);
}

void read_pipe(Reading& reading) // 17, 18
{
    auto row = reading.begin<Pipe>();
    row.kind = row.event_id == 17 ? "created"sv : "connected"sv;
    row.process_id = reading.number("ProcessId");
    row.name = reading.text("PipeName");
    row.image = reading.text("Image");
    row.user = reading.text("User");
    reading.emit(pipe_schema, row);
}

constexpr auto routes = std::to_array<Route>({
    { 2, &sysmon_log, read_file },
    { 6, &sysmon_log, read_image_load },
    { 7, &sysmon_log, read_image_load },
    { 8, &sysmon_log, read_remote_thread },
    { 10, &sysmon_log, read_process_opened },
    { 11, &sysmon_log, read_file },
    { 12, &sysmon_log, read_sysmon_registry },
    { 13, &sysmon_log, read_sysmon_registry },
    { 14, &sysmon_log, read_sysmon_registry },
    { 15, &sysmon_log, read_file },
    { 17, &sysmon_log, read_pipe },
    { 18, &sysmon_log, read_pipe },
    { 23, &sysmon_log, read_file },
    { 25, &sysmon_log, read_tampering },
    { 26, &sysmon_log, read_file },
    { 27, &sysmon_log, read_file },
    { 28, &sysmon_log, read_file },
    { 29, &sysmon_log, read_file },
    { 4657, &security_log, read_security_registry },
});

}

std::span<Route const> sysmon_routes()
{
    return routes;
}

}
