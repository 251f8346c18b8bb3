#include "traces/linux_audit/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include "traces/linux_audit/record.hpp"
#include "traces/linux_audit/system_calls.hpp"
#include "traces/linux_log_event.hpp"
#include <algorithm>
#include <array>
#include <deque>

namespace konseki::linux_audit {

namespace {

constexpr std::size_t open_events_max = 64;
constexpr std::size_t text_bytes_max = 32'768;
constexpr std::uint32_t unset = 0xffff'ffff;

std::optional<std::uint32_t> number(std::string_view text)
{
    auto const value = parse_uint(text);
    return value && *value < unset ? std::optional { static_cast<std::uint32_t>(*value) } : std::nullopt;
}

bool is_known(std::string_view value)
{
    return !value.empty() && value != "?" && value != "(null)" && value != "(none)" && value != "unset";
}

// The records of one number so far.
struct Pending {
    std::uint64_t offset = 0, end = 0;
    Timestamp at;
    std::uint64_t serial = 0;
    std::string type, node, types, command_line, proctitle, working_folder, paths, user, user_id, target_user,
        executable, name, system_call, key, terminal, address, host, operation, result, context;
    std::vector<std::string> created;
    std::optional<std::uint32_t> pid, parent_pid, uid, effective_uid, login_uid, session, port;
    std::optional<bool> is_success;
    std::uint32_t records = 0;
    bool is_start = false; // has EXECVE
};

void set(std::string& target, std::string_view value)
{
    if (target.empty() && is_known(value))
        target = value;
}

void set(std::optional<std::uint32_t>& target, std::string_view value)
{
    if (!target)
        target = number(value);
}

void append(std::string& target, std::string_view text, char separator)
{
    if (target.size() + text.size() >= text_bytes_max)
        return;
    if (!target.empty())
        target += separator;
    target += text;
}

// "execve" for SYSCALL's numbers, where the architecture is known; else the number.
std::string system_call_of(Record const& record)
{
    if (auto const name = record.find("SYSCALL"); is_known(name))
        return std::string(name);
    auto const written = record.find("syscall");
    auto const architecture = parse_uint(format("0x{}", record.find("arch")));
    auto const call = parse_uint(written);
    if (!architecture || !call || *architecture > UINT32_MAX || *call > UINT32_MAX)
        return std::string(written);
    auto const name = system_call_name(static_cast<std::uint32_t>(*architecture), static_cast<std::uint32_t>(*call));
    return std::string(name.empty() ? written : name);
}

void add_arguments(Record const& record, Pending& event)
{
    for (auto const& field : record.fields) {
        bool const is_length = field.name.ends_with("_len");
        if (field.name.size() < 2 || field.name[0] != 'a' || field.name[1] < '0' || field.name[1] > '9' || is_length)
            continue;
        auto const part = field.name.find('[');
        bool const is_continued = part != std::string::npos && field.name.substr(part) != "[0]";
        if (is_continued && event.command_line.size() + field.value.size() < text_bytes_max)
            event.command_line += field.value;
        else if (!is_continued)
            append(event.command_line, field.value, ' ');
    }
}

void add_outcome(Record const& record, Pending& event)
{
    auto const success = record.find("success"), result = record.find("res");
    set(event.result, result);
    if (success == "yes" || success == "no")
        event.is_success = success == "yes";
    else if (!event.is_success && (result == "success" || result == "1"))
        event.is_success = true;
    else if (!event.is_success && (result == "failed" || result == "0"))
        event.is_success = false;
}

void add(Record const& record, Pending& event)
{
    ++event.records;
    if (event.records == 1) {
        event.at = record.at;
        event.serial = record.serial;
        event.type = record.type;
    }
    set(event.node, record.node);
    append(event.types, record.type, ' ');
    set(event.pid, record.find("pid"));
    set(event.parent_pid, record.find("ppid"));
    set(event.uid, record.find("uid"));
    set(event.effective_uid, record.find("euid"));
    set(event.login_uid, record.find("auid"));
    set(event.session, record.find("ses"));
    set(event.user, record.find("AUID"));
    set(event.user_id, record.find("UID"));
    set(event.target_user, record.find("acct"));
    set(event.executable, record.find("exe"));
    set(event.name, record.find("comm"));
    set(event.key, record.find("key"));
    set(event.terminal, record.find("tty"));
    set(event.terminal, record.find("terminal"));
    set(event.address, record.find("addr"));
    set(event.host, record.find("hostname"));
    set(event.operation, record.find("op"));
    set(event.context, record.find("subj"));
    set(event.context, record.find("profile"));
    add_outcome(record, event);
    if (record.type == "SYSCALL")
        event.system_call = system_call_of(record);
    else if (record.type == "EXECVE") {
        event.is_start = true;
        add_arguments(record, event);
    } else if (record.type == "CWD" || record.type == "USER_CMD")
        set(event.working_folder, record.find("cwd"));
    else if (record.type == "PROCTITLE")
        set(event.proctitle, record.find("proctitle"));
    else if (record.type == "PATH" && is_known(record.find("name"))) {
        append(event.paths, record.find("name"), '\n');
        if (record.find("nametype") == "CREATE" && event.created.size() < 16)
            event.created.emplace_back(record.find("name"));
    } else if (record.type == "SOCKADDR") {
        if (auto const address = address_of(record.find("saddr"))) {
            set(event.address, address->first);
            event.port = address->second;
        }
    }
    if (record.type == "USER_CMD")
        set(event.command_line, record.find("cmd"));
}

class AuditRows {
public:
    explicit AuditRows(ParseContext& context)
        : m_context(context)
        , m_shape_start(context.shapes.intern(
              { "Image", "CommandLine", "CurrentDirectory", "User", "ProcessId", "ParentProcessId", "LogonId" }))
        , m_shape_file(context.shapes.intern({ "TargetFilename", "Image", "User", "ProcessId" }))
        , m_shape_network(
              context.shapes.intern({ "DestinationIp", "DestinationPort", "Image", "User", "ProcessId", "Initiated" }))
    {
    }

