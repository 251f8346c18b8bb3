#include "traces/windows_event/parser.hpp"
#include "formats/event_json/event_json.hpp"
#include "formats/event_log/event_log.hpp"
#include "formats/evtx/evtx.hpp"
#include "traces/windows_event/messages.hpp"
#include "traces/windows_event/schemas.hpp"
#include "traces/windows_event/typed.hpp"
#include "traces/windows_event/typed_schemas.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_event {

namespace {

// A constant, so that the catalogue needs no code at start: typed_schemas() must be its tail (parser_test).
constexpr std::array emitted { &event_schema.erased, &file_schema.erased, &chunk_schema.erased, &sign_schema.erased,
    &logon_schema.erased, &process_start_schema.erased, &process_end_schema.erased, &service_change_schema.erased,
    &task_change_schema.erased, &network_connection_schema.erased, &share_access_schema.erased,
    &powershell_script_schema.erased, &remote_session_schema.erased, &account_change_schema.erased,
    &log_cleared_schema.erased, &registry_change_schema.erased, &file_event_schema.erased, &image_load_schema.erased,
    &process_access_schema.erased, &dns_query_schema.erased, &wmi_event_schema.erased, &pipe_schema.erased,
    &defender_schema.erased };

EventRow row_of(Event const& event, std::string_view how)
{
    EventRow row;
    row.written_at = event.written_at;
    row.event_id = event.event_id;
    row.record_id = event.record_id;
    row.channel = Symbol(event.channel);
    row.provider = Symbol(event.provider);
    row.computer = Symbol(event.computer);
    row.user_sid = Symbol(event.user_sid);
    row.level = event.level;
    row.task = event.task;
    row.opcode = event.opcode;
    row.keywords = event.keywords;
    row.version = event.version;
    row.process_id = event.execution_process_id;
    row.thread_id = event.execution_thread_id;
    row.how = Symbol(how);
    return row;
}

// What both kinds of input do with an event.
class EventRows {
public:
    explicit EventRows(ParseContext& context)
        : m_context(context)
        , m_typed(context.traces)
    {
    }

    void take(Event const& event, TraceOrigin const& origin, std::string_view how)
    {
        m_context.traces.emit(event_schema, origin, row_of(event, how));
        m_typed.on_event(event, origin);
        m_context.events.on_event(event, origin);
    }

private:
    ParseContext& m_context;
    TypedRows m_typed;
};

class EvtxRows final : public evtx::Visitor {
public:
    explicit EvtxRows(ParseContext& context)
        : m_context(context)
        , m_rows(context)
    {
    }

    void on_file(evtx::FileFacts const& facts) override
    {
        FileRow row;
        row.file_size_bytes = facts.size_bytes;
        row.next_record_id = facts.next_record_id;
        row.first_chunk = facts.first_chunk;
        row.last_chunk = facts.last_chunk;
        row.chunk_count = facts.chunk_count;
        row.flags = facts.flags;
        row.version_major = facts.version_major;
        row.version_minor = facts.version_minor;
        row.is_dirty = facts.is_dirty;
        row.is_full = facts.is_full;
        row.is_crc_good = facts.has_header && facts.crc == facts.computed_crc;
        m_context.traces.emit(
            file_schema, { 0, std::min<std::uint64_t>(facts.size_bytes, evtx::file_header_bytes), false }, row);
    }

    void on_record(Event const& event, evtx::RecordFacts const& facts) override
    {
        m_rows.take(
            event, { facts.offset, facts.size_bytes, facts.place != evtx::Place::live }, evtx::place_name(facts.place));
    }

    void on_sign(evtx::Sign const& sign) override
    {
        SignRow row;
        row.kind = Symbol(evtx::sign_name(sign.kind));
        if (sign.record_id != 0)
            row.record_id = sign.record_id;
        row.written_at = sign.written_at;
        row.expected = sign.expected;
        row.found = sign.found;
        row.detail = sign.detail;
        m_context.traces.emit(sign_schema, { sign.offset, sign.size_bytes, false }, row);
    }

