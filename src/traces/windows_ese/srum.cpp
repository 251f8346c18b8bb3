#include "traces/windows_ese/srum.hpp"
#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include "traces/windows_ese/reading.hpp"

namespace konseki::windows_ese {

namespace {

constexpr std::string_view id_map_table = "SruDbIdMapTable";
constexpr std::size_t name_bytes_max = 64U << 10; // of one application or user; Windows paths have 64 KiB at most

enum class IdType : std::uint8_t { executable = 0, service = 1, package = 2, user = 3 };

std::string_view id_type_name(std::uint8_t type)
{
    switch (static_cast<IdType>(type)) {
    case IdType::executable: return "executable";
    case IdType::service: return "service";
    case IdType::package: return "package";
    case IdType::user: return "user";
    }
    return "other"; // 4: what a server measures: volumes, disks, interfaces
}

// IdBlob: a SID for users, zero-ended UTF-16 for all others.
void read_id_map(Reading& reading)
{
    auto const* const table = reading.database.find(id_map_table);
    if (table == nullptr)
        return;
    auto const* const type_column = table->find("IdType");
    auto const* const index_column = table->find("IdIndex");
    auto const* const blob_column = table->find("IdBlob");
    reading.each(*table, [&](ese::Row const& row) {
        auto const index = row.number(index_column);
        auto const blob = row.bytes(blob_column);
        auto const type = static_cast<std::uint8_t>(row.number(type_column).value_or(0));
        if (!index || !blob || blob->empty())
            return;
        auto const bytes = blob->first(std::min(blob->size(), name_bytes_max));
        auto text = type == static_cast<std::uint8_t>(IdType::user) ? value_text({ ValueType::sid, bytes })
                                                                    : utf8_from_utf16le(until_zero_utf16(bytes));
        reading.name(*index, type, std::move(text), row.offset());
    });
}

// "\Device\HarddiskVolume2\Windows\explorer.exe", "!!svchost.exe!2013/03/29:14:54:16!1f834![netsvcs] [Schedule]",
// "Package_1.0_x64__8wekyb3d8bbwe!App!WWAHost.exe!1975/01/11:08:16:40!fddf5!".
std::string_view executable_of(std::string_view application)
{
    if (application.find('!') == std::string_view::npos) {
        auto const slash = application.find_last_of('\\');
        return slash == std::string_view::npos ? std::string_view {} : application.substr(slash + 1);
    }
    auto const parts = split(application, '!');
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) { // the part in front of the link time
        auto const& time = parts[i + 1];
        if (time.size() == 19 && time[4] == '/' && time[10] == ':')
            return parts[i];
    }
    return {};
}

// Reads the columns that all providers share; keeps the columns of one table at hand.
class SrumTable {
public:
    SrumTable(Reading& reading, ese::Table const& table)
        : m_reading(reading)
        , m_table(table)
        , m_time(table.find("TimeStamp"))
        , m_application(table.find("AppId"))
        , m_user(table.find("UserId"))
        , m_number(table.find("AutoIncId"))
    {
    }

    ese::Column const* column(std::string_view name) const { return m_table.find(name); }

    void fill(ese::Row const& row, SrumRow& target) const
    {
        target.written_at = row.time(m_time);
        target.row_number = static_cast<std::uint32_t>(row.number(m_number).value_or(0));
        if (auto const id = row.number(m_application)) {
            if (auto const* const found = m_reading.named(*id)) {
                target.application = std::string_view(found->text);
                target.application_kind = id_type_name(found->type);
                if (auto const file = executable_of(found->text); !file.empty())
                    target.executable = file;
            }
        }
        auto const user = row.number(m_user);
        auto const* const found = user ? m_reading.named(*user) : nullptr;
        if (found != nullptr && found->type == static_cast<std::uint8_t>(IdType::user))
            target.user_sid = std::string_view(found->text);
    }

    // Counters of 32 bits are stored as signed numbers and meant as unsigned ones.
    static OptionalCount count(ese::Row const& row, ese::Column const* column)
    {
        auto const number = row.number(column);
        if (number && column->type == ese::ValueType::long_integer)
            return *number & 0xffff'ffffU;
        return number;
    }

