#include "formats/event_log/event_log.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <array>
#include <cstring>

namespace konseki::event_log {

namespace {

constexpr std::uint32_t signature = 0x654c'664c; // "LfLe"
constexpr std::uint64_t header_bytes = 48;
constexpr std::uint64_t end_bytes = 40;
constexpr std::uint64_t record_head_bytes = 56;
constexpr std::uint32_t record_bytes_min = record_head_bytes + 4 + 4; // two empty names and the second size
constexpr std::uint16_t strings_max = 256; // as many as ReportEvent takes
constexpr std::uint32_t record_bytes_max = 1U << 20; // ReportEvent takes 64 KiB of data and strings of 32 Ki characters

std::uint32_t u32_at(ByteView bytes, std::uint64_t offset)
{
    std::uint32_t value = 0;
    if (offset <= bytes.size() && bytes.size() - offset >= sizeof value)
        std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

// [libevt, end of file record]
struct EndMarker {
    std::uint64_t offset = 0;
    std::uint32_t first_offset = 0, next_record_id = 0, oldest_record_id = 0;
};

bool is_end_marker(ByteView bytes, std::uint64_t offset)
{
    return u32_at(bytes, offset) == end_bytes && u32_at(bytes, offset + 4) == 0x1111'1111
        && u32_at(bytes, offset + 8) == 0x2222'2222 && u32_at(bytes, offset + 12) == 0x3333'3333;
}

bool is_record(ByteView bytes, std::uint64_t offset)
{
    auto const size = u32_at(bytes, offset);
    return u32_at(bytes, offset + 4) == signature && size >= record_bytes_min && size <= record_bytes_max
        && size % 4 == 0 && size <= bytes.size();
}

std::uint8_t level_of(std::uint16_t type)
{
    switch (type) {
    case 1: return 2; // error
    case 2: return 3; // warning
    case 4: return 4; // information
    default: return 0; // success and audits: Windows shows them as information
    }
}

std::uint64_t keywords_of(std::uint16_t type)
{
    constexpr std::uint64_t classic = 0x0080'0000'0000'0000;
    constexpr std::uint64_t audit_success = 0x8020'0000'0000'0000, audit_failure = 0x8010'0000'0000'0000;
    return type == 8 ? audit_success : type == 16 ? audit_failure : classic;
}

class RecordReader {
public:
    RecordReader(ByteView record, std::uint64_t offset, EventShapes& shapes, Arena& arena)
        : m_record(record)
        , m_offset(offset)
        , m_shapes(shapes)
        , m_arena(arena)
    {
    }

    // What points outside is left out, and the record is then not complete.
    Result<Event> read(RecordFacts& facts)
    {
        ByteReader reader { m_record, m_offset };
        facts.offset = m_offset;
        facts.size_bytes = reader.u32("event_log.record.size");
        reader.skip(4, "event_log.record.signature");
        Event event;
        event.record_id = reader.u32("event_log.record.id");
        facts.generated_at = Timestamp::from_unix_seconds(reader.u32("event_log.record.generated_at"));
        facts.stored_at = Timestamp::from_unix_seconds(reader.u32("event_log.record.written_at"));
        auto const id = reader.u32("event_log.record.event_id");
        auto const type = reader.u16("event_log.record.type");
        auto const string_count = reader.u16("event_log.record.string_count");
        event.task = reader.u16("event_log.record.category");
        reader.skip(6, "event_log.record.reserved");
        auto const strings_at = reader.u32("event_log.record.strings_offset");
        auto const sid_size = reader.u32("event_log.record.sid_size");
        auto const sid_at = reader.u32("event_log.record.sid_offset");
        auto const binary_size = reader.u32("event_log.record.data_size");
        auto const binary_at = reader.u32("event_log.record.data_offset");
        TRY(reader.status());
        event.event_id = id & 0xffff;
        event.qualifiers = id >> 16;
        event.level = level_of(type);
        event.keywords = keywords_of(type);
        event.written_at = facts.generated_at;
        facts.is_complete = u32_at(m_record, m_record.size() - 4) == facts.size_bytes;
        auto names = reader.rest();
        event.provider = text(take_string(names, facts.is_complete));
        event.computer = text(take_string(names, facts.is_complete));
        read_sid(sid_at, sid_size, event, facts.is_complete);
        read_strings(strings_at, string_count, facts.is_complete);
        if (binary_size > 0) {
            auto const binary = slice(m_record, binary_at, binary_size, "event_log.record.data");
            facts.is_complete = facts.is_complete && binary.ok();
            if (binary.ok())
                add("Binary", { ValueType::binary, binary.value() });
        }
        if (facts.stored_at != facts.generated_at) {
            m_text.clear();
            append_iso8601(m_text, facts.stored_at);
            add("TimeWritten", { ValueType::utf8, as_bytes(m_arena.copy(m_text)) });
        }
        event.shape = m_shapes.intern(m_names);
        event.values = m_values;
        return event;
    }

private:
    // Up to and without its zero; `rest` goes on behind it.
    static ByteView take_string(ByteView& rest, bool& is_complete)
    {
        auto const found = until_zero_utf16(rest);
        bool const is_ended = rest.size() - found.size() >= 2;
        is_complete = is_complete && is_ended;
        rest = rest.subspan(is_ended ? found.size() + 2 : rest.size());
        return found;
    }

    std::string_view text(ByteView utf16)
    {
        m_text.clear();
        append_utf16le(m_text, utf16);
        return m_text.empty() ? std::string_view {} : m_arena.copy(m_text);
    }

    void read_sid(std::uint32_t offset, std::uint32_t size, Event& event, bool& is_complete)
    {
        if (size == 0)
            return;
        auto const sid = slice(m_record, offset, size, "event_log.record.sid");
        is_complete = is_complete && sid.ok();
        if (!sid.ok())
            return;
        m_text.clear();
        append_value_text(m_text, { ValueType::sid, sid.value() });
        event.user_sid = m_arena.copy(m_text);
    }

    void read_strings(std::uint32_t offset, std::uint32_t count, bool& is_complete)
    {
        auto rest = slice(m_record, std::min<std::uint64_t>(offset, m_record.size()),
            m_record.size() - std::min<std::uint64_t>(offset, m_record.size()), "event_log.record.strings")
                        .value();
        // Each string has at least its zero, so the bytes that are there bound the count.
        for (std::uint32_t i = 0; i < count; ++i) {
            if (rest.size() < 2 || i >= strings_max) {
                is_complete = false;
                return;
            }
            add("Data", { ValueType::utf16, take_string(rest, is_complete) });
        }
    }

    void add(std::string_view name, EventValue const& value)
    {
        m_names.emplace_back(name);
        m_values.push_back(value);
    }

    ByteView m_record;
    std::uint64_t m_offset;
    EventShapes& m_shapes;
    Arena& m_arena;
    std::string m_text;
    std::vector<std::string> m_names;
    std::vector<EventValue> m_values;
};

// The bytes of a record; one that reaches the end of the file goes on behind the header.
ByteView ring_bytes(ByteView bytes, std::uint64_t offset, std::uint64_t size, std::vector<std::byte>& storage)
{
    auto const there = bytes.size() - offset;
    if (size <= there)
        return bytes.subspan(offset, size);
    storage.assign(bytes.begin() + static_cast<std::ptrdiff_t>(offset), bytes.end());
    if (bytes.size() < header_bytes)
        return storage;
    auto const more = std::min(size - there, bytes.size() - header_bytes);
    auto const begin = bytes.begin() + static_cast<std::ptrdiff_t>(header_bytes);
    storage.insert(storage.end(), begin, begin + static_cast<std::ptrdiff_t>(more));
    return storage;
}

class LogReader {
public:
    LogReader(ByteView bytes, std::string_view channel, ReadContext& context, Visitor& visitor)
        : m_bytes(bytes)
        , m_channel(channel)
        , m_context(context)
        , m_visitor(visitor)
    {
    }

    void read()
    {
        read_header();
        auto const end = find_end();
        m_facts.has_end = end.has_value();
        if (end) {
            m_facts.next_record_id = end->next_record_id;
            m_facts.oldest_record_id = end->oldest_record_id;
            own(end->offset, end_bytes);
        } else if (m_facts.size_bytes > 0) {
            m_context.diagnostics.report({ { ErrorCode::not_found, "event_log.end", m_bytes.size(), 0, 0, {} } });
        }
        m_visitor.on_file(m_facts);
        if (end)
            walk(*end);
        scan();
    }

private:
    void read_header()
    {
        m_facts.size_bytes = m_bytes.size();
        ByteReader reader { m_bytes };
        auto const size = reader.u32("event_log.header.size");
        auto const magic = reader.u32("event_log.header.signature");
        reader.skip(8, "event_log.header.version");
        reader.skip(4, "event_log.header.first_offset");
        m_header_end = reader.u32("event_log.header.end_offset");
        m_facts.next_record_id = reader.u32("event_log.header.next_record");
        m_facts.oldest_record_id = reader.u32("event_log.header.oldest_record");
        m_facts.size_max_bytes = reader.u32("event_log.header.size_max");
        m_facts.flags = reader.u32("event_log.header.flags");
        m_facts.has_header = !reader.failed() && size == header_bytes && magic == signature;
        if (m_facts.has_header)
            return;
        auto const status = reader.status();
        m_context.diagnostics.report(
            { status.ok() ? Error { ErrorCode::bad_magic, "event_log.header.signature", 4, signature, magic, {} }
                          : status.error() });
    }

    EndMarker read_end(std::uint64_t offset)
    {
        auto const marker = ring_bytes(m_bytes, offset, end_bytes, m_storage);
        return { offset, u32_at(marker, 20), u32_at(marker, 28), u32_at(marker, 32) };
    }

    // The header's word is stale in a log that was open; markers of earlier rounds may have survived as well. The one
    // with the highest next number is the newest.
    std::optional<EndMarker> find_end()
    {
        if (m_facts.has_header && !m_facts.is_dirty() && is_end_marker(m_bytes, m_header_end))
            return read_end(m_header_end);
        std::optional<EndMarker> newest;
        for (std::uint64_t offset = 0; offset + 16 <= m_bytes.size(); offset += 4) {
            if (!is_end_marker(m_bytes, offset))
                continue;
            auto const marker = read_end(offset);
            if (!newest || marker.next_record_id >= newest->next_record_id)
                newest = marker;
        }
        return newest;
    }

    // From the oldest record to the end marker. Each step is forward within the ring, which is passed once at most.
    void walk(EndMarker const& end)
    {
        if (end.next_record_id == end.oldest_record_id || end.oldest_record_id == 0)
            return; // empty
        std::uint64_t offset = end.first_offset;
        std::uint64_t passed = 0;
        while (offset != end.offset && passed < m_bytes.size() && !m_context.stop.stop_requested()) {
            std::uint64_t step = 0;
            if (offset < header_bytes || offset >= m_bytes.size()) {
                m_context.diagnostics.report({ { ErrorCode::bad_offset, "event_log.end.first_offset", end.offset,
                    m_bytes.size(), offset, {} } });
                return;
            }
            if (is_record(m_bytes, offset)) {
                step = u32_at(m_bytes, offset);
                take_live(offset);
            } else {
                step = damage(offset, end.offset);
            }
            passed += step;
            offset += step;
            if (offset >= m_bytes.size())
                offset = offset - m_bytes.size() + header_bytes;
        }
    }

    // Steps to the next record; what lies between is lost, but for the filling at the end of the ring (0x27).
    std::uint64_t damage(std::uint64_t offset, std::uint64_t end_offset)
    {
        std::uint64_t size = 4;
        auto const limit = end_offset > offset ? end_offset : m_bytes.size();
        bool is_filling = u32_at(m_bytes, offset) == 0x27 || m_bytes.size() - offset < 4;
        while (offset + size < limit && !is_record(m_bytes, offset + size)) {
            is_filling = is_filling && u32_at(m_bytes, offset + size) == 0x27;
            size += 4;
        }
        size = std::min(size, std::max<std::uint64_t>(limit - offset, 1));
        if (!is_filling)
            m_context.diagnostics.report({ { ErrorCode::bad_magic, "event_log.record.signature", offset, signature,
                                               u32_at(m_bytes, offset), {} },
                size });
        return size;
    }

    // Everything that the ring does not reach.
    void scan()
    {
        std::ranges::sort(m_owned, {}, &ByteRange::offset);
        std::size_t next = 0;
        std::uint64_t offset = m_facts.has_header ? header_bytes : 0;
        while (offset + record_head_bytes <= m_bytes.size() && !m_context.stop.stop_requested()) {
            while (next < m_owned.size() && m_owned[next].offset + m_owned[next].size <= offset)
                ++next;
            if (next < m_owned.size() && m_owned[next].offset <= offset) {
                offset = m_owned[next].offset + m_owned[next].size;
                continue;
            }
            offset += is_record(m_bytes, offset) ? take_recovered(offset) : 4;
        }
    }

    void own(std::uint64_t offset, std::uint64_t size)
    {
        auto const here = std::min(size, m_bytes.size() - offset);
        m_owned.push_back({ offset, here });
        if (here < size && m_bytes.size() > header_bytes)
            m_owned.push_back({ header_bytes, size - here });
    }

    // How far to go on. A record whose second size is gone was overwritten: it ends where the next one begins.
    std::uint64_t take_recovered(std::uint64_t offset)
    {
        std::uint64_t const size = u32_at(m_bytes, offset);
        auto const rest = m_bytes.subspan(offset);
        if (size <= rest.size() && u32_at(rest, size - 4) == size) {
            take(rest.first(size), offset, Place::recovered);
            return size;
        }
        std::uint64_t end = record_head_bytes;
        while (end < std::min<std::uint64_t>(size, rest.size()) && u32_at(rest, end + 4) != signature)
            end += 4;
        take(rest.first(std::min<std::uint64_t>(end, rest.size())), offset, Place::recovered);
        return end;
    }

    void take_live(std::uint64_t offset)
    {
        auto const size = u32_at(m_bytes, offset);
        take(ring_bytes(m_bytes, offset, size, m_storage), offset, Place::live);
        own(offset, size);
    }

    void take(ByteView record, std::uint64_t offset, Place place)
    {
        RecordFacts facts;
        RecordReader reader { record, offset, m_context.shapes, m_context.arena };
        auto event = reader.read(facts);
        if (event.ok()) {
            facts.place = place;
            event.value().channel = m_channel;
            m_visitor.on_record(event.value(), facts);
        }
        if (place == Place::live && !(event.ok() && facts.is_complete))
            m_context.diagnostics.report(
                { { ErrorCode::bad_value, "event_log.record", offset, record.size(), 0, {} } });
        m_context.arena.reset();
    }

    ByteView m_bytes;
    std::string_view m_channel;
    ReadContext& m_context;
    Visitor& m_visitor;
    FileFacts m_facts;
    std::uint64_t m_header_end = 0;
    std::vector<ByteRange> m_owned;
    std::vector<std::byte> m_storage;
};

void append_member(std::string& target, std::string_view name, std::string_view json)
{
    append_format(target, "{}{}: {}", target.ends_with('{') ? "" : ", ", json_string(name), json);
}

std::string json_of(Event const& event)
{
    std::string system = "{";
    append_member(system, "Provider", format("{{\"#attributes\": {{\"Name\": {}}}}}", json_string(event.provider)));
    append_member(system, "EventID",
        format("{{\"#attributes\": {{\"Qualifiers\": {}}}, \"#text\": {}}}", event.qualifiers, event.event_id));
    append_member(system, "Level", format("{}", event.level));
    append_member(system, "Task", format("{}", event.task));
    append_member(system, "Keywords", format("\"0x{:x}\"", event.keywords));
    std::string time;
    append_iso8601_microseconds(time, event.written_at);
    append_member(system, "TimeCreated", format("{{\"#attributes\": {{\"SystemTime\": \"{}\"}}}}", time));
    append_member(system, "EventRecordID", format("{}", event.record_id));
    append_member(system, "Channel", json_string(event.channel));
    append_member(system, "Computer", json_string(event.computer));
    if (!event.user_sid.empty())
        append_member(
            system, "Security", format("{{\"#attributes\": {{\"UserID\": {}}}}}", json_string(event.user_sid)));
    std::string texts, binary;
    for (std::size_t i = 0; i < event.values.size(); ++i) {
        auto const text = json_string(value_text(event.values[i]));
        if (event.shape->names[i] == "Binary")
            binary = text;
        else
            append_format(texts, "{}{}", texts.empty() ? "" : ", ", text);
    }
    std::string values = "{";
    if (!texts.empty())
        append_member(values, "Data", format("{{\"#text\": [{}]}}", texts));
    if (!binary.empty())
        append_member(values, "Binary", binary);
    return format("{{\"Event\": {{\"System\": {}, \"EventData\": {}}}}}", system + '}', values + '}');
}

}

Sniff sniff(ByteView head)
{
    bool const is_header = u32_at(head, 0) == header_bytes && u32_at(head, 4) == signature;
    return is_header                                                       ? Sniff::sure
        : head.size() > record_head_bytes && is_record(head, header_bytes) ? Sniff::maybe
                                                                           : Sniff::no;
}

std::string channel_of_file(std::string_view path)
{
    auto name = file_name_of(path);
    name = name.substr(0, name.rfind('.'));
    static constexpr std::array<std::array<std::string_view, 2>, 7> known { { { "sysevent", "System" },
        { "appevent", "Application" }, { "secevent", "Security" }, { "ntds", "Directory Service" },
        { "ntfrs", "File Replication Service" }, { "dnsevent", "DNS Server" },
        { "windowspowershell", "Windows PowerShell" } } };
    for (auto const& [file, channel] : known) {
        if (equals_ignoring_case(file, name))
            return std::string(channel);
    }
    return std::string(name);
}

void read(ByteView bytes, std::string_view channel, ReadContext& context, Visitor& visitor)
{
    LogReader(bytes, channel, context, visitor).read();
}

Result<std::string> render(ByteView bytes, std::uint64_t offset, std::string_view channel)
{
    if (!is_record(bytes, offset))
        return Error { ErrorCode::bad_magic, "event_log.record.signature", offset, signature, u32_at(bytes, offset),
            {} };
    std::vector<std::byte> storage;
    EventShapes shapes;
    Arena arena;
    RecordFacts facts;
    RecordReader reader { ring_bytes(bytes, offset, u32_at(bytes, offset), storage), offset, shapes, arena };
    auto event = TRY(reader.read(facts));
    event.channel = channel;
    return json_of(event);
}

}