    void take(std::string_view line, TraceOrigin const& origin)
    {
        auto const record = parse_record(line);
        if (!record) {
            if (!trim(line).empty())
                m_context.diagnostics.report(
                    { { ErrorCode::bad_value, "linux_audit.record", origin.offset, 0, 0, {} }, origin.size_bytes });
            return;
        }
        put(*record, line, origin);
        hand_over(*record, origin);
        auto& event = pending(*record, origin);
        add(*record, event);
        event.end = origin.offset + origin.size_bytes;
        if (record->type == "EOE")
            close(record->serial);
    }

    void end()
    {
        for (auto const& event : m_open)
            put(event);
        m_open.clear();
    }

private:
    Pending& pending(Record const& record, TraceOrigin const& origin)
    {
        for (auto& event : m_open) {
            if (event.serial == record.serial && event.at == record.at && event.node == record.node)
                return event;
        }
        if (m_open.size() >= open_events_max) {
            put(m_open.front());
            m_open.pop_front();
        }
        m_open.emplace_back().offset = origin.offset;
        return m_open.back();
    }

    void close(std::uint64_t serial)
    {
        auto const found = std::ranges::find(m_open, serial, &Pending::serial);
        if (found == m_open.end())
            return;
        put(*found);
        m_open.erase(found);
    }

    void put(Record const& record, std::string_view line, TraceOrigin const& origin)
    {
        LinuxAuditRecordRow row;
        std::string fields;
        for (auto const& field : record.fields)
            append_format(fields, "{}{}={}", fields.empty() ? "" : " ", field.name, field.value);
        if (fields.empty())
            if (auto const colon = line.find("): "); colon != std::string_view::npos)
                fields = utf8::repaired(line.substr(colon + 3));
        auto const type = utf8::repaired(record.type), node = utf8::repaired(record.node);
        row.at = record.at;
        row.serial = record.serial;
        row.type = std::string_view(type);
        if (!node.empty())
            row.node = std::string_view(node);
        row.fields = linux_bounded(fields);
        m_context.traces.emit(linux_audit_record_schema, origin, row);
    }

    static Symbol symbol(std::string const& text)
    {
        return text.empty() ? Symbol {} : Symbol { std::string_view(text) };
    }

    void put(Pending const& event)
    {
        LinuxAuditEventRow row;
        auto const type = utf8::repaired(event.type), types = utf8::repaired(event.types),
                   node = utf8::repaired(event.node);
        auto const& command = event.command_line.empty() ? event.proctitle : event.command_line;
        row.at = event.at;
        row.serial = event.serial;
        row.type = std::string_view(type);
        row.types = types;
        row.node = symbol(node);
        row.user = symbol(event.user);
        row.target_user = symbol(event.target_user);
        row.executable = symbol(event.executable);
        row.name = symbol(event.name);
        row.system_call = symbol(event.system_call);
        row.key = symbol(event.key);
        row.terminal = symbol(event.terminal);
        row.source_address = symbol(event.address);
        row.source_host = symbol(event.host);
        row.operation = symbol(event.operation);
        row.result = symbol(event.result);
        row.context = symbol(event.context);
        if (!command.empty())
            row.command_line = command;
        if (!event.working_folder.empty())
            row.working_folder = event.working_folder;
        if (!event.paths.empty())
            row.paths = event.paths;
        row.pid = event.pid;
        row.parent_pid = event.parent_pid;
        row.uid = event.uid;
        row.effective_uid = event.effective_uid;
        row.login_uid = event.login_uid;
        row.session = event.session;
        row.is_success = event.is_success;
        row.records = event.records;
        TraceOrigin const origin { event.offset, event.end - event.offset, false };
        m_context.traces.emit(linux_audit_event_schema, origin, row);
        hand_over(event, command, origin);
    }

    static EventValue value(std::string_view text)
    {
        return text.empty() ? EventValue {} : EventValue { ValueType::utf8, as_bytes(text) };
    }

