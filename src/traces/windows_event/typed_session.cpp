// Remote desktop and WinRM sessions as server and client logs tell them.
#include "traces/windows_event/typed_reading.hpp"
#include "traces/windows_event/typed_schemas.hpp"

namespace konseki::windows_event {

using namespace std::string_view_literals;

namespace {

constexpr Source session_manager { "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    "Microsoft-Windows-TerminalServices-LocalSessionManager" };
constexpr Source connection_manager { "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager" };
constexpr Source rdp_client { "Microsoft-Windows-TerminalServices-RDPClient/Operational",
    "Microsoft-Windows-TerminalServices-ClientActiveXCore" };
constexpr Source rdp_core { "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
    "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS" };
constexpr Source winrm { "Microsoft-Windows-WinRM/Operational", "Microsoft-Windows-WinRM" };

std::string_view session_kind(std::uint32_t event_id)
{
    switch (event_id) {
    case 21: return "logon";
    case 22: return "shell_started";
    case 23: return "logoff";
    case 25: return "reconnected";
    default: return "disconnected"; // 24, 39, 40
    }
}

void split_account(std::string_view account, RemoteSession& row)
{
    auto const backslash = account.find('\\');
    if (backslash == std::string_view::npos) {
        row.user = account;
        return;
    }
    row.user_domain = account.substr(0, backslash);
    row.user = account.substr(backslash + 1);
}

void read_session(Reading& reading) // LocalSessionManager 21-25
{
    auto row = reading.begin<RemoteSession>();
    row.kind = session_kind(row.event_id);
    split_account(reading.text("User"), row);
    row.session_id = reading.number("SessionID");
    row.source_address = reading.address("Address");
    reading.emit(remote_session_schema, row);
}

void read_disconnect(Reading& reading) // LocalSessionManager 39, 40
{
    auto row = reading.begin<RemoteSession>();
    row.kind = session_kind(row.event_id);
    row.session_id = row.event_id == 39 ? reading.number("TargetSession") : reading.number("Session");
    row.reason = row.event_id == 39 ? reading.text("Source") : reading.text("Reason");
    reading.emit(remote_session_schema, row);
}

void read_authenticated(
    Reading& reading) // RemoteConnectionManager 1149: before the logon, with network level authentication
{
    auto row = reading.begin<RemoteSession>();
    row.kind = "authenticated"sv;
    row.user = reading.text("Param1");
    row.user_domain = reading.text("Param2");
    row.source_address = reading.address("Param3");
    reading.emit(remote_session_schema, row);
}

void read_client(Reading& reading) // RDPClient 1024 (name asked for), 1102 (address reached)
{
    auto row = reading.begin<RemoteSession>();
    row.kind = "connecting_out"sv;
    row.target = reading.text("Value");
    reading.emit(remote_session_schema, row);
}

void read_connection_received(Reading& reading) // RdpCoreTS 131: "203.0.113.9:51234", "[::1]:51234"
{
    auto row = reading.begin<RemoteSession>();
    row.kind = "connection_received"sv;
    auto address = reading.text("ClientIP");
    if (auto const colon = address.rfind(':'); colon != std::string_view::npos)
        address = address.substr(0, colon);
    if (address.size() > 2 && address.front() == '[')
        address = address.substr(1, address.size() - 2);
    row.source_address = address;
    reading.emit(remote_session_schema, row);
}

void read_window_station(Reading& reading) // Security 4778, 4779
{
    auto row = reading.begin<RemoteSession>();
    row.kind = row.event_id == 4778 ? "reconnected"sv : "disconnected"sv;
    row.user = reading.text("AccountName");
    row.user_domain = reading.text("AccountDomain");
    row.logon_id = reading.number("LogonID");
    row.session_name = reading.text_or("ClientName", "SessionName");
    row.source_address = reading.address("ClientAddress");
    reading.emit(remote_session_schema, row);
}

void read_winrm(Reading& reading) // 6: session to another machine; 91: shell made for one
{
    auto row = reading.begin<RemoteSession>();
    row.kind = row.event_id == 6 ? "winrm_out"sv : "winrm_in"sv;
    row.target = row.event_id == 6 ? reading.text_or("connection", "connectionString") : reading.text("resourceUri");
    row.user = reading.event().user_sid;
    reading.emit(remote_session_schema, row);
}

constexpr auto routes = std::to_array<Route>({
    { 21, &session_manager, read_session },
    { 22, &session_manager, read_session },
    { 23, &session_manager, read_session },
    { 24, &session_manager, read_session },
    { 25, &session_manager, read_session },
    { 39, &session_manager, read_disconnect },
    { 40, &session_manager, read_disconnect },
    { 1149, &connection_manager, read_authenticated },
    { 1024, &rdp_client, read_client },
    { 1102, &rdp_client, read_client },
    { 131, &rdp_core, read_connection_received },
    { 4778, &security_log, read_window_station },
    { 4779, &security_log, read_window_station },
    { 6, &winrm, read_winrm },
    { 91, &winrm, read_winrm },
});

}

std::span<Route const> session_routes()
{
    return routes;
}

}
