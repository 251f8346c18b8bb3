#include "traces/windows_task_xml/parser.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/sha256.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <array>
#include <pugixml.hpp>

namespace konseki::windows_task_xml {

namespace {

constexpr std::string_view task_namespace = "schemas.microsoft.com/windows/2004/02/mit/task";

struct Encoding {
    std::size_t mark_bytes = 0;
    bool is_wide = false;
};

Encoding encoding_of(ByteView bytes)
{
    if (bytes.size() >= 2 && bytes[0] == std::byte { 0xff } && bytes[1] == std::byte { 0xfe })
        return { 2, true };
    if (as_text(bytes).starts_with("\xef\xbb\xbf"))
        return { 3, false };
    return { 0, bytes.size() >= 2 && bytes[0] == std::byte { '<' } && bytes[1] == std::byte {} };
}

std::string decoded(ByteView bytes)
{
    auto const encoding = encoding_of(bytes);
    auto const content = bytes.subspan(encoding.mark_bytes);
    return encoding.is_wide ? utf8_from_utf16le(content) : utf8::repaired(as_text(content));
}

Sniff sniff(ByteView head, std::string_view)
{
    // Every file is asked: what is not wide is searched as it stands.
    bool const is_wide = encoding_of(head).is_wide;
    auto const wide = is_wide ? decoded(head) : std::string {};
    auto const text = is_wide ? std::string_view(wide) : as_text(head.subspan(encoding_of(head).mark_bytes));
    auto const begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || text[begin] != '<')
        return Sniff::no;
    auto const task = text.find("<Task");
    return task != std::string_view::npos && text.find(task_namespace, task) != std::string_view::npos ? Sniff::sure
                                                                                                       : Sniff::no;
}

std::string_view value_of(pugi::xml_node node)
{
    std::string_view const text = node.child_value();
    return text.empty() ? std::string_view {} : text;
}

std::string_view value_of(pugi::xml_node node, char const* child)
{
    return value_of(node.child(child));
}

bool flag_of(pugi::xml_node node, char const* child, bool otherwise)
{
    auto const text = trim(value_of(node, child));
    return text.empty() ? otherwise : text == "true" || text == "1";
}

// Dates without zone are the host's local time.
bool names_zone(std::string_view date)
{
    auto const time = date.find('T');
    return time != std::string_view::npos && date.find_first_of("Z+-", time) != std::string_view::npos;
}

void put_date(std::string_view date, Timestamp& at, LocalTime& local)
{
    auto const parsed = Timestamp::parse(trim(date));
    if (!parsed)
        return;
    if (names_zone(date))
        at = *parsed;
    else
        local = { parsed->ticks };
}

void append_part(std::string& list, std::string_view part)
{
    if (part.empty())
        return;
    if (!list.empty() && !list.ends_with("; "))
        list += ' ';
    list += part;
}

class TaskReader {
public:
    TaskReader(EvidenceView const& evidence, ParseContext& context)
        : m_evidence(evidence)
        , m_context(context)
        , m_encoding(encoding_of(evidence.bytes))
        , m_text(decoded(evidence.bytes))
    {
    }

    void run()
    {
        pugi::xml_document document;
        auto const result
            = document.load_buffer(m_text.data(), m_text.size(), pugi::parse_default, pugi::encoding_utf8);
        auto const task = document.child("Task");
        if (!result) // what stands before the damage is in the document
            m_context.diagnostics.report({ { ErrorCode::bad_value, "task.xml", offset_of(result.offset), 0, 0,
                                               result.description() },
                m_evidence.bytes.size() - std::min<std::uint64_t>(m_evidence.bytes.size(), offset_of(result.offset)) });
        if (task)
            read(task);
    }

private:
    // Where in the evidence a place of the decoded text lies.
    std::uint64_t offset_of(std::ptrdiff_t place) const
    {
        auto const end = std::min(place < 0 ? std::size_t { 0 } : static_cast<std::size_t>(place), m_text.size());
        if (!m_encoding.is_wide)
            return m_encoding.mark_bytes + end;
        std::uint64_t units = 0;
        for (std::size_t position = 0; position < end;)
            units += utf8::next(m_text, position) >= 0x1'0000 ? 2U : 1U;
        return m_encoding.mark_bytes + units * 2;
    }

    TraceOrigin origin_of(pugi::xml_node node) const
    {
        auto const begin = offset_of(node.offset_debug() - 1);
        auto const next = node.next_sibling();
        auto const end = next ? offset_of(next.offset_debug() - 1) : begin;
        return { begin, end > begin ? end - begin : 1, false };
    }

    static std::string_view user_of(pugi::xml_node task)
    {
        auto const principals = task.child("Principals");
        std::string_view const context = task.child("Actions").attribute("Context").value();
        auto principal = principals.child("Principal");
        for (auto const other : principals.children("Principal")) {
            if (!context.empty() && context == other.attribute("id").value())
                principal = other;
        }
        auto const user = value_of(principal, "UserId");
        return user.empty() ? value_of(principal, "GroupId") : user;
    }

