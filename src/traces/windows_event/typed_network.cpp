// Connections, share access and name look-ups.
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"

namespace konseki::windows_event {

using namespace std::string_view_literals;

namespace {

constexpr Source dns_client { "Microsoft-Windows-DNS-Client/Operational", "Microsoft-Windows-DNS-Client" };
constexpr Source system_dns_client { "System", "Microsoft-Windows-DNS-Client" };

void read_sysmon_connection(Reading& reading)
{
    auto row = reading.begin<NetworkConnection>();
    row.process_guid = reading.guid("ProcessGuid");
    row.process_id = reading.number("ProcessId");
    row.image = reading.text("Image");
    row.user = reading.text("User");
    row.protocol = reading.text("Protocol");
    if (auto const is_initiator = reading.truth("Initiated"))
        row.direction = *is_initiator ? "outbound"sv : "inbound"sv;
    row.source_address = reading.address("SourceIp");
    row.source_port = reading.small_number("SourcePort");
    row.target_address = reading.address("DestinationIp");
    row.target_host = reading.text("DestinationHostname");
    row.target_port = reading.small_number("DestinationPort");
    row.is_allowed = true;
    reading.emit(network_connection_schema, row);
}

std::string_view protocol_of(std::string_view number)
{
    if (number == "6")
        return "tcp";
    return number == "17" ? "udp" : number;
}

void read_filtering_platform(Reading& reading) // Security 5156, 5157
{
    auto row = reading.begin<NetworkConnection>();
    row.process_id
        = reading.text("ProcessID").data() != nullptr ? reading.number("ProcessID") : reading.number("ProcessId");
    row.image = reading.text("Application");
    auto const direction = reading.text("Direction");
    if (direction == "%%14592")
        row.direction = "inbound"sv;
    else if (direction == "%%14593")
        row.direction = "outbound"sv;
    else
        row.direction = direction;
    row.source_address = reading.address("SourceAddress");
    row.source_port = reading.small_number("SourcePort");
    row.target_address = reading.address("DestAddress");
    row.target_port = reading.small_number("DestPort");
    row.protocol = protocol_of(reading.text("Protocol"));
    row.is_allowed = row.event_id == 5156;
    reading.emit(network_connection_schema, row);
}

void read_share(Reading& reading) // Security 5140, 5145
{
    auto row = reading.begin<ShareAccess>();
    row.user_sid = reading.text("SubjectUserSid");
    row.user = reading.text("SubjectUserName");
    row.user_domain = reading.text("SubjectDomainName");
    row.logon_id = reading.number("SubjectLogonId");
    row.source_address = reading.address("IpAddress");
    row.source_port = reading.small_number("IpPort");
    row.share = reading.text("ShareName");
    row.share_path = reading.text("ShareLocalPath");
    row.target = reading.text("RelativeTargetName");
    row.access_mask = reading.text("AccessMask");
    reading.emit(share_access_schema, row);
}

void read_dns(Reading& reading) // Sysmon 22, DNS client 3008 3020, System 1014
{
    auto row = reading.begin<DnsQuery>();
    row.process_id = reading.number("ProcessId");
    row.name = reading.text("QueryName");
    row.status = reading.text("QueryStatus");
    row.answer = reading.text("QueryResults");
    row.image = reading.text("Image");
    row.user = reading.text("User");
    if (row.event_id == 1014)
        row.status = "timeout"sv;
    reading.emit(dns_query_schema, row);
}

constexpr auto routes = std::to_array<Route>({
    { 3, &sysmon_log, read_sysmon_connection },
    { 5156, &security_log, read_filtering_platform },
    { 5157, &security_log, read_filtering_platform },
    { 5140, &security_log, read_share },
    { 5145, &security_log, read_share },
    { 22, &sysmon_log, read_dns },
    { 3008, &dns_client, read_dns },
    { 3020, &dns_client, read_dns },
    { 1014, &system_dns_client, read_dns },
});

}

std::span<Route const> network_routes()
{
    return routes;
}

}
