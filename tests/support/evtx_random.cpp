#include "support/evtx_random.hpp"
#include "base/text.hpp"

namespace konseki::test {

namespace {
constexpr std::string_view words[] = { "cmd.exe", "C:\\Windows\\System32\\svchost.exe", "é", "監査ログ", "a", "<b>&\"'",
    "S-1", "10.0.0.1", "", "𠮷", "long text with spaces", "\t", "-", "%%1937", "0x3e7" };

std::string random_text(Random& random)
{
    std::string text;
    auto const count = random.below(6);
    for (std::uint64_t i = 0; i < count; ++i)
        text += random.pick(std::span<std::string_view const>(words));
    if (random.chance(3))
        text += std::string(static_cast<std::size_t>(random.below(3000)), 'x');
    return text;
}

Timestamp random_time(Random& random)
{
    return { Timestamp::from_unix_seconds(static_cast<std::int64_t>(random.between(1'000'000'000, 1'800'000'000))).ticks
        + static_cast<std::int64_t>(random.below(10'000'000)) };
}

std::string random_guid(Random& random)
{
    auto const a = random.next(), b = random.next();
    return format(
        "{:08X}-{:04X}-{:04X}-{:04X}-{:012X}", a >> 32, (a >> 16) & 0xffff, a & 0xffff, b >> 48, b & 0xffffffffffff);
}

std::string random_sid(Random& random)
{
    if (random.chance(40))
        return "S-1-5-18";
    return format("S-1-5-21-{}-{}-{}-{}", random.below(1ULL << 32), random.below(1ULL << 32), random.below(1ULL << 32),
        random.between(500, 5000));
}

WrittenValue random_array(Random& random)
{
    std::vector<WrittenValue> items;
    auto const count = random.between(1, 5);
    auto const kind = random.below(5);
    for (std::uint64_t i = 0; i < count; ++i) {
        switch (kind) {
        case 0: items.push_back(value::u32(static_cast<std::uint32_t>(random.next()))); break;
        case 1: items.push_back(value::u64(random.next())); break;
        case 2: items.push_back(value::guid(random_guid(random))); break;
        case 3: items.push_back(value::filetime(random_time(random))); break;
        default: items.push_back(value::hex32(static_cast<std::uint32_t>(random.next()))); break;
        }
    }
    return value::array(items);
}

WrittenValue random_value(Random& random)
{
    auto const bits = random.next();
    switch (random.below(22)) {
    case 0: return value::null();
    case 1: return value::ansi("plain ansi", "plain ansi");
    case 2: return value::i8(static_cast<std::int8_t>(bits));
    case 3: return value::u8(static_cast<std::uint8_t>(bits));
    case 4: return value::i16(static_cast<std::int16_t>(bits));
    case 5: return value::u16(static_cast<std::uint16_t>(bits));
    case 6: return value::i32(static_cast<std::int32_t>(bits));
    case 7: return value::u32(static_cast<std::uint32_t>(bits));
    case 8: return value::i64(static_cast<std::int64_t>(bits));
    case 9: return value::u64(bits);
    case 10: return value::boolean((bits & 1) != 0);
    case 11: {
        std::string bytes;
        for (std::uint64_t i = random.below(40); i > 0; --i)
            bytes.push_back(static_cast<char>(random.next()));
        return value::binary(bytes);
    }
    case 12: return value::guid(random_guid(random));
    case 13: return value::size64(bits);
    case 14: return value::filetime(random_time(random));
    case 15: return value::systemtime(random_time(random));
    case 16: return value::sid(random_sid(random));
    case 17: return value::hex32(static_cast<std::uint32_t>(bits));
    case 18: return value::hex64(bits);
    case 19: {
        std::vector<std::string> items;
        for (std::uint64_t i = random.between(1, 4); i > 0; --i)
            items.push_back(random_text(random) + "i");
        return value::text_list(items);
    }
    case 20: return random_array(random);
    default: return value::text(random_text(random), random.chance(70));
    }
}
}

WrittenEvent random_event(Random& random)
{
    WrittenEvent event;
    auto const kind = random.below(12); // few kinds, so that templates are shared
    event.provider = format("Example-Provider-{}", kind % 4);
    if (kind % 3 != 0)
        event.provider_guid = format("{:08X}-0000-4000-8000-0000000000{:02X}", 0x10000000 + kind, kind);
    event.event_id = static_cast<std::uint32_t>(4600 + kind);
    if (kind % 4 == 1)
        event.qualifiers = static_cast<std::uint16_t>(random.below(65'536));
    event.version = static_cast<std::uint8_t>(random.below(4));
    event.level = static_cast<std::uint8_t>(random.below(6));
    event.opcode = static_cast<std::uint8_t>(random.below(3));
    event.task = static_cast<std::uint16_t>(random.below(20'000));
    event.keywords = random.next();
    event.written_at = random_time(random);
    if (random.chance(30))
        event.activity_id = random_guid(random);
    event.process_id = static_cast<std::uint32_t>(random.below(10'000));
    event.thread_id = static_cast<std::uint32_t>(random.below(10'000));
    event.channel = kind < 8 ? "Security" : "Example/Operational";
    event.computer = kind < 10 ? "pc01.example.jp" : "PC02";
    if (random.chance(50))
        event.user_sid = random_sid(random);
    constexpr EventForm forms[]
        = { EventForm::classic, EventForm::classic, EventForm::substituted, EventForm::single, EventForm::plain };
    event.form = random.pick(std::span<EventForm const>(forms));
    if (kind == 5) {
        event.user_data = "LogFileCleared";
        event.user_data_namespace = "http://manifests.microsoft.com/win/2004/08/windows/eventlog";
    }
    event.has_body = !random.chance(3);
    auto const count = random.below(9);
    for (std::uint64_t i = 0; i < count; ++i) {
        WrittenField field { format("Field{}", i), random_value(random), FieldPlace::data, random.chance(15) };
        if (event.user_data.empty() && random.chance(10))
            field.place = FieldPlace::unnamed;
        else if (event.user_data.empty() && random.chance(3))
            field.place = FieldPlace::complex;
        event.fields.push_back(std::move(field));
    }
    return event;
}

std::vector<WrittenEvent> random_events(std::uint64_t seed, std::size_t count)
{
    Random random(seed);
    std::vector<WrittenEvent> events;
    events.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        events.push_back(random_event(random));
    return events;
}

}
