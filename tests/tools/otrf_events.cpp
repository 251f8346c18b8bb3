#include "tools/otrf_events.hpp"
#include "base/identity.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::test {

namespace {
using simdjson::dom::element;
using simdjson::dom::object;

// What the shippers add; everything else is EventData.
constexpr std::array<std::string_view, 46> shipper_keys { "@timestamp", "@version", "AccountName", "AccountType",
    "ActivityID", "Category", "Channel", "Domain", "EventID", "EventReceivedTime", "EventTime", "EventType",
    "EventTypeOrignal", "ExecutionProcessID", "Hostname", "Keywords", "Level", "Message", "Opcode", "OpcodeValue",
    "ProviderGuid", "RecordNumber", "RelatedActivityID", "Severity", "SeverityValue", "SourceModuleName",
    "SourceModuleType", "SourceName", "Task", "ThreadID", "TimeCreated", "UserID", "Version", "host", "port", "tags",
    "timestamp", "TimeGenerated", "EventRecordID", "RecordId", "UserData", "Correlation", "Provider", "Execution",
    "Security", "System" };

std::string text_of(element const& value)
{
    switch (value.type()) {
    case simdjson::dom::element_type::STRING: return std::string(std::string_view(value));
    case simdjson::dom::element_type::NULL_VALUE: return {};
    default: return simdjson::minify(value);
    }
}

std::string text_of(object const& event, std::string_view key)
{
    element value;
    return event.at_key(key).get(value) == simdjson::SUCCESS ? text_of(value) : std::string {};
}

std::uint64_t number_of(object const& event, std::string_view key)
{
    element value;
    if (event.at_key(key).get(value) != simdjson::SUCCESS)
        return 0;
    std::int64_t number = 0;
    if (value.get(number) == simdjson::SUCCESS)
        return static_cast<std::uint64_t>(number);
    std::uint64_t large = 0;
    if (value.get(large) == simdjson::SUCCESS)
        return large;
    return parse_uint(text_of(value)).value_or(0);
}

Timestamp time_of(object const& event)
{
    for (auto const* const key : { "@timestamp", "TimeCreated", "EventTime" }) {
        if (auto const at = Timestamp::parse(text_of(event, key)))
            return *at;
    }
    return {};
}

// Three shapes: nxlog, flat winlogbeat ("Hostname", "Channel"), and winlogbeat 6 ("computer_name", "log_name",
// "event_data").
std::string first_text_of(object const& event, std::initializer_list<std::string_view> keys)
{
    for (auto const key : keys) {
        auto text = text_of(event, key);
        if (!text.empty())
            return text;
    }
    return {};
}

std::string host_of(object const& event)
{
    return first_text_of(event, { "Hostname", "computer_name", "host" });
}
std::string channel_of(object const& event)
{
    return first_text_of(event, { "Channel", "log_name" });
}

bool data_of(object const& event, object& data)
{
    return event.at_key("event_data").get(data) == simdjson::SUCCESS;
}

bool is_guid(std::string_view text)
{
    return text.size() == 38 && text.front() == '{' && Guid::parse(text).has_value();
}

bool is_sid(std::string_view text)
{
    return text.size() > 6 && text.starts_with("S-1-")
        && std::ranges::all_of(text.substr(4), [](char c) { return c == '-' || (c >= '0' && c <= '9'); })
        && text.back() != '-' && text.find("--") == std::string_view::npos && std::ranges::count(text, '-') <= 16;
}

bool is_plain_number(std::string_view text)
{
    return !text.empty() && text.size() <= 10 && (text == "0" || text[0] != '0')
        && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The types that the manifests of Sysmon and Security give such fields; text where the value would not come back the
// same.
WrittenValue typed(std::string_view name, std::string const& text, bool is_sysmon, Identities const& identities)
{
    if (is_guid(text) && name.size() >= 4 && ascii_lower(name.substr(name.size() - 4)) == "guid")
        return value::guid(identities.guid(std::string_view(text).substr(1, 36)));
    if (is_sid(text) && name.ends_with("Sid"))
        return value::sid(identities.sid(text));
    if (text.starts_with("0x") && text.size() <= 18) {
        auto const number = parse_uint(text);
        if (number && format("{:#x}", *number) == text) {
            if (name.ends_with("LogonId"))
                return value::hex64(identities.logon_id(*number));
            if (name.ends_with("ProcessId") && *number <= 0xffffffff)
                return value::hex64(identities.process_id(static_cast<std::uint32_t>(*number)));
            if (name == "Status" || name == "SubStatus" || name == "GrantedAccess" || name == "AccessMask")
                return value::hex32(static_cast<std::uint32_t>(*number));
            return value::hex64(*number);
        }
    }
    if (is_plain_number(text)) {
        auto const number = static_cast<std::uint32_t>(*parse_uint(text));
        if (name.ends_with("ProcessId") || name.ends_with("ProcessID"))
            return value::u32(identities.process_id(number));
        if (is_sysmon && name.ends_with("Port") && number <= 0xffff)
            return value::u16(static_cast<std::uint16_t>(number));
        if (name == "LogonType" || name.ends_with("ThreadId") || name == "TerminalSessionId")
            return value::u32(number);
    }
    if (is_sysmon && (text == "true" || text == "false")
        && (name == "Initiated" || name.ends_with("IsIpv6") || name == "IsExecutable" || name == "Archived"))
        return value::boolean(text == "true");
    auto changed = identities.text(text);
    constexpr std::size_t text_bytes_max = 14'000; // a record must fit a chunk
    if (changed.size() > text_bytes_max) {
        auto end = text_bytes_max;
        while ((static_cast<unsigned char>(changed[end]) & 0xc0) == 0x80)
            --end;
        changed.resize(end);
    }
    return value::text(changed);
}

// Classic PowerShell and others without named data: what came before "Details:" and the details, unnamed.
void unnamed_from_message(std::string const& message, Identities const& identities, WrittenEvent& event)
{
    auto const at = message.find("Details: \r\n");
    std::vector<std::string> items;
    if (at == std::string::npos) {
        items.push_back(identities.text(std::string_view(message).substr(0, 14'000)));
    } else {
        items.push_back(identities.text(std::string_view(message).substr(0, std::min<std::size_t>(at, 4'000))));
        items.push_back(identities.text(std::string_view(message).substr(at + 11, 10'000)));
    }
    event.fields.push_back({ "Data", value::text_list(items), FieldPlace::unnamed, false });
}

void system_fields(object const& json, Identities const& identities, WrittenEvent& event)
{
    event.provider = first_text_of(json, { "SourceName", "source_name" });
    auto const guid = first_text_of(json, { "ProviderGuid", "provider_guid" });
    event.provider_guid = is_guid(guid) ? guid.substr(1, 36) : (Guid::parse(guid) ? guid : std::string {});
    event.event_id = static_cast<std::uint32_t>((number_of(json, "EventID") | number_of(json, "event_id")) & 0xffff);
    event.version = static_cast<std::uint8_t>(number_of(json, "Version") | number_of(json, "version"));
    event.opcode = static_cast<std::uint8_t>(number_of(json, "OpcodeValue"));
    event.task = static_cast<std::uint16_t>(number_of(json, "Task"));
    event.keywords = number_of(json, "Keywords");
    event.channel = channel_of(json);
    if (event.channel == "security")
        event.channel = "Security";
    if (event.channel == "Security" || event.provider_guid.empty())
        event.level = static_cast<std::uint8_t>(event.channel == "Security" ? 0 : 4);
    event.computer = identities.text(host_of(json));
    event.process_id = identities.process_id(
        static_cast<std::uint32_t>(number_of(json, "ExecutionProcessID") | number_of(json, "process_id")));
    event.thread_id = static_cast<std::uint32_t>(number_of(json, "ThreadID") | number_of(json, "thread_id"));
    auto const user = text_of(json, "UserID");
    if (is_sid(user))
        event.user_sid = identities.sid(user);
    if (event.provider_guid.empty() && event.provider != "Microsoft-Windows-Sysmon")
        event.qualifiers = 0;
    event.written_at = identities.time(time_of(json));
}
}

bool survey(simdjson::dom::parser& parser, std::string_view line, OtrfLine& found, Identities& identities)
{
    object json;
    if (parser.parse(line.data(), line.size()).get(json) != simdjson::SUCCESS)
        return false;
    found = { time_of(json), host_of(json), line };
    if (found.host.empty() || !found.written_at.is_set() || channel_of(json).empty())
        return false;
    identities.learn_host(found.host);
    identities.learn_user(text_of(json, "SubjectUserName"));
    identities.learn_user(text_of(json, "User"));
    object data;
    if (data_of(json, data)) {
        identities.learn_user(text_of(data, "SubjectUserName"));
        identities.learn_user(text_of(data, "User"));
    }
    return true;
}

bool convert(simdjson::dom::parser& parser, std::string_view line, Identities const& identities, WrittenEvent& event)
{
    object json;
    if (parser.parse(line.data(), line.size()).get(json) != simdjson::SUCCESS)
        return false;
    event = {};
    system_fields(json, identities, event);
    bool const is_sysmon = event.provider == "Microsoft-Windows-Sysmon";
    std::vector<std::pair<std::string_view, element>> data;
    object nested;
    bool const is_nested = data_of(json, nested);
    if (is_nested) {
        for (auto const field : nested)
            data.emplace_back(field.key, field.value);
    }
    for (auto const field : json) {
        if (is_nested || !json.at_key("log_name").error())
            break;
        if (field.key == "EventTypeOrignal")
            data.emplace_back("EventType", field.value);
        else if (std::ranges::find(shipper_keys, field.key) == shipper_keys.end())
            data.emplace_back(field.key, field.value);
    }
    std::ranges::sort(data, {}, [](auto const& pair) { return pair.first; }); // one template per set of names
    for (auto const& [name, json_value] : data)
        event.fields.push_back(
            { std::string(name), typed(name, text_of(json_value), is_sysmon, identities), FieldPlace::data, false });
    if (event.fields.empty())
        unnamed_from_message(first_text_of(json, { "Message", "message" }), identities, event);
    return true;
}

}
