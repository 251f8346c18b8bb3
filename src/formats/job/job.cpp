#include "formats/job/job.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <array>

namespace konseki::job {

namespace {

constexpr std::uint16_t application_at = 70; // behind the fixed part and the count of running instances
constexpr std::uint64_t fixed_bytes = 68;
constexpr std::uint32_t trigger_bytes = 48;

bool is_product(std::uint16_t version)
{
    constexpr std::array<std::uint16_t, 8> known { 0x0400, 0x0500, 0x0501, 0x0600, 0x0601, 0x0602, 0x0603, 0x0a00 };
    return std::ranges::find(known, version) != known.end();
}

// Nonsense gives "not set": a job that never ran has zeros here.
LocalTime local_time(
    unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second, unsigned millisecond)
{
    auto const text
        = format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}", year, month, day, hour, minute, second, millisecond);
    auto const parsed = year >= 1601 && year <= 9999 ? Timestamp::parse(text) : std::nullopt;
    return parsed ? LocalTime { parsed->ticks } : LocalTime {};
}

LocalTime read_system_time(ByteReader& reader)
{
    std::array<unsigned, 8> fields {};
    for (auto& field : fields)
        field = reader.u16("job.last_run");
    auto const [year, month, weekday, day, hour, minute, second, millisecond] = fields;
    (void)weekday;
    return local_time(year, month, day, hour, minute, second, millisecond);
}

// [MS-TSCH] 2.4.2.1: the count of characters with the ending zero, then these.
std::string read_string(ByteReader& reader, std::string_view what)
{
    auto const units = reader.count(reader.u16(what), 2, what);
    return utf8_from_utf16le(until_zero_utf16(reader.take(std::uint64_t { units } * 2, what)));
}

Trigger read_trigger(ByteReader& reader)
{
    Trigger trigger;
    trigger.offset = reader.offset();
    trigger.size_bytes = trigger_bytes;
    reader.skip(4, "job.trigger.size");
    auto const u16 = [&](std::string_view what) -> unsigned { return reader.u16(what); };
    auto const start_year = u16("job.trigger.start"), start_month = u16("job.trigger.start");
    auto const start_day = u16("job.trigger.start");
    auto const end_year = u16("job.trigger.end"), end_month = u16("job.trigger.end"), end_day = u16("job.trigger.end");
    auto const hour = u16("job.trigger.start"), minute = u16("job.trigger.start");
    trigger.duration_minutes = reader.u32("job.trigger.duration");
    trigger.interval_minutes = reader.u32("job.trigger.interval");
    trigger.flags = reader.u32("job.trigger.flags");
    trigger.kind = reader.u32("job.trigger.kind");
    for (auto& value : trigger.specific)
        value = reader.u16("job.trigger.specific");
    reader.skip(6, "job.trigger.reserved");
    trigger.starts_at = local_time(start_year, start_month, start_day, hour, minute, 0, 0);
    if ((trigger.flags & 1U) != 0)
        trigger.ends_at = local_time(end_year, end_month, end_day, 0, 0, 0, 0);
    return trigger;
}

void read_triggers(ByteReader& reader, Job& job)
{
    auto const count = reader.count(reader.u16("job.trigger_count"), trigger_bytes, "job.triggers");
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
        auto const trigger = read_trigger(reader);
        if (!reader.failed())
            job.triggers.push_back(trigger);
    }
}

void read_texts(ByteReader& reader, Job& job)
{
    job.running_instances = reader.u16("job.running_instances");
    job.application = read_string(reader, "job.application");
    job.parameters = read_string(reader, "job.parameters");
    job.working_directory = read_string(reader, "job.working_directory");
    job.author = read_string(reader, "job.author");
    job.comment = read_string(reader, "job.comment");
    reader.skip(reader.u16("job.user_data"), "job.user_data");
    reader.skip(reader.u16("job.reserved"), "job.reserved");
}

std::string names_of(std::uint32_t bits, std::span<std::string_view const> names)
{
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if ((bits >> i & 1U) != 0)
            append_format(text, "{}{}", text.empty() ? "" : ", ", names[i]);
    }
    return text;
}

std::string week_days(std::uint32_t bits)
{
    static constexpr std::array<std::string_view, 7> names { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
        "Friday", "Saturday" };
    return names_of(bits, names);
}

