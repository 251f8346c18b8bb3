// WMI subscriptions and operations, and what Microsoft Defender saw, did, or was made to stop doing.
#include "base/text.hpp"
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"

namespace konseki::windows_event {

using namespace std::string_view_literals;

namespace {

constexpr Source wmi_activity { "Microsoft-Windows-WMI-Activity/Operational", "Microsoft-Windows-WMI-Activity" };
constexpr Source defender { "Microsoft-Windows-Windows Defender/Operational", "Microsoft-Windows-Windows Defender" };

void read_provider_loaded(Reading& reading) // 5857
{
    auto row = reading.begin<WmiEvent>();
    row.kind = "provider_loaded"sv;
    row.name = reading.text("ProviderName");
    row.status = reading.text("Code");
    row.client = reading.text("HostProcess");
    row.process_id = reading.number("ProcessID");
    row.text = reading.text("ProviderPath");
    reading.emit(wmi_event_schema, row);
}

void read_operation_failed(Reading& reading) // 5858
{
    auto row = reading.begin<WmiEvent>();
    row.kind = "operation_failed"sv;
    row.client = reading.text("ClientMachine");
    row.user = reading.text("User");
    row.process_id = reading.number("ClientProcessId");
    row.text = reading.text("Operation");
    row.status = reading.text("ResultCode");
    reading.emit(wmi_event_schema, row);
}

void read_subscription(Reading& reading) // 5859, 5860
{
    auto row = reading.begin<WmiEvent>();
    row.kind = row.event_id == 5859 ? "permanent_subscription"sv : "temporary_subscription"sv;
    row.scope = reading.text("NamespaceName");
    row.text = reading.text("Query");
    row.user = reading.text("User");
    row.process_id
        = reading.value("ClientProcessId") != nullptr ? reading.number("ClientProcessId") : reading.number("Processid");
    row.client = reading.text("ClientMachine");
    reading.emit(wmi_event_schema, row);
}

void read_permanent_subscription(Reading& reading) // 5861: the whole consumer in one text
{
    auto row = reading.begin<WmiEvent>();
    row.kind = "permanent_subscription"sv;
    row.scope = reading.text("Namespace");
    row.name = reading.text("ESS");
    auto const consumer = reading.text("CONSUMER");
    auto const cause = reading.text("PossibleCause");
    row.text = cause.empty() ? consumer : reading.keep(format("{}; {}", consumer, cause));
    reading.emit(wmi_event_schema, row);
}

void read_sysmon_wmi(Reading& reading) // 19, 20, 21
{
    auto row = reading.begin<WmiEvent>();
    row.status = reading.text("Operation");
    row.user = reading.text("User");
    row.name = trim(reading.text("Name"));
    if (row.event_id == 19) {
        row.kind = "filter"sv;
        row.scope = reading.text("EventNamespace");
        row.text = reading.text("Query");
    } else if (row.event_id == 20) {
        row.kind = "consumer"sv;
        row.text = reading.text("Destination");
    } else {
        row.kind = "binding"sv;
        row.text = reading.keep(format("{} -> {}", reading.text("Filter"), reading.text("Consumer")));
    }
    reading.emit(wmi_event_schema, row);
}

std::string_view defender_kind(std::uint32_t event_id)
{
    switch (event_id) {
    case 1006:
    case 1116: return "detected";
    case 1007:
    case 1009:
    case 1011:
    case 1117: return "acted";
    case 1008:
    case 1010:
    case 1012:
    case 1118:
    case 1119: return "action_failed";
    case 1013: return "history_deleted";
    case 1015: return "suspicious";
    case 1121:
    case 1122: return "blocked";
    case 5001:
    case 5010:
    case 5012: return "protection_disabled";
    case 5013: return "tampering_blocked";
    case 5007: return "setting_changed";
    default: return "protection_changed"; // 5004
    }
}

std::string_view defender_details(Reading& reading, std::uint32_t event_id)
{
    if (event_id == 5007) {
        auto const before = reading.text("OldValue");
        auto const after = reading.text("NewValue");
        return reading.keep(format("{} -> {}", before, after));
    }
    if (event_id == 5013)
        return reading.text("Value");
    if (event_id == 5004)
        return reading.text_or("FeatureName", "Configuration");
    return reading.text_or("ErrorDescription", "StatusDescription");
}

void read_defender(Reading& reading)
{
    auto row = reading.begin<Defender>();
    row.kind = defender_kind(row.event_id);
    row.threat = reading.text_or("ThreatName", "ID");
    row.severity = reading.text("SeverityName");
    row.category = reading.text("CategoryName");
    row.path = reading.text("Path");
    row.image = reading.text("ProcessName");
    row.user = reading.text_or("DetectionUser", "User");
    row.action = reading.text("ActionName");
    row.origin = reading.text_or("SourceName", "OriginName");
    row.details = defender_details(reading, row.event_id);
    reading.emit(defender_schema, row);
}

constexpr std::array<std::uint16_t, 21> defender_ids { 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1015, 1116, 1117,
    1118, 1119, 1121, 1122, 5001, 5004, 5007, 5010, 5012, 5013 };

constexpr auto wmi_routes = std::to_array<Route>({
    { 5857, &wmi_activity, read_provider_loaded },
    { 5858, &wmi_activity, read_operation_failed },
    { 5859, &wmi_activity, read_subscription },
    { 5860, &wmi_activity, read_subscription },
    { 5861, &wmi_activity, read_permanent_subscription },
    { 19, &sysmon_log, read_sysmon_wmi },
    { 20, &sysmon_log, read_sysmon_wmi },
    { 21, &sysmon_log, read_sysmon_wmi },
});

constexpr auto make_routes()
{
    std::array<Route, wmi_routes.size() + defender_ids.size()> routes {};
    std::size_t used = 0;
    for (auto const& route : wmi_routes)
        routes[used++] = route;
    for (auto const id : defender_ids)
        routes[used++] = { id, &defender, read_defender };
    return routes;
}

constexpr auto routes = make_routes();

}

std::span<Route const> wmi_and_defender_routes()
{
    return routes;
}

}
