#include "traces/windows_setupapi/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_setupapi {

namespace {

constexpr std::string_view head_line = "[Device Install Log]";
constexpr std::string_view section_begin = ">>>  [";
constexpr std::size_t services_bytes_max = 4'096;

Sniff sniff(ByteView head, std::string_view name)
{
    auto const text = as_text(head);
    if (text.substr(text_lines::begin_of(text)).starts_with(head_line))
        return Sniff::sure;
    auto const file = ascii_lower(file_name_of(name));
    bool const is_named = file.starts_with("setupapi.") && file.ends_with(".log");
    return is_named && text.find(section_begin) != std::string_view::npos ? Sniff::maybe : Sniff::no;
}

// The first "2015/11/22 17:59:28.110" in the line.
LocalTime time_in(std::string_view line)
{
    auto const slash = line.find('/');
    if (slash == std::string_view::npos || slash < 4)
        return {};
    auto const text = line.substr(slash - 4, 23);
    if (text.size() < 19 || text[7] != '/' || text[10] != ' ')
        return {};
    std::string iso { text };
    iso[4] = iso[7] = '-';
    iso[10] = 'T';
    if (auto const end = iso.find_first_not_of("0123456789-T:."); end != std::string::npos)
        iso.resize(end);
    auto const time = Timestamp::parse(iso + "Z");
    return { time ? time->ticks : 0 };
}

// "  sto:   text" -> "text"; the marks of warnings are taken off before.
std::string_view message_of(std::string_view line)
{
    auto text = trim(line);
    if (text.size() > 4 && text[3] == ':' && text[4] == ' ')
        text = trim(text.substr(4));
    return text;
}

// "[Exit status: SUCCESS]", "[Exit Status(0x00000000)]", "[Exit]"
std::string_view exit_status_of(std::string_view line)
{
    auto text = trim(line.substr(std::min(line.find("Exit") + 4, line.size())));
    if (text.size() >= 6 && equals_ignoring_case(text.substr(0, 6), "status"))
        text = trim(text.substr(6));
    if (text.ends_with(']'))
        text.remove_suffix(1);
    if (text.starts_with(':'))
        return trim(text.substr(1));
    if (text.starts_with('(') && text.ends_with(')'))
        return text.substr(1, text.size() - 2);
    return text;
}

struct Section {
    std::uint64_t offset = 0, end = 0;
    std::string operation, subject, command, services, inf, exit_status;
    LocalTime started, ended;
    std::uint32_t warnings = 0, errors = 0;
};

class LogReader {
public:
    explicit LogReader(ParseContext& context)
        : m_context(context)
    {
    }

    void run(EvidenceView const& evidence)
    {
        text_lines::for_each(
            evidence, m_context, [&](text_lines::Line const& line) { read_line(line.text, line.offset, line.end); });
        flush();
    }

private:
    void read_line(std::string_view line, std::uint64_t offset, std::uint64_t end)
    {
        if (line.starts_with(section_begin)) {
            flush();
            begin(line, offset);
        } else if (line.starts_with("[Boot Session")) {
            flush();
            m_boot = time_in(line);
        } else if (!m_is_open) {
            if (auto const text = trim(line); text.starts_with("OS Version"))
                m_os_version = utf8::repaired(trim(text.substr(std::min(text.find('=') + 1, text.size()))));
            return;
        } else if (line.starts_with(">>>")) {
            m_section.started = time_in(line);
        } else if (line.starts_with("<<<")) {
            if (line.find("Exit") != std::string_view::npos)
                m_section.exit_status = utf8::repaired(exit_status_of(line));
            else
                m_section.ended = time_in(line);
        } else {
            read_body(line);
        }
        if (!trim(line).empty())
            m_section.end = end;
    }

    // ">>>  [Device Install (Hardware initiated) - SWD\IP_TUNNEL_VBUS\ISATAP_0]"
    void begin(std::string_view line, std::uint64_t offset)
    {
        m_is_open = true;
        m_section = {};
        m_section.offset = offset;
        auto title = trim(line.substr(section_begin.size()));
        if (title.ends_with(']'))
            title.remove_suffix(1);
        auto const dash = title.find(" - ");
        m_section.operation = utf8::repaired(trim(title.substr(0, dash)));
        if (dash != std::string_view::npos)
            m_section.subject = utf8::repaired(trim(title.substr(dash + 3)));
    }

    void read_body(std::string_view line)
    {
        if (line.starts_with("!!!")) {
            ++m_section.errors;
            line.remove_prefix(3);
        } else if (line.starts_with('!')) {
            ++m_section.warnings;
            line.remove_prefix(1);
        }
        auto const message = message_of(line);
        if (trim(line).starts_with("cmd: ") && m_section.command.empty())
            m_section.command = utf8::repaired(message);
        else if (auto const created = message.find("reated new service '"); created != std::string_view::npos)
            add_service(message.substr(created + 20));
        else if (auto const other = message.find("Created service '"); other != std::string_view::npos)
            add_service(message.substr(other + 17));
        else if (message.starts_with("InfFile "))
            take_inf(message.substr(std::min(message.find('-') + 1, message.size())));
        else if (message.starts_with("Published Inf Path:"))
            take_inf(message.substr(19));
    }

    void add_service(std::string_view quoted)
    {
        auto const name = utf8::repaired(quoted.substr(0, quoted.find('\'')));
        if (name.empty() || m_section.services.size() + name.size() > services_bytes_max)
            return;
        m_section.services += m_section.services.empty() ? "" : "; ";
        m_section.services += name;
    }

    void take_inf(std::string_view text)
    {
        auto path = trim(text);
        if (path.starts_with('[') && path.ends_with(']'))
            path = path.substr(1, path.size() - 2);
        m_section.inf = utf8::repaired(path);
    }

    void flush()
    {
        if (!m_is_open)
            return;
        m_is_open = false;
        auto const text
            = [](std::string const& value) { return value.empty() ? std::string_view {} : std::string_view(value); };
        SectionRow row;
        row.operation = Symbol { m_section.operation };
        row.subject = text(m_section.subject);
        row.command = text(m_section.command);
        row.services = text(m_section.services);
        row.inf = text(m_section.inf);
        row.started_local = m_section.started;
        row.ended_local = m_section.ended;
        row.boot_local = m_boot;
        row.exit_status = text(m_section.exit_status);
        row.os_version = text(m_os_version);
        row.warnings = m_section.warnings;
        row.errors = m_section.errors;
        m_context.traces.emit(section_schema, { m_section.offset, m_section.end - m_section.offset, false }, row);
    }

    ParseContext& m_context;
    Section m_section;
    bool m_is_open = false;
    LocalTime m_boot;
    std::string m_os_version;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LogReader { context }.run(evidence);
}

constexpr std::array<Schema const*, 1> schemas { &section_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "windows_setupapi",
    .title = "Log of device installations (setupapi)",
    .version = 1,
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
};

}