    ese::Table const& table() const { return m_table; }
    Reading& reading() const { return m_reading; }

private:
    Reading& m_reading;
    ese::Table const& m_table;
    ese::Column const *m_time, *m_application, *m_user, *m_number;
};

template <typename Row> struct CountField {
    std::string_view column;
    OptionalCount Row::*member;
};

// Rows whose columns are counters, and what else `finish` adds.
template <typename RowType, typename TypedSchema, std::size_t size, typename Finish>
ese::RowCounts read_counters(Reading& reading, ese::Table const& table, TypedSchema const& schema,
    std::array<CountField<RowType>, size> const& fields, Finish finish)
{
    SrumTable const shared { reading, table };
    std::array<ese::Column const*, size> columns {};
    for (std::size_t i = 0; i < size; ++i)
        columns[i] = shared.column(fields[i].column);
    return reading.each(table, [&](ese::Row const& source) {
        RowType row;
        shared.fill(source, row);
        for (std::size_t i = 0; i < size; ++i)
            row.*(fields[i].member) = SrumTable::count(source, columns[i]);
        finish(source, row);
        reading.context.traces.emit(schema, origin_of(source), row);
    });
}

constexpr auto nothing_more = [](ese::Row const&, auto&) {};

// [ifdef.h, NET_LUID] the type is in the upper 16 bits. [ipifcons.h] the numbers are IANA's.
std::string_view interface_type_of(OptionalCount luid)
{
    if (!luid)
        return {};
    switch (*luid >> 48) {
    case 6: return "ethernet";
    case 23: return "ppp";
    case 24: return "loopback";
    case 71: return "wifi";
    case 131: return "tunnel";
    case 243:
    case 244: return "mobile";
    default: return "other";
    }
}

ese::RowCounts read_application(Reading& reading, ese::Table const& table)
{
    using R = ApplicationRow;
    static constexpr std::array<CountField<R>, 15> fields { { { "ForegroundCycleTime", &R::foreground_cycles },
        { "BackgroundCycleTime", &R::background_cycles }, { "FaceTime", &R::face_time },
        { "ForegroundContextSwitches", &R::foreground_context_switches },
        { "BackgroundContextSwitches", &R::background_context_switches },
        { "ForegroundBytesRead", &R::foreground_bytes_read },
        { "ForegroundBytesWritten", &R::foreground_bytes_written },
        { "ForegroundNumReadOperations", &R::foreground_reads },
        { "ForegroundNumWriteOperations", &R::foreground_writes },
        { "ForegroundNumberOfFlushes", &R::foreground_flushes }, { "BackgroundBytesRead", &R::background_bytes_read },
        { "BackgroundBytesWritten", &R::background_bytes_written },
        { "BackgroundNumReadOperations", &R::background_reads },
        { "BackgroundNumWriteOperations", &R::background_writes },
        { "BackgroundNumberOfFlushes", &R::background_flushes } } };
    return read_counters(reading, table, application_schema, fields, nothing_more);
}

ese::RowCounts read_network_usage(Reading& reading, ese::Table const& table)
{
    using R = NetworkUsageRow;
    static constexpr std::array<CountField<R>, 5> fields { { { "BytesSent", &R::bytes_sent },
        { "BytesRecvd", &R::bytes_received }, { "InterfaceLuid", &R::interface_luid },
        { "L2ProfileId", &R::profile_id }, { "L2ProfileFlags", &R::profile_flags } } };
    return read_counters(reading, table, network_usage_schema, fields,
        [](ese::Row const&, R& row) { row.interface_type = interface_type_of(row.interface_luid); });
}

ese::RowCounts read_network_connection(Reading& reading, ese::Table const& table)
{
    using R = NetworkConnectionRow;
    static constexpr std::array<CountField<R>, 4> fields { { { "ConnectedTime", &R::connected_seconds },
        { "InterfaceLuid", &R::interface_luid }, { "L2ProfileId", &R::profile_id },
        { "L2ProfileFlags", &R::profile_flags } } };
    auto const* const start = table.find("ConnectStartTime");
    return read_counters(reading, table, network_connection_schema, fields, [&](ese::Row const& source, R& row) {
        row.interface_type = interface_type_of(row.interface_luid);
        row.connected_at = source.time(start);
    });
}

ese::RowCounts read_timeline(Reading& reading, ese::Table const& table)
{
    using R = TimelineRow;
    static constexpr std::array<CountField<R>, 15> fields { { { "DurationMS", &R::duration_milliseconds },
        { "SpanMS", &R::span_milliseconds }, { "Flags", &R::flags }, { "InFocusS", &R::in_focus_seconds },
        { "UserInputS", &R::user_input_seconds }, { "KeyboardInputS", &R::keyboard_input_seconds },
        { "MouseInputS", &R::mouse_input_seconds }, { "DisplayRequiredS", &R::display_required_seconds },
        { "AudioInS", &R::audio_in_seconds }, { "AudioOutS", &R::audio_out_seconds },
        { "PSMForegroundS", &R::foreground_seconds }, { "Cycles", &R::cycles }, { "DiskRaw", &R::disk_raw },
        { "NetworkBytesRaw", &R::network_bytes_raw }, { "MBBBytesRaw", &R::mobile_bytes_raw } } };
    auto const* const end = table.find("EndTime");
    return read_counters(reading, table, timeline_schema, fields,
        [&](ese::Row const& source, R& row) { row.ended_at = source.time(end); });
}

ese::RowCounts read_notification(Reading& reading, ese::Table const& table)
{
    using R = NotificationRow;
    static constexpr std::array<CountField<R>, 3> fields { { { "NotificationType", &R::notification_type },
        { "PayloadSize", &R::payload_size }, { "NetworkType", &R::network_type } } };
    return read_counters(reading, table, notification_schema, fields, nothing_more);
}

ese::RowCounts read_energy(Reading& reading, ese::Table const& table)
{
    using R = EnergyRow;
    static constexpr std::array<CountField<R>, 5> fields { { { "StateTransition", &R::state_transition },
        { "DesignedCapacity", &R::designed_capacity }, { "FullChargedCapacity", &R::full_charged_capacity },
        { "ChargeLevel", &R::charge_level }, { "CycleCount", &R::cycle_count } } };
    auto const* const changed = table.find("EventTimestamp");
    return read_counters(reading, table, energy_schema, fields,
        [&](ese::Row const& source, R& row) { row.changed_at = source.time(changed); });
}

ese::RowCounts read_energy_total(Reading& reading, ese::Table const& table)
{
    using R = EnergyTotalRow;
    static constexpr std::array<CountField<R>, 9> fields { { { "ActiveAcTime", &R::active_ac_seconds },
        { "CsAcTime", &R::standby_ac_seconds }, { "ActiveDcTime", &R::active_dc_seconds },
        { "CsDcTime", &R::standby_dc_seconds }, { "ActiveDischargeTime", &R::active_discharge_seconds },
        { "CsDischargeTime", &R::standby_discharge_seconds }, { "ActiveEnergy", &R::active_energy },
        { "CsEnergy", &R::standby_energy }, { "CycleCount", &R::cycle_count } } };
    return read_counters(reading, table, energy_total_schema, fields, nothing_more);
}

std::string hexadecimal(ByteView bytes)
{
    std::string text;
    for (auto const byte : bytes)
        append_format(text, "{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

ese::RowCounts read_interval(Reading& reading, ese::Table const& table)
{
    using R = IntervalRow;
    static constexpr std::array<CountField<R>, 1> fields { { { "Flags", &R::flags } } };
    auto const* const start = table.find("StartTime");
    auto const* const end = table.find("EndTime");
    auto const* const usage = table.find("Usage");
    std::string text;
    return read_counters(reading, table, interval_schema, fields, [&](ese::Row const& source, R& row) {
        row.started_at = source.time(start);
        row.ended_at = source.time(end);
        if (auto const bytes = source.bytes(usage)) {
            text = hexadecimal(*bytes);
            row.usage = text;
        }
    });
}

ese::RowCounts read_server(Reading& reading, ese::Table const& table, std::string_view measure)
{
    using R = ServerRow;
    static constexpr std::array<CountField<R>, 6> fields { { { "Total", &R::size_bytes_total },
        { "Used", &R::used_bytes }, { "ProcessorTime", &R::processor_time }, { "BytesInBound", &R::inbound_bytes },
        { "BytesOutBound", &R::outbound_bytes }, { "BytesTotal", &R::both_ways_bytes } } };
    auto const* const size = table.find("SizeInBytes"); // of a disk; volumes say Total
    return read_counters(reading, table, server_schema, fields, [&](ese::Row const& source, R& row) {
        row.measure = measure;
        if (!row.size_bytes_total)
            row.size_bytes_total = source.number(size);
    });
}

ese::RowCounts read_volume(Reading& reading, ese::Table const& table)
{
    return read_server(reading, table, "volume");
}
ese::RowCounts read_disk(Reading& reading, ese::Table const& table)
{
    return read_server(reading, table, "physical_disk");
}
ese::RowCounts read_processor(Reading& reading, ese::Table const& table)
{
    return read_server(reading, table, "processor");
}
ese::RowCounts read_network(Reading& reading, ese::Table const& table)
{
    return read_server(reading, table, "network");
}

ese::RowCounts read_ids(Reading& reading, ese::Table const& table)
{
    return reading.each(table, [](ese::Row const&) {}); // its rows are in every other row
}

void append_value(std::string& text, ese::Row const& row, ese::Column const& column)
{
    auto const bytes = row.bytes(&column);
    if (!bytes)
        return;
    append_format(text, "{}{}=", text.empty() ? "" : " ", column.name);
    if (column.type == ese::ValueType::text || column.type == ese::ValueType::long_text)
        text += row.text(&column).value_or("");
    else if (auto const number = row.signed_number(&column))
        append_format(text, "{}", *number);
    else
        text += hexadecimal(*bytes);
}

ese::RowCounts read_other(Reading& reading, ese::Table const& table)
{
    static constexpr std::array<CountField<OtherRow>, 0> fields {};
    std::string text;
    return read_counters(reading, table, other_schema, fields, [&](ese::Row const& source, OtherRow& row) {
        row.provider = std::string_view(table.name);
        text.clear();
        for (auto const& column : table.columns) {
            bool const is_shared = column.name == "TimeStamp" || column.name == "AppId" || column.name == "UserId"
                || column.name == "AutoIncId";
            if (!is_shared)
                append_value(text, source, column);
        }
        row.values = text;
    });
}

constexpr std::array<TableReader, 14> readers { {
    { "{D10CA2FE-6FCF-4F6D-848E-B2E99266FA89}", read_application },
    { "{973F5D5C-1D90-4944-BE8E-24B94231A174}", read_network_usage },
    { "{DD6636C4-8929-4683-974E-22C046A43763}", read_network_connection },
    { "{5C8CF1C7-7257-4F13-B223-970EF5939312}", read_timeline },
    { "{D10CA2FE-6FCF-4F6D-848E-B2E99266FA86}", read_notification },
    { "{FEE4E14F-02A9-4550-B5CE-5FA2DA202E37}", read_energy },
    { "{FEE4E14F-02A9-4550-B5CE-5FA2DA202E37}LT", read_energy_total },
    { "{7ACBBAA3-D029-4BE4-9A7A-0885927F1D8F}", read_interval },
    { "{17F4D97B-F26A-5E79-3A82-90040A47D13D}", read_volume },
    { "{841A7317-3805-518B-C2EA-AD224CB4AF84}", read_disk },
    { "{DC3D3B50-BB90-5066-FA4E-A5F90DD8B677}", read_processor },
    { "{EEE2F477-0659-5C47-EF03-6D6BEFD441B3}", read_network },
    { id_map_table, read_ids },
    { "", read_other },
} };

bool is_srum(ese::Database const& database)
{
    return database.find(id_map_table) != nullptr;
}

}

KindReader srum_reader()
{
    return { Kind::srum, is_srum, read_id_map, readers };
}

}
