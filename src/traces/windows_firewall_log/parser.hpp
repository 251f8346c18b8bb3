// pfirewall.log: connections that Windows' firewall dropped or let pass (W3C-like text).
// Not the firewall's rules: windows_network_settings reads them.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_firewall_log {

extern ArtefactParser const parser;

struct ConnectionRow {
    LocalTime logged_local;
    Timestamp logged_at;
    Symbol action, protocol, source_address, target_address, direction;
    std::optional<std::uint16_t> source_port, target_port;
    std::optional<std::uint64_t> packet_bytes, process_id;
    Symbol tcp_flags;
    std::string_view info;
};
inline constexpr auto connection_schema = schema("windows.firewall_log.connection",
    "A line of Windows' firewall log: a packet or connection, dropped or let pass",
    field("logged_local", &ConnectionRow::logged_local, "When it was logged, local time of the machine"),
    field("logged_at", &ConnectionRow::logged_at, "The same in UTC, only where the log says that it is in UTC"),
    field("action", &ConnectionRow::action, "DROP, ALLOW, OPEN, OPEN-INBOUND, CLOSE, INFO-EVENTS-LOST"),
    field("protocol", &ConnectionRow::protocol, "TCP, UDP, ICMP or a protocol number"),
    field("source_address", &ConnectionRow::source_address, "Address it came from"),
    field("source_port", &ConnectionRow::source_port, "Port it came from"),
    field("target_address", &ConnectionRow::target_address, "Address it went to"),
    field("target_port", &ConnectionRow::target_port, "Port it went to"),
    field("direction", &ConnectionRow::direction, "SEND, RECEIVE, FORWARD as logged in 'path'"),
    field("packet_bytes", &ConnectionRow::packet_bytes, "Size of the packet"),
    field("tcp_flags", &ConnectionRow::tcp_flags, "Flags of TCP: S, A, F, R, P, U"),
    field("process_id", &ConnectionRow::process_id, "Process, on builds of Windows that log it"),
    field("info", &ConnectionRow::info, "What else the line says; for INFO-EVENTS-LOST the number of lost events"));

}
