#include "traces/linux_text.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "formats/text_lines/text_lines.hpp"
#include <algorithm>

namespace konseki {

namespace {

// One value of a row. Longer ones exist only where somebody hides something in them: what is cut is reported.
constexpr std::size_t value_bytes_max = 256UL * 1'024;

template <typename Lines, typename Line>
void visit_entries(Lines& lines, Line line, LinuxRows const& rows, EntryVisitor const& visit)
{
    while (lines.next(line) && !rows.is_stopped()) {
        auto const text = trim(line.text);
        if (!text.empty() && text.front() != '#')
            visit(text, line.place);
    }
}

}

TextLines::TextLines(ByteView file)
    : m_text(as_text(file))
    , m_position(text_lines::begin_of(m_text))
{
}

bool TextLines::next(TextLine& line)
{
    auto const found = text_lines::next(m_text, m_position, m_text.size());
    if (!found)
        return false;
    line = { found->text, { found->offset, found->text.size(), ++m_number } };
    return true;
}

JoinedLines::JoinedLines(ByteView file, std::string_view joined_with, CommentInside comments)
    : m_lines(file)
    , m_joined_with(joined_with)
    , m_comments(comments)
{
}

bool JoinedLines::next(JoinedLine& line)
{
    TextLine part;
    if (!m_lines.next(part))
        return false;
    line.text = part.text;
    line.place = part.place;
    bool const is_comment = trim(part.text).starts_with('#') || trim(part.text).starts_with(';');
    if (is_comment && m_comments == CommentInside::skipped)
        return true; // a comment does not go on
    while (line.text.ends_with('\\')) {
        line.text.pop_back();
        if (!m_lines.next(part))
            break;
        auto const inner = trim(part.text);
        line.place.size = part.place.offset + part.place.size - line.place.offset;
        if (m_comments == CommentInside::skipped && (inner.starts_with('#') || inner.starts_with(';'))) {
            line.text += '\\';
            continue;
        }
        line.text += m_joined_with;
        line.text += part.text;
    }
    return true;
}

void for_each_entry(TextLines lines, LinuxRows const& rows, EntryVisitor const& visit)
{
    visit_entries(lines, TextLine {}, rows, visit);
}

void for_each_entry(JoinedLines lines, LinuxRows const& rows, EntryVisitor const& visit)
{
    visit_entries(lines, JoinedLine {}, rows, visit);
}

std::string_view take_word(std::string_view& rest)
{
    constexpr std::string_view blanks = " \t\r\n\f\v";
    auto const begin = std::min(rest.find_first_not_of(blanks), rest.size());
    auto const end = std::min(rest.find_first_of(blanks, begin), rest.size());
    auto const word = rest.substr(begin, end - begin);
    rest.remove_prefix(end);
    return word;
}

std::vector<std::string> quoted_words(std::string_view text)
{
    std::vector<std::string> words;
    char quote = 0;
    bool is_in_word = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        bool const is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (quote == 0 && is_blank) {
            is_in_word = false;
            continue;
        }
        if (!is_in_word)
            words.emplace_back();
        is_in_word = true;
        if (c == '\\' && quote != '\'' && i + 1 < text.size())
            words.back() += text[++i];
        else if (quote == 0 && (c == '"' || c == '\''))
            quote = c;
        else if (c == quote)
            quote = 0;
        else
            words.back() += c;
    }
    return words;
}

void add_part(std::string& detail, std::string_view part)
{
    if (part.empty())
        return;
    if (!detail.empty())
        detail += "; ";
    detail += part;
}

std::string_view without_quotes(std::string_view text)
{
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
        return text.substr(1, text.size() - 2);
    return text;
}

LinuxRows::LinuxRows(EvidenceView const& evidence, ParseContext& context)
    : m_context(context)
    , m_file(linux_path_of(evidence.name))
{
    if (m_file.path.empty()) {
        m_file.path = evidence.name;
        std::ranges::replace(m_file.path, '\\', '/');
    }
}

std::string_view LinuxRows::clean(std::string_view text)
{
    if (text.empty())
        return {};
    if (text.size() > value_bytes_max) {
        m_context.diagnostics.report({ { ErrorCode::limit, "linux.value", 0, value_bytes_max, text.size(), {} },
            text.size() - value_bytes_max });
        text = text.substr(0, value_bytes_max);
    }
    m_kept.push_back(std::make_unique<std::string>(utf8::repaired(text)));
    return *m_kept.back();
}

// A trace is known by its offset: a second row of one place takes the next byte.
TraceOrigin LinuxRows::origin(TextPlace const& place, std::uint64_t& next_offset) const
{
    auto const offset = std::max(place.offset, next_offset);
    next_offset = offset + 1;
    auto const end = place.offset + place.size;
    return { offset, end > offset ? end - offset : 0, false };
}

void LinuxRows::autostart(TextPlace const& place, AutostartParts const& parts)
{
    auto const location = !parts.location.empty() ? parts.location
        : m_file.place != nullptr                 ? m_file.place->location
                                                  : std::string_view {};
    auto const attack = linux_attack_of(location);
    LinuxAutostartRow row;
    row.location = clean(location);
    row.attack = clean(attack);
    row.kind = clean(!parts.kind.empty() ? parts.kind
            : m_file.place != nullptr    ? m_file.place->kind
                                         : std::string_view {});
    row.user = clean(parts.user);
    row.path = clean(m_file.path);
    row.name = clean(parts.name);
    row.schedule = clean(parts.schedule);
    row.command = clean(parts.command);
    row.detail = clean(parts.detail);
    if (place.line != 0)
        row.line = place.line;
    row.is_enabled = parts.is_enabled;
    m_context.traces.emit(linux_autostart_schema, origin(place, m_next_autostart), row);
    forget();
}

void LinuxRows::setting(TextPlace const& place, SettingParts const& parts)
{
    LinuxSettingRow row;
    row.location = clean(!parts.location.empty() ? parts.location
            : m_file.place != nullptr            ? m_file.place->location
                                                 : std::string_view {});
    row.section = clean(parts.section);
    row.name = clean(parts.name);
    row.user = clean(parts.user);
    row.path = clean(m_file.path);
    row.value = clean(parts.value);
    row.line = place.line;
    m_context.traces.emit(linux_setting_schema, origin(place, m_next_setting), row);
    forget();
}

void LinuxRows::unit(LinuxUnitRow row, TextPlace const& place)
{
    row.path = clean(m_file.path);
    for (auto* text :
        { &row.name, &row.description, &row.commands, &row.wanted_by, &row.environment, &row.triggers, &row.aliases })
        *text = clean(*text);
    for (auto* symbol : { &row.kind, &row.scope, &row.user, &row.service_type, &row.restart })
        *symbol = clean(symbol->text);
    m_context.traces.emit(linux_unit_schema, origin(place, m_next_unit), row);
    forget();
}

void LinuxRows::key(LinuxKeyRow row, TextPlace const& place)
{
    row.path = clean(m_file.path);
    for (auto* text : { &row.fingerprint, &row.comment, &row.options, &row.command })
        *text = clean(*text);
    for (auto* symbol : { &row.user, &row.type })
        *symbol = clean(symbol->text);
    row.line = place.line;
    m_context.traces.emit(linux_key_schema, origin(place, m_next_key), row);
    forget();
}

void LinuxRows::report(ErrorCode code, std::string_view what, TextPlace const& place)
{
    m_context.diagnostics.report({ { code, what, place.offset, 0, 0, {} }, place.size });
}

}