    void on_chunk(evtx::ChunkFacts const& facts) override
    {
        ChunkRow row;
        row.channel = Symbol(facts.channel);
        row.first_id = facts.first_id;
        row.last_id = facts.last_id;
        row.first_at = facts.first_at;
        row.last_at = facts.last_at;
        row.live_count = facts.live_count;
        row.recovered_count = facts.recovered_count;
        row.hidden_count = facts.hidden_count;
        row.lost_count = facts.lost_count;
        row.header_first_id = facts.header_first_id;
        row.header_last_id = facts.header_last_id;
        row.used_bytes = facts.used_bytes;
        if (facts.has_crc) {
            row.is_header_crc_good = facts.is_header_crc_good;
            row.is_records_crc_good = facts.is_records_crc_good;
        }
        m_context.traces.emit(chunk_schema, { facts.offset, facts.size_bytes, false }, row);
    }

private:
    ParseContext& m_context;
    EventRows m_rows;
};

class JsonRows final : public event_json::Visitor {
public:
    explicit JsonRows(ParseContext& context)
        : m_rows(context)
    {
    }
    void on_event(Event const& event, TraceOrigin const& origin) override { m_rows.take(event, origin, "json"); }

private:
    EventRows m_rows;
};

// Logs of Windows NT to 2003. What lies outside the ring stands where EVTX has slack: cleared or soon overwritten.
class LegacyRows final : public event_log::Visitor {
public:
    explicit LegacyRows(ParseContext& context)
        : m_rows(context)
    {
    }
    void on_file(event_log::FileFacts const&) override { }
    void on_record(Event const& event, event_log::RecordFacts const& facts) override
    {
        bool const is_live = facts.place == event_log::Place::live;
        m_rows.take(event, { facts.offset, facts.size_bytes, !is_live }, is_live ? "live" : "slack");
    }

private:
    EventRows m_rows;
};

bool is_legacy(ByteView bytes)
{
    return event_log::sniff(bytes) == Sniff::sure;
}

bool is_evtx(ByteView bytes)
{
    return evtx::sniff(bytes) != Sniff::no;
}

Sniff sniff(ByteView head, std::string_view name)
{
    auto const as_evtx = evtx::sniff(head);
    if (as_evtx == Sniff::sure || name.ends_with(".evtx"))
        return head.empty() ? Sniff::maybe : std::max(as_evtx, Sniff::maybe);
    return is_legacy(head) ? Sniff::sure : std::max(as_evtx, event_json::sniff(head));
}

void parse_legacy(EvidenceView const& evidence, ParseContext& context)
{
    if (context.pass == Pass::second)
        return;
    event_log::ReadContext read_context { context.shapes, context.arena, context.diagnostics, context.stop };
    LegacyRows rows(context);
    event_log::read(evidence.bytes, event_log::channel_of_file(evidence.name), read_context, rows);
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    if (is_legacy(evidence.bytes)) {
        parse_legacy(evidence, context);
        return;
    }
    if (!is_evtx(evidence.bytes)
        && event_json::sniff(evidence.bytes.first(std::min<std::size_t>(evidence.bytes.size(), 4096))) != Sniff::no) {
        if (context.pass == Pass::second)
            return;
        JsonRows rows(context);
        event_json::read(
            evidence.bytes, evidence.range, context.shapes, context.diagnostics, rows, context.limits, context.stop);
        return;
    }
    evtx::ReadContext read_context { context.shapes, context.arena, context.dictionary, context.diagnostics,
        context.limits, context.raw_filter, context.stop, context.pass, false };
    EvtxRows rows(context);
    evtx::read(evidence.bytes, evidence.range, read_context, rows);
    context.wants_second_pass |= read_context.wants_second_pass;
}

std::vector<ByteRange> split(ByteView bytes, std::uint64_t piece_bytes)
{
    if (is_legacy(bytes))
        return { { 0, bytes.size() } }; // a ring: the end marker may lie anywhere
    return is_evtx(bytes) ? evtx::split(bytes, piece_bytes) : event_json::split(bytes, piece_bytes);
}

std::optional<std::string> render_whole(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const& dictionary, std::string_view form)
{
    if (is_legacy(evidence.bytes)) {
        auto text = event_log::render(evidence.bytes, origin.offset, event_log::channel_of_file(evidence.name));
        return form == "json" && text.ok() ? std::optional { std::move(text).value() } : std::nullopt;
    }
    if (!is_evtx(evidence.bytes))
        return event_json::render(evidence.bytes, origin, form);
    if (form != "xml" && form != "json")
        return std::nullopt;
    auto text
        = evtx::render(evidence.bytes, origin.offset, form == "xml" ? evtx::Form::xml : evtx::Form::json, &dictionary);
    if (!text.ok())
        return std::nullopt;
    return std::move(text).value();
}

// The words for one event. Both formats render JSON that event_json reads, so one way serves live, recovered and
// exported events.
std::optional<std::string> message_from_json(std::string_view json)
{
    struct Reader final : event_json::Visitor, DiagnosticSink {
        std::optional<std::string> message;
        void on_event(Event const& event, TraceOrigin const&) override { message = message_of(event); }
        void report(Diagnostic const&) override { }
    };
    Reader reader;
    EventShapes shapes;
    event_json::read(as_bytes(json), { 0, json.size() }, shapes, reader, reader, default_limits, {});
    return reader.message;
}

std::optional<std::string> render(
    EvidenceView const& evidence, TraceOrigin const& origin, Dictionary const& dictionary, std::string_view form)
{
    if (form == "message") {
        auto const json = render_whole(evidence, origin, dictionary, "json");
        return json ? message_from_json(*json) : std::nullopt;
    }
    return render_whole(evidence, origin, dictionary, form);
}

}

constinit ArtefactParser const parser {
    .name = "windows_event",
    .title = "Windows event logs (EVTX, EVT, exported JSON)",
    .version = 3,
    .reads_path = false, // its records say where they were written: a copy elsewhere adds none
    .emits = emitted,
    .sniff = sniff,
    .parse = parse,
    .split = split,
    .render = render,
};

}