    void read(pugi::xml_node task)
    {
        auto const registration = task.child("RegistrationInfo");
        auto const settings = task.child("Settings");
        auto const principal = task.child("Principals").child("Principal");
        m_user = user_of(task);
        m_name = value_of(registration, "URI");
        DefinitionRow row;
        row.path = m_evidence.name;
        row.uri = m_name;
        if (m_name.empty())
            m_name = m_evidence.name;
        row.author = value_of(registration, "Author");
        row.source = value_of(registration, "Source");
        row.description = value_of(registration, "Description");
        put_date(value_of(registration, "Date"), row.registered_at, row.registered_local);
        row.user = m_user;
        row.logon_type = value_of(principal, "LogonType");
        row.run_level = value_of(principal, "RunLevel");
        row.is_enabled = flag_of(settings, "Enabled", true);
        row.is_hidden = flag_of(settings, "Hidden", false);
        row.actions = read_actions(task.child("Actions"));
        row.triggers = read_triggers(task.child("Triggers"));
        row.action_list = m_action_list;
        row.trigger_list = m_trigger_list;
        row.security_descriptor = value_of(registration, "SecurityDescriptor");
        auto const digest = to_string(sha256(m_evidence.bytes.subspan(m_encoding.mark_bytes)));
        row.xml_sha256 = digest;
        m_context.traces.emit(definition_schema, { 0, m_evidence.bytes.size(), false }, row);
    }

    static Symbol action_kind(std::string_view name)
    {
        if (name == "Exec")
            return "exec";
        if (name == "ComHandler")
            return "com_handler";
        if (name == "SendEmail")
            return "send_email";
        if (name == "ShowMessage")
            return "show_message";
        return name;
    }

    std::uint32_t read_actions(pugi::xml_node actions)
    {
        std::uint32_t count = 0;
        for (auto const action : actions.children()) {
            if (action.type() != pugi::node_element)
                continue;
            ActionRow row;
            row.task = m_name;
            row.kind = action_kind(action.name());
            row.command = value_of(action, "Command");
            row.arguments = value_of(action, "Arguments");
            row.working_directory = value_of(action, "WorkingDirectory");
            row.class_id = value_of(action, "ClassId");
            row.data = value_of(action, "Data");
            row.user = m_user;
            m_context.traces.emit(action_schema, origin_of(action), row);
            if (count++ != 0)
                m_action_list += "; ";
            append_part(m_action_list, row.command);
            append_part(m_action_list, row.arguments);
            append_part(m_action_list, row.class_id);
            append_part(m_action_list, row.data);
        }
        return count;
    }

    // What makes this trigger fire, beyond times.
    static std::string_view detail_of(pugi::xml_node trigger)
    {
        for (auto const* const name : { "Subscription", "StateName", "StateChange", "Delay" }) {
            if (auto const text = value_of(trigger, name); !text.empty())
                return text;
        }
        for (auto const child : trigger.children()) {
            if (std::string_view(child.name()).starts_with("ScheduleBy"))
                return child.name();
        }
        return {};
    }

    std::uint32_t read_triggers(pugi::xml_node triggers)
    {
        std::uint32_t count = 0;
        for (auto const trigger : triggers.children()) {
            if (trigger.type() != pugi::node_element)
                continue;
            TriggerRow row;
            row.task = m_name;
            row.kind = std::string_view(trigger.name());
            row.is_enabled = flag_of(trigger, "Enabled", true);
            put_date(value_of(trigger, "StartBoundary"), row.starts_at, row.starts_local);
            row.repeats_every = value_of(trigger.child("Repetition"), "Interval");
            row.user = value_of(trigger, "UserId");
            row.detail = detail_of(trigger);
            m_context.traces.emit(trigger_schema, origin_of(trigger), row);
            if (count++ != 0)
                m_trigger_list += "; ";
            append_part(m_trigger_list, row.kind.text);
            append_part(m_trigger_list, value_of(trigger, "StartBoundary"));
            append_part(m_trigger_list, row.repeats_every);
            append_part(m_trigger_list, row.user);
        }
        return count;
    }

    EvidenceView const& m_evidence;
    ParseContext& m_context;
    Encoding m_encoding;
    std::string m_text;
    std::string_view m_name, m_user;
    std::string m_action_list, m_trigger_list;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    if (evidence.bytes.size() > context.limits.text_bytes_max) {
        context.diagnostics.report(
            { { ErrorCode::limit, "task.xml", 0, context.limits.text_bytes_max, evidence.bytes.size(), {} },
                evidence.bytes.size() });
        return;
    }
    TaskReader(evidence, context).run();
}

constexpr std::array<Schema const*, 3> schemas { &definition_schema.erased, &action_schema.erased,
    &trigger_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_task_xml",
    .title = "Windows scheduled task definition",
    .version = 1,
    .reads_path = true,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
