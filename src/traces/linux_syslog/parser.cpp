#include "traces/linux_syslog/parser.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "traces/linux_log_event.hpp"
#include "traces/linux_syslog/years.hpp"
#include <algorithm>
#include <array>

namespace konseki::linux_syslog {

namespace {

constexpr std::array<std::string_view, 24> facilities { "kern", "user", "mail", "daemon", "auth", "syslog", "lpr",
    "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3",
    "local4", "local5", "local6", "local7" };
constexpr std::array<std::string_view, 8> severities { "emergency", "alert", "critical", "error", "warning", "notice",
    "info", "debug" };
constexpr std::array<std::string_view, 17> known_logs { "syslog", "messages", "auth.log", "secure", "kern.log",
    "daemon.log", "cron", "cron.log", "user.log", "mail.log", "maillog", "mail.err", "mail.warn", "debug", "syslog.log",
    "local7.log", "sudo.log" };

// "auth.log.2" and "secure-20260901" -> "auth.log", "secure"
std::string_view log_of(std::string_view path)
{
    auto name = file_name_of(path);
    for (bool is_changed = true; is_changed && !name.empty();) {
        is_changed = false;
        auto const mark = name.find_last_of(".-_");
        if (mark == std::string_view::npos || mark == 0)
            break;
        auto const tail = name.substr(mark + 1);
        is_changed = !tail.empty() && tail.find_first_not_of("0123456789") == std::string_view::npos;
        if (is_changed || tail == "old")
            name = name.substr(0, mark);
    }
    return name;
}

// Parsers of their own, though their lines look alike.
bool is_others(std::string_view path)
{
    auto const name = file_name_of(path);
    return name.starts_with("dpkg.log") || name.starts_with("audit.log") || name.starts_with("alternatives.log")
        || name.ends_with(".json") || name.ends_with(".jsonl") || name.ends_with(".csv");
}

Sniff sniff(ByteView head, std::string_view name)
{
    if (head.empty() || is_others(name))
        return Sniff::no;
    if (!syslog::looks_like_lines(head))
        return Sniff::no;
    if (std::ranges::find(known_logs, log_of(name)) != known_logs.end())
        return Sniff::sure;
    return Sniff::maybe;
}

class LineRows {
public:
    LineRows(EvidenceView const& evidence, ParseContext& context)
        : m_context(context)
        , m_messages(context)
        , m_years(evidence)
        , m_file(as_text(evidence.bytes))
        , m_log(log_of(evidence.name))
    {
    }

    // Lines of the file whose years cannot be told, though those of others can.
    void report_order(DiagnosticSink& diagnostics) const
    {
        if (m_years.known_from() > 0 && !m_years.source().empty())
            diagnostics.report({ { ErrorCode::bad_value, "syslog.order", m_years.known_from(), 0, 0,
                                     "lines go back in time for good: those before have no year" },
                0 });
    }

    void put(syslog::Line const& line)
    {
        m_context.arena.reset();
        LinuxLogLineRow row;
        row.at = line.stamp.utc;
        row.log = m_log;
        if (auto const moment = m_years.moment(line)) {
            row.local_at = *moment;
            if (line.stamp.has_no_year())
                row.year_from = m_years.source();
        } else if (line.stamp.has_no_year()) {
            auto const stamp = m_file.find_first_of("JFMASOND", line.offset); // behind a priority, if there is one
            row.stamp = m_context.arena.copy(m_file.substr(stamp, 15));
        }
        row.host = symbol(line.host);
        row.identifier = symbol(line.identifier);
        if (line.facility && *line.facility < facilities.size())
            row.facility = facilities[*line.facility];
        if (line.severity && *line.severity < severities.size())
            row.severity = severities[*line.severity];
        row.message = text(line.message);
        row.pid = line.pid;
        TraceOrigin const origin { line.offset, line.size_bytes, false };
        m_context.traces.emit(linux_log_line_schema, origin, row);
        m_messages.take(
            { row.at, row.local_at, m_log, row.host.text, row.identifier.text, row.message, line.pid }, origin);
    }

private:
    std::string_view text(std::string_view raw)
    {
        raw = linux_bounded(raw);
        return utf8::is_valid(raw) ? raw : m_context.arena.copy(utf8::repaired(raw));
    }
    Symbol symbol(std::string_view raw) { return raw.empty() ? Symbol {} : Symbol { text(raw) }; }

    ParseContext& m_context;
    LinuxMessages m_messages;
    Years m_years;
    std::string_view m_file, m_log;
};

void parse(EvidenceView const& evidence, ParseContext& context)
{
    LineRows rows(evidence, context);
    if (evidence.is_first_piece)
        rows.report_order(context.diagnostics);
    syslog::read(
        evidence.bytes, evidence.range, context.diagnostics, [&](syslog::Line const& line) { rows.put(line); },
        context.stop);
}

std::vector<ByteRange> split(ByteView bytes, std::uint64_t piece_bytes)
{
    return syslog::split(bytes, piece_bytes);
}

constexpr std::array<Schema const*, 2> schemas { &linux_log_line_schema.erased, &linux_authentication_schema.erased };

}

constinit ArtefactParser const parser {
    .name = "linux_syslog",
    .title = "Text logs of Linux (syslog, auth.log, messages, secure …)",
    .version = 2,
    .reads_path = false, // its lines say who wrote them: a copy elsewhere adds none
    .emits = schemas,
    .sniff = sniff,
    .parse = parse,
    .split = split,
    .companion_names = neighbours_with_years,
};

}
