// Services and scheduled tasks: what they are, who changed them, when they ran.
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"

namespace konseki::windows_event {

using namespace std::string_view_literals;

namespace {

constexpr Source service_control_manager { "System", "Service Control Manager" };
constexpr Source task_scheduler { "Microsoft-Windows-TaskScheduler/Operational", "Microsoft-Windows-TaskScheduler" };

void read_service_installed(Reading& reading) // System 7045
{
    auto row = reading.begin<ServiceChange>();
    row.kind = "installed"sv;
    row.name = reading.text("ServiceName");
    row.image = reading.text("ImagePath");
    row.service_type = reading.text("ServiceType");
    row.start_type = reading.text("StartType");
    row.account = reading.text("AccountName");
    row.user_sid = reading.event().user_sid;
    reading.emit(service_change_schema, row);
}

// SERVICE_BOOT_START … SERVICE_DISABLED, in the words 7045 uses
std::string_view start_type_of(std::string_view number)
{
    if (number == "0")
        return "boot start";
    if (number == "1")
        return "system start";
    if (number == "2")
        return "auto start";
    if (number == "3")
        return "demand start";
    return number == "4" ? "disabled" : number;
}

void read_service_audited(Reading& reading) // Security 4697
{
    auto row = reading.begin<ServiceChange>();
    row.kind = "installed"sv;
    row.name = reading.text("ServiceName");
    row.image = reading.text("ServiceFileName");
    row.service_type = reading.text("ServiceType");
    row.start_type = start_type_of(reading.text("ServiceStartType"));
    row.account = reading.text("ServiceAccount");
    row.user = reading.account("SubjectDomainName", "SubjectUserName");
    row.user_sid = reading.text("SubjectUserSid");
    reading.emit(service_change_schema, row);
}

void read_start_type_changed(Reading& reading) // System 7040
{
    auto row = reading.begin<ServiceChange>();
    row.kind = "start_type_changed"sv;
    row.display_name = reading.text("param1");
    row.name = reading.text_or("param4", "param1");
    row.old_start_type = reading.text("param2");
    row.start_type = reading.text("param3");
    row.user_sid = reading.event().user_sid;
    reading.emit(service_change_schema, row);
}

std::string_view service_kind(std::uint32_t event_id)
{
    switch (event_id) {
    case 7035: return "control_sent";
    case 7036: return "state_changed";
    case 7031:
    case 7034: return "crashed";
    default: return "failed";
    }
}

void read_service_state(
    Reading& reading) // System 7000 7023 7024 7031 7034 7035 7036: display name, then state, control or error
{
    auto row = reading.begin<ServiceChange>();
    row.kind = service_kind(row.event_id);
    row.name = reading.text("param1");
    row.state = reading.text("param2");
    row.user_sid = reading.event().user_sid;
    reading.emit(service_change_schema, row);
}

void read_service_timeout(Reading& reading) // System 7009: milliseconds, then the name
{
    auto row = reading.begin<ServiceChange>();
    row.kind = "failed"sv;
    row.name = reading.text("param2");
    row.state = "timeout"sv;
    reading.emit(service_change_schema, row);
}

// The text of the first element of that name; task XML has no attributes on these. Entities are resolved.
std::string_view element_text(Reading& reading, std::string_view xml, std::string_view open, std::string_view close)
{
    auto const begin = xml.find(open);
    if (begin == std::string_view::npos)
        return {};
    auto const end = xml.find(close, begin);
    if (end == std::string_view::npos)
        return {};
    auto const raw = xml.substr(begin + open.size(), end - begin - open.size());
    if (raw.find('&') == std::string_view::npos)
        return raw;
    std::string text;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        bool is_entity = false;
        for (auto const& [entity, letter] : { std::pair<std::string_view, char> { "&amp;", '&' }, { "&lt;", '<' },
                 { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' } }) {
            if (raw.substr(i, entity.size()) == entity) {
                text += letter;
                i += entity.size() - 1;
                is_entity = true;
                break;
            }
        }
        if (!is_entity)
            text += raw[i];
    }
    return reading.keep(text);
}

void read_task_audited(Reading& reading) // Security 4698-4702
{
    auto row = reading.begin<TaskChange>();
    constexpr std::array<std::string_view, 5> kinds { "created", "deleted", "enabled", "disabled", "updated" };
    row.kind = kinds[(row.event_id - 4698) % kinds.size()];
    row.name = reading.text("TaskName");
    row.user = reading.account("SubjectDomainName", "SubjectUserName");
    row.user_sid = reading.text("SubjectUserSid");
    row.logon_id = reading.number("SubjectLogonId");
    row.content = reading.text_or("TaskContent", "TaskContentNew");
    row.command = element_text(reading, row.content, "<Command>", "</Command>");
    row.arguments = element_text(reading, row.content, "<Arguments>", "</Arguments>");
    row.run_as = element_text(reading, row.content, "<UserId>", "</UserId>");
    reading.emit(task_change_schema, row);
}

std::string_view task_kind(std::uint32_t event_id)
{
    switch (event_id) {
    case 106: return "created";
    case 129: return "process_created";
    case 140: return "updated";
    case 141: return "deleted";
    case 142: return "disabled";
    case 200: return "started";
    default: return "finished";
    }
}

void read_task_log(Reading& reading) // TaskScheduler/Operational
{
    auto row = reading.begin<TaskChange>();
    row.kind = task_kind(row.event_id);
    row.name = reading.text_or("TaskName", "Name");
    row.user = reading.text_or("UserName", "UserContext");
    row.command = reading.text_or("ActionName", "Path");
    row.instance = reading.guid("TaskInstanceId");
    if (auto const result = reading.number("ResultCode"))
        row.result = static_cast<std::int64_t>(*result);
    reading.emit(task_change_schema, row);
}

constexpr auto routes = std::to_array<Route>({
    { 7045, &service_control_manager, read_service_installed },
    { 4697, &security_log, read_service_audited },
    { 7040, &service_control_manager, read_start_type_changed },
    { 7000, &service_control_manager, read_service_state },
    { 7023, &service_control_manager, read_service_state },
    { 7024, &service_control_manager, read_service_state },
    { 7031, &service_control_manager, read_service_state },
    { 7034, &service_control_manager, read_service_state },
    { 7035, &service_control_manager, read_service_state },
    { 7036, &service_control_manager, read_service_state },
    { 7009, &service_control_manager, read_service_timeout },
    { 4698, &security_log, read_task_audited },
    { 4699, &security_log, read_task_audited },
    { 4700, &security_log, read_task_audited },
    { 4701, &security_log, read_task_audited },
    { 4702, &security_log, read_task_audited },
    { 106, &task_scheduler, read_task_log },
    { 129, &task_scheduler, read_task_log },
    { 140, &task_scheduler, read_task_log },
    { 141, &task_scheduler, read_task_log },
    { 142, &task_scheduler, read_task_log },
    { 200, &task_scheduler, read_task_log },
    { 201, &task_scheduler, read_task_log },
});

}

std::span<Route const> service_and_task_routes()
{
    return routes;
}

}
