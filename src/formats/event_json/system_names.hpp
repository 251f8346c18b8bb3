// The names under which tools write the System block of a Windows event, as data.
// Not the names of event data: those are kept as they stand.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace konseki::event_json {

enum class SystemField : std::uint8_t {
    none, // an ordinary value of the event
    ignored, // added by the shipper, says nothing about the event
    provider,
    provider_guid,
    channel,
    computer,
    event_id,
    weak_event_id, // "Id": only when nothing better is there
    qualifiers,
    version,
    level,
    opcode,
    task,
    keywords,
    record_id,
    process_id,
    thread_id,
    user_sid,
    activity_id,
    related_activity, // kept as a value of that name, as formats/evtx does
    time, // TimeCreated in UTC, text or epoch number
    weak_time, // near the event (shipper's time stamp, UTC): when nothing better is there
    local_time, // nxlog's EventTime: wall clock of the shipper unless it carries a zone
    message,
    raw, // Splunk: the event as it came; read where it is XML
    event_type, // nxlog: INFO, AUDIT_SUCCESS …; Sysmon: SetValue, CreateKey …
};

struct SystemName {
    std::string_view name;
    SystemField field;
};

// Sources: evtx_dump, winlogbeat 6-8 (and "winlog." flattened), Splunk's Windows add-on, nxlog, Velociraptor,
// Get-WinEvent | ConvertTo-Json, Azure/Sentinel. Spelling counts: ProcessID is nxlog's and the System block's,
// ProcessId is Sysmon's own field.
inline constexpr auto system_names = std::to_array<SystemName>({
    { "EventID", SystemField::event_id },
    { "EventId", SystemField::event_id },
    { "event_id", SystemField::event_id },
    { "EventCode", SystemField::event_id },
    { "Id", SystemField::weak_event_id },
    { "Qualifiers", SystemField::qualifiers },
    { "EventID_Qualifiers", SystemField::qualifiers },
    { "Channel", SystemField::channel },
    { "channel", SystemField::channel },
    { "LogName", SystemField::channel },
    { "log_name", SystemField::channel },
    { "EventLog", SystemField::channel },
    { "Computer", SystemField::computer },
    { "ComputerName", SystemField::computer },
    { "computer_name", SystemField::computer },
    { "Hostname", SystemField::computer },
    { "hostname", SystemField::computer },
    { "MachineName", SystemField::computer },
    { "Provider", SystemField::provider },
    { "ProviderName", SystemField::provider },
    { "Provider_Name", SystemField::provider },
    { "provider_name", SystemField::provider },
    { "SourceName", SystemField::provider },
    { "source_name", SystemField::provider },
    { "EventSourceName", SystemField::ignored },
    { "Provider_EventSourceName", SystemField::ignored },
    { "ProviderGuid", SystemField::provider_guid },
    { "ProviderId", SystemField::provider_guid },
    { "Provider_Guid", SystemField::provider_guid },
    { "provider_guid", SystemField::provider_guid },
    { "RecordNumber", SystemField::record_id },
    { "record_number", SystemField::record_id },
    { "EventRecordID", SystemField::record_id },
    { "RecordID", SystemField::record_id },
    { "RecordId", SystemField::record_id },
    { "record_id", SystemField::record_id },
    { "Version", SystemField::version },
    { "version", SystemField::version },
    { "Level", SystemField::level },
    { "level", SystemField::level },
    { "Task", SystemField::task },
    { "task", SystemField::task },
    { "OpcodeValue", SystemField::opcode },
    { "Opcode", SystemField::opcode },
    { "OpCode", SystemField::opcode },
    { "opcode", SystemField::opcode },
    { "Keywords", SystemField::keywords },
    { "keywords", SystemField::keywords },
    { "ExecutionProcessID", SystemField::process_id },
    { "Execution_ProcessID", SystemField::process_id },
    { "ProcessID", SystemField::process_id },
    { "process_id", SystemField::process_id },
    { "process_pid", SystemField::process_id },
    { "ExecutionThreadID", SystemField::thread_id },
    { "Execution_ThreadID", SystemField::thread_id },
    { "ThreadID", SystemField::thread_id },
    { "thread_id", SystemField::thread_id },
    { "process_thread_id", SystemField::thread_id },
    { "UserID", SystemField::user_sid },
    { "Security_UserID", SystemField::user_sid },
    { "user_identifier", SystemField::user_sid },
    { "ActivityID", SystemField::activity_id },
    { "Correlation_ActivityID", SystemField::activity_id },
    { "activity_id", SystemField::activity_id },
    { "Correlation_RelatedActivityID", SystemField::related_activity },
    { "TimeCreated", SystemField::time },
    { "TimeCreated_SystemTime", SystemField::time },
    { "SystemTime", SystemField::time },
    { "time_created", SystemField::time },
    { "TimeGenerated", SystemField::time },
    { "@timestamp", SystemField::weak_time },
    { "_time", SystemField::weak_time },
    { "EventTime", SystemField::local_time },
    { "Message", SystemField::message },
    { "message", SystemField::message },
    { "RenderedDescription", SystemField::message },
    { "EventType", SystemField::event_type },
    // Splunk and nxlog and logstash transport
    { "EventTypeOrignal", SystemField::ignored },
    { "EventReceivedTime", SystemField::ignored },
    { "SourceModuleName", SystemField::ignored },
    { "SourceModuleType", SystemField::ignored },
    { "Severity", SystemField::ignored },
    { "SeverityValue", SystemField::ignored },
    { "@version", SystemField::ignored },
    { "tags", SystemField::ignored },
    { "port", SystemField::ignored },
    { "host", SystemField::ignored },
    { "preview", SystemField::ignored },
    { "offset", SystemField::ignored },
    { "lastrow", SystemField::ignored },
    { "_raw", SystemField::raw },
});

constexpr std::size_t system_name_size_max = 29;

namespace detail {
// Buckets by length, so that a look-up compares a handful of names.
struct SystemNameTable {
    std::array<SystemName, system_names.size()> sorted {};
    std::array<std::uint8_t, system_name_size_max + 2> first {};
};

constexpr SystemNameTable make_table()
{
    SystemNameTable table;
    std::size_t used = 0;
    for (std::size_t size = 0; size <= system_name_size_max; ++size) {
        table.first[size] = static_cast<std::uint8_t>(used);
        for (auto const& entry : system_names) {
            if (entry.name.size() == size)
                table.sorted[used++] = entry;
        }
    }
    table.first[system_name_size_max + 1] = static_cast<std::uint8_t>(used);
    return table;
}
inline constexpr auto system_name_table = make_table();
static_assert(system_name_table.first[system_name_size_max + 1] == system_names.size());
}

constexpr SystemField system_field(std::string_view name)
{
    if (name.size() > system_name_size_max)
        return SystemField::none;
    auto const& table = detail::system_name_table;
    for (std::size_t i = table.first[name.size()]; i < table.first[name.size() + 1]; ++i) {
        if (table.sorted[i].name == name)
            return table.sorted[i].field;
    }
    return SystemField::none;
}

}