    void send(std::string_view channel, EventShape const* shape, std::span<EventValue const> values, Timestamp at,
        std::string_view node, TraceOrigin const& origin)
    {
        Event event;
        event.channel = channel;
        event.provider = "auditd";
        event.computer = node;
        event.written_at = at;
        event.shape = shape;
        event.values = values;
        m_context.events.on_event(event, origin);
    }

    // The record itself, for rules of auditd.
    void hand_over(Record const& record, TraceOrigin const& origin)
    {
        m_names.assign({ "type" });
        m_values.assign({ value(record.type) });
        for (auto const& field : record.fields) {
            m_names.push_back(field.name);
            m_values.push_back(value(field.value));
        }
        std::string system_call;
        if (record.type == "SYSCALL" && record.find("SYSCALL").data() == nullptr) {
            system_call = system_call_of(record);
            m_names.emplace_back("SYSCALL");
            m_values.push_back(value(system_call));
        }
        send("linux/auditd", m_context.shapes.intern(m_names), m_values, record.at, record.node, origin);
    }

    // What the records say together, as the generic categories of rules want it.
    void hand_over(Pending const& event, std::string_view command, TraceOrigin const& origin)
    {
        auto const pid = event.pid ? format("{}", *event.pid) : std::string {};
        auto const parent = event.parent_pid ? format("{}", *event.parent_pid) : std::string {};
        auto const login = event.session ? format("{}", *event.session) : std::string {};
        auto const& user = event.user_id.empty() ? event.user : event.user_id;
        if (event.is_start) {
            std::array const values { value(event.executable), value(command), value(event.working_folder), value(user),
                value(pid), value(parent), value(login) };
            send("linux/process_creation", m_shape_start, values, event.at, event.node, origin);
        }
        for (auto const& created : event.created) {
            auto const path = created.starts_with('/') || event.working_folder.empty()
                ? created
                : event.working_folder + '/' + created;
            std::array const values { value(path), value(event.executable), value(user), value(pid) };
            send("linux/file_event", m_shape_file, values, event.at, event.node, origin);
        }
        if (event.system_call == "connect" && event.port) {
            auto const port = format("{}", *event.port);
            std::array const values { value(event.address), value(port), value(event.executable), value(user),
                value(pid), value("true") };
            send("linux/network_connection", m_shape_network, values, event.at, event.node, origin);
        }
    }

    ParseContext& m_context;
    EventShape const *m_shape_start, *m_shape_file, *m_shape_network;
    std::deque<Pending> m_open; // by first record
    std::vector<std::string> m_names;
    std::vector<EventValue> m_values;
};

Sniff sniff(ByteView head, std::string_view name)
{
    auto const text = as_text(head);
    if (text.find('\0') != std::string_view::npos)
        return Sniff::no;
    auto const line = text.substr(0, text.find('\n'));
    bool const is_record = parse_record(line).has_value();
    bool const is_named = file_name_of(name).starts_with("audit.log");
    return is_record                                                    ? Sniff::sure
        : is_named && text.find("msg=audit(") != std::string_view::npos ? Sniff::maybe
                                                                        : Sniff::no;
}

void parse(EvidenceView const& evidence, ParseContext& context)
{
    AuditRows rows(context);
    auto const file = as_text(evidence.bytes).substr(0, evidence.range.offset + evidence.range.size);
    auto position = evidence.range.offset;
    while (auto const line = text_lines::next(file, position, file.size())) {
        if (context.stop.stop_requested())
            break;
        rows.take(line->text, { line->offset, line->end - line->offset, false });
    }
    rows.end();
}

// "1700000000.123:45" of a line; pieces end where it changes, so that an event is seldom cut in two.
std::string_view number_of_line(std::string_view file, std::size_t at)
{
    auto const line = file.substr(at, std::min<std::size_t>(512, file.size() - at));
    auto const begin = line.find("msg=audit(");
    return begin == std::string_view::npos ? std::string_view {} : line.substr(begin, line.find(')', begin) - begin);
}

std::vector<ByteRange> split(ByteView bytes, std::uint64_t piece_bytes)
{
    constexpr int lines_max = 100;
    auto const file = as_text(bytes);
    std::vector<ByteRange> pieces;
    for (std::size_t at = 0; at < file.size();) {
        auto end = std::min<std::size_t>(at + std::max<std::uint64_t>(piece_bytes, 1), file.size());
        end = std::min(file.find('\n', end - 1), file.size() - 1) + 1;
        auto last = number_of_line(file, file.rfind('\n', end < 2 ? 0 : end - 2) + 1);
        for (int i = 0; i < lines_max && end < file.size() && number_of_line(file, end) == last; ++i)
            end = std::min(file.find('\n', end), file.size() - 1) + 1;
        pieces.push_back({ at, end - at });
        at = end;
    }
    return pieces;
}

constexpr std::array<Schema const*, 2> schemas { &linux_audit_record_schema.erased, &linux_audit_event_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_audit",
    .title = "Audit log of the Linux kernel",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .split = split,
};

}