std::string months(std::uint32_t bits)
{
    static constexpr std::array<std::string_view, 12> names { "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December" };
    return bits == 0xfff ? "every month" : names_of(bits, names);
}

std::string days(std::uint32_t bits)
{
    std::string text;
    for (unsigned day = 0; day < 31; ++day) {
        if ((bits >> day & 1U) != 0)
            append_format(text, "{}{}", text.empty() ? "" : ", ", day + 1);
    }
    return text;
}

}

std::string_view kind_name(std::uint32_t kind)
{
    constexpr std::array<std::string_view, 8> names { "once", "daily", "weekly", "monthly_date", "monthly_weekday",
        "idle", "system_start", "logon" };
    return kind < names.size() ? names[kind] : "unknown";
}

std::string_view status_name(std::uint32_t status)
{
    switch (status) {
    case 0x41300: return "ready";
    case 0x41301: return "running";
    case 0x41305: return "not_scheduled";
    default: return "unknown";
    }
}

std::string schedule_text(Trigger const& trigger)
{
    auto const [first, second, third] = trigger.specific;
    std::string text;
    switch (trigger.kind) {
    case 1: append_format(text, "every {} day{}", first, first == 1 ? "" : "s"); break;
    case 2: append_format(text, "every {} week{} on {}", first, first == 1 ? "" : "s", week_days(second)); break;
    case 3:
        append_format(text, "on days {} of {}", days(first | static_cast<std::uint32_t>(second) << 16), months(third));
        break;
    case 4: append_format(text, "{} of week {} of {}", week_days(second), first, months(third)); break;
    default: text = kind_name(trigger.kind); break;
    }
    if (trigger.interval_minutes > 0)
        append_format(text, ", again every {} min for {} min", trigger.interval_minutes, trigger.duration_minutes);
    return text;
}

Result<Job> read(ByteView bytes, DiagnosticSink& diagnostics)
{
    ByteReader reader { bytes };
    Job job;
    job.product_version = reader.u16("job.product_version");
    auto const version = reader.u16("job.version");
    auto const id = reader.take(16, "job.id");
    reader.skip(2, "job.application_offset");
    auto const triggers_at = reader.u16("job.triggers_offset");
    reader.skip(8, "job.retries");
    job.priority = reader.u32("job.priority");
    job.run_time_max_ms = reader.u32("job.run_time_max");
    job.exit_code = reader.u32("job.exit_code");
    job.status = reader.u32("job.status");
    job.flags = reader.u32("job.flags");
    job.last_run_at = read_system_time(reader);
    TRY(reader.status());
    if (version != 1)
        return Error { ErrorCode::unsupported, "job.version", 2, 1, version, {} };
    std::ranges::copy(id, job.id.bytes.begin());
    read_texts(reader, job);
    if (auto const status = reader.status(); !status.ok())
        diagnostics.report(
            { status.error(), bytes.size() - std::min<std::uint64_t>(bytes.size(), status.error().offset) });
    // The triggers have an offset of their own: damage in the texts does not cost them.
    auto const rest = slice(
        bytes, triggers_at, bytes.size() - std::min<std::uint64_t>(triggers_at, bytes.size()), "job.triggers_offset");
    if (!rest.ok() || triggers_at < fixed_bytes) {
        diagnostics.report({ { ErrorCode::bad_offset, "job.triggers_offset", 22, bytes.size(), triggers_at, {} } });
        return job;
    }
    ByteReader triggers { rest.value(), triggers_at };
    read_triggers(triggers, job);
    if (auto const status = triggers.status(); !status.ok())
        diagnostics.report({ status.error(), triggers.remaining() });
    constexpr std::uint64_t signature_bytes = 68;
    job.has_signature = !triggers.failed() && triggers.remaining() >= signature_bytes;
    return job;
}

Sniff sniff(ByteView head)
{
    ByteReader reader { head };
    auto const product = reader.u16("job.product_version");
    auto const version = reader.u16("job.version");
    reader.skip(16, "job.id");
    auto const application = reader.u16("job.application_offset");
    auto const triggers = reader.u16("job.triggers_offset");
    bool const is_job = is_product(product) && version == 1 && application == application_at
        && triggers >= application_at + 14 && head.size() > fixed_bytes;
    return is_job ? Sniff::sure : Sniff::no;
}

}
