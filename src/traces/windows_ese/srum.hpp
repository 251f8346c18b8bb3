// The System Resource Usage Monitor (SRUDB.dat): what each application used in each hour, by user.
// Not the reading of rows: srum.cpp. Column meanings: libyal/esedb-kb "System Resource Usage Monitor".
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_ese {

using OptionalCount = std::optional<std::uint64_t>;

// What all SRUM rows have.
struct SrumRow {
    Timestamp written_at;
    Symbol application, application_kind, executable, user_sid;
    std::uint32_t row_number = 0;
};

template <typename Row, typename... Members>
constexpr auto srum_schema(std::string_view name, std::string_view meaning, Field<Row, Members>... fields)
{
    return schema(name, meaning,
        field<Row, Timestamp>("written_at", &Row::written_at,
            "When SRUM wrote its figures, about once an hour and at shutdown: they sum up the time since the row "
            "before"),
        field<Row, Symbol>(
            "application", &Row::application, "Path, service, package or name!link time!size, as stored"),
        field<Row, Symbol>(
            "application_kind", &Row::application_kind, "executable, service, package, or other as the id map says"),
        field<Row, Symbol>("executable", &Row::executable, "Name of the program's file where the application tells it"),
        field<Row, Symbol>("user_sid", &Row::user_sid, "Account for which it ran"),
        field<Row, std::uint32_t>("row_number", &Row::row_number, "AutoIncId: gaps tell of rows that are gone"),
        fields...);
}

struct ApplicationRow : SrumRow {
    OptionalCount foreground_cycles, background_cycles, face_time, foreground_context_switches,
        background_context_switches, foreground_bytes_read, foreground_bytes_written, foreground_reads,
        foreground_writes, foreground_flushes, background_bytes_read, background_bytes_written, background_reads,
        background_writes, background_flushes;
};
inline constexpr auto application_schema = srum_schema<ApplicationRow>("windows.srum.application",
    "Processor and disk that an application used (Application Resource Usage provider)",
    field("foreground_cycles", &ApplicationRow::foreground_cycles, "Processor cycles while in the foreground"),
    field("background_cycles", &ApplicationRow::background_cycles, "Processor cycles while in the background"),
    field("face_time", &ApplicationRow::face_time, "FaceTime as stored"),
    field("foreground_context_switches", &ApplicationRow::foreground_context_switches, "Context switches"),
    field("background_context_switches", &ApplicationRow::background_context_switches, "Context switches"),
    field("foreground_bytes_read", &ApplicationRow::foreground_bytes_read, "Bytes read from disk"),
    field("foreground_bytes_written", &ApplicationRow::foreground_bytes_written, "Bytes written to disk"),
    field("foreground_reads", &ApplicationRow::foreground_reads, "Read operations"),
    field("foreground_writes", &ApplicationRow::foreground_writes, "Write operations"),
    field("foreground_flushes", &ApplicationRow::foreground_flushes, "Flushes"),
    field("background_bytes_read", &ApplicationRow::background_bytes_read, "Bytes read from disk"),
    field("background_bytes_written", &ApplicationRow::background_bytes_written, "Bytes written to disk"),
    field("background_reads", &ApplicationRow::background_reads, "Read operations"),
    field("background_writes", &ApplicationRow::background_writes, "Write operations"),
    field("background_flushes", &ApplicationRow::background_flushes, "Flushes"));

struct NetworkUsageRow : SrumRow {
    OptionalCount bytes_sent, bytes_received;
    Symbol interface_type;
    OptionalCount interface_luid, profile_id, profile_flags;
};
inline constexpr auto network_usage_schema = srum_schema<NetworkUsageRow>("windows.srum.network_usage",
    "Bytes that an application sent and received (Network Data Usage provider)",
    field("bytes_sent", &NetworkUsageRow::bytes_sent, "Bytes sent"),
    field("bytes_received", &NetworkUsageRow::bytes_received, "Bytes received"),
    field("interface_type", &NetworkUsageRow::interface_type, "Kind of interface, from the LUID: ethernet, wifi …"),
    field("interface_luid", &NetworkUsageRow::interface_luid, "Locally unique id of the interface"),
    field("profile_id", &NetworkUsageRow::profile_id, "Wireless profile: WlanSvc\\Interfaces in SOFTWARE names it"),
    field("profile_flags", &NetworkUsageRow::profile_flags, "Flags of the profile"));

struct NetworkConnectionRow : SrumRow {
    Timestamp connected_at;
    OptionalCount connected_seconds;
    Symbol interface_type;
    OptionalCount interface_luid, profile_id, profile_flags;
};
inline constexpr auto network_connection_schema = srum_schema<NetworkConnectionRow>("windows.srum.network_connection",
    "A network to which the machine was connected (Network Connectivity provider)",
    field("connected_at", &NetworkConnectionRow::connected_at, "When the connection began"),
    field("connected_seconds", &NetworkConnectionRow::connected_seconds, "How long it had lasted when written"),
    field("interface_type", &NetworkConnectionRow::interface_type, "Kind of interface, from the LUID"),
    field("interface_luid", &NetworkConnectionRow::interface_luid, "Locally unique id of the interface"),
    field("profile_id", &NetworkConnectionRow::profile_id, "Wireless profile"),
    field("profile_flags", &NetworkConnectionRow::profile_flags, "Flags of the profile"));

struct TimelineRow : SrumRow {
    Timestamp ended_at;
    OptionalCount duration_milliseconds, span_milliseconds, flags, in_focus_seconds, user_input_seconds,
        keyboard_input_seconds, mouse_input_seconds, display_required_seconds, audio_in_seconds, audio_out_seconds,
        foreground_seconds, cycles, disk_raw, network_bytes_raw, mobile_bytes_raw;
};
inline constexpr auto timeline_schema = srum_schema<TimelineRow>("windows.srum.timeline",
    "Time that an application ran and had its user's attention (App Timeline provider)",
    field("ended_at", &TimelineRow::ended_at, "End of the stretch"),
    field("duration_milliseconds", &TimelineRow::duration_milliseconds, "Its length"),
    field("span_milliseconds", &TimelineRow::span_milliseconds, "SpanMS as stored"),
    field("flags", &TimelineRow::flags, "Flags as stored"),
    field("in_focus_seconds", &TimelineRow::in_focus_seconds, "Its window had the focus"),
    field("user_input_seconds", &TimelineRow::user_input_seconds, "The user gave it input"),
    field("keyboard_input_seconds", &TimelineRow::keyboard_input_seconds, "By keyboard"),
    field("mouse_input_seconds", &TimelineRow::mouse_input_seconds, "By mouse"),
    field("display_required_seconds", &TimelineRow::display_required_seconds, "It kept the display on"),
    field("audio_in_seconds", &TimelineRow::audio_in_seconds, "It recorded sound"),
    field("audio_out_seconds", &TimelineRow::audio_out_seconds, "It played sound"),
    field("foreground_seconds", &TimelineRow::foreground_seconds, "PSMForegroundS: in the foreground"),
    field("cycles", &TimelineRow::cycles, "Processor cycles"),
    field("disk_raw", &TimelineRow::disk_raw, "DiskRaw as stored"),
    field("network_bytes_raw", &TimelineRow::network_bytes_raw, "NetworkBytesRaw as stored"),
    field("mobile_bytes_raw", &TimelineRow::mobile_bytes_raw, "MBBBytesRaw as stored"));

struct NotificationRow : SrumRow {
    OptionalCount notification_type, payload_size, network_type;
};
inline constexpr auto notification_schema = srum_schema<NotificationRow>("windows.srum.push_notification",
    "Push notifications that an application received (Windows Push Notification provider)",
    field("notification_type", &NotificationRow::notification_type, "NotificationType as stored"),
    field("payload_size", &NotificationRow::payload_size, "Bytes of payload"),
    field("network_type", &NotificationRow::network_type, "NetworkType as stored"));

struct EnergyRow : SrumRow {
    Timestamp changed_at;
    OptionalCount state_transition, designed_capacity, full_charged_capacity, charge_level, cycle_count;
};
inline constexpr auto energy_schema
    = srum_schema<EnergyRow>("windows.srum.energy", "A change of the machine's power state (Energy Usage provider)",
        field("changed_at", &EnergyRow::changed_at, "When the state changed"),
        field("state_transition", &EnergyRow::state_transition, "StateTransition as stored"),
        field("designed_capacity", &EnergyRow::designed_capacity, "Of the battery, mWh"),
        field("full_charged_capacity", &EnergyRow::full_charged_capacity, "Of the battery, mWh"),
        field("charge_level", &EnergyRow::charge_level, "ChargeLevel as stored"),
        field("cycle_count", &EnergyRow::cycle_count, "Charge cycles of the battery"));

struct EnergyTotalRow : SrumRow {
    OptionalCount active_ac_seconds, standby_ac_seconds, active_dc_seconds, standby_dc_seconds,
        active_discharge_seconds, standby_discharge_seconds, active_energy, standby_energy, cycle_count;
};
inline constexpr auto energy_total_schema = srum_schema<EnergyTotalRow>("windows.srum.energy_total",
    "How long the machine ran on mains and battery (Energy Usage provider, long term)",
    field("active_ac_seconds", &EnergyTotalRow::active_ac_seconds, "Active on mains"),
    field("standby_ac_seconds", &EnergyTotalRow::standby_ac_seconds, "Connected standby on mains"),
    field("active_dc_seconds", &EnergyTotalRow::active_dc_seconds, "Active on battery"),
    field("standby_dc_seconds", &EnergyTotalRow::standby_dc_seconds, "Connected standby on battery"),
    field("active_discharge_seconds", &EnergyTotalRow::active_discharge_seconds, "Discharging while active"),
    field("standby_discharge_seconds", &EnergyTotalRow::standby_discharge_seconds, "Discharging in standby"),
    field("active_energy", &EnergyTotalRow::active_energy, "Energy used while active, mWh"),
    field("standby_energy", &EnergyTotalRow::standby_energy, "Energy used in standby, mWh"),
    field("cycle_count", &EnergyTotalRow::cycle_count, "Charge cycles of the battery"));

// {7ACBBAA3-…}: intervals whose meaning nobody has published; start and end are plain.
struct IntervalRow : SrumRow {
    Timestamp started_at, ended_at;
    OptionalCount flags;
    std::string_view usage;
};
inline constexpr auto interval_schema = srum_schema<IntervalRow>("windows.srum.interval",
    "An interval in which an application was in use ({7ACBBAA3-D029-4BE4-9A7A-0885927F1D8F})",
    field("started_at", &IntervalRow::started_at, "Its beginning"),
    field("ended_at", &IntervalRow::ended_at, "Its end"), field("flags", &IntervalRow::flags, "Flags as stored"),
    field("usage", &IntervalRow::usage, "Usage as stored, hexadecimal"));

struct ServerRow : SrumRow {
    Symbol measure;
    OptionalCount size_bytes_total, used_bytes, processor_time, inbound_bytes, outbound_bytes, both_ways_bytes;
};
inline constexpr auto server_schema = srum_schema<ServerRow>("windows.srum.server",
    "What a Windows Server measured of a volume, disk, network interface or all processors",
    field("measure", &ServerRow::measure, "volume, physical_disk, processor or network; `application` names which"),
    field("total_bytes", &ServerRow::size_bytes_total, "Size of the volume or disk"),
    field("used_bytes", &ServerRow::used_bytes, "Used space of the volume"),
    field("processor_time", &ServerRow::processor_time, "ProcessorTime as stored"),
    field("inbound_bytes", &ServerRow::inbound_bytes, "BytesInBound as stored"),
    field("outbound_bytes", &ServerRow::outbound_bytes, "BytesOutBound as stored"),
    field("both_ways_bytes", &ServerRow::both_ways_bytes, "BytesTotal as stored"));

// Providers that Konseki does not know, so that none is dropped.
struct OtherRow : SrumRow {
    Symbol provider;
    std::string_view values;
};
inline constexpr auto other_schema
    = srum_schema<OtherRow>("windows.srum.other", "A row of a SRUM provider without a schema of its own",
        field("provider", &OtherRow::provider, "GUID of the provider: the table's name"),
        field("values", &OtherRow::values, "name=value of the other columns; bytes in hexadecimal"));

inline constexpr std::array<Schema const*, 10> srum_schema_list { &application_schema.erased,
    &network_usage_schema.erased, &network_connection_schema.erased, &timeline_schema.erased,
    &notification_schema.erased, &energy_schema.erased, &energy_total_schema.erased, &interval_schema.erased,
    &server_schema.erased, &other_schema.erased };

}
