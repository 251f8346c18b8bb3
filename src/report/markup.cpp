#include "report/markup.hpp"
#include "base/text.hpp"
#include "report/techniques.hpp"
#include <algorithm>

namespace konseki::report {

std::string filled(std::string_view pattern, std::initializer_list<std::string_view> values)
{
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        bool const is_place = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}'
            && pattern[i + 1] >= '0' && static_cast<std::size_t>(pattern[i + 1] - '0') < values.size();
        if (is_place) {
            text += values.begin()[pattern[i + 1] - '0'];
            i += 2;
        } else {
            text += pattern[i];
        }
    }
    return text;
}

// A rule's id comes from a rule file: whoever copies the command must not run what it says.
std::string shell_word(std::string_view text)
{
    auto const is_plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_'
            || c == '.';
    };
    if (!text.empty() && text.front() != '-' && std::all_of(text.begin(), text.end(), is_plain))
        return std::string(text);
    std::string word = "'";
    for (char const c : text)
        word += c == '\'' ? std::string("'\\''") : std::string(1, c == '\n' || c == '\r' ? ' ' : c);
    return word + "'";
}

void Markup::escape(std::string_view text)
{
    append_html(m_target, text);
}

void Markup::words(Say const& say, std::initializer_list<std::string_view> values)
{
    raw("<span class=\"en\" lang=\"en\">");
    escape(filled(say.en, values));
    raw("</span><span class=\"ja\" lang=\"ja\">");
    escape(filled(say.ja, values));
    raw("</span>");
}

void Markup::both(Words const& text)
{
    if (text.ja.empty() || text.ja == text.en) {
        escape(text.en);
        return;
    }
    raw("<span class=\"en\" lang=\"en\">");
    escape(text.en);
    raw("</span><span class=\"ja\" lang=\"ja\">");
    escape(text.ja);
    raw("</span>");
}

void Markup::element(std::string_view tag, std::string_view css_class, Say const& say)
{
    append_format(m_target, "<{}", tag);
    if (!css_class.empty())
        append_format(m_target, " class=\"{}\"", css_class);
    raw(">");
    words(say);
    append_format(m_target, "</{}>\n", tag);
}

void Markup::fact(Say const& name, std::string_view value)
{
    if (value.empty())
        return;
    element("dt", {}, name);
    raw("<dd>");
    escape(value);
    raw("</dd>");
}

void Markup::heading(std::string_view id, Say const& say)
{
    append_format(m_target, "<h2 id=\"{}\">", id);
    words(say);
    raw("</h2>\n");
}

void Markup::time(Timestamp at)
{
    if (!at.is_set()) {
        raw("–");
        return;
    }
    auto const exact = to_string(at); // 2024-05-06T07:08:09.1234567Z
    auto const digits = exact.find('T');
    auto const japan = to_jst_string(at);
    raw("<time>");
    escape(exact.substr(0, digits));
    raw(" ");
    escape(exact.substr(digits + 1, 8));
    raw(" UTC<span class=\"jst\">");
    escape(japan);
    raw("</span></time>");
}

void Markup::badge(Severity severity)
{
    auto const index = std::min(static_cast<std::size_t>(severity), words::severities.size() - 1);
    append_format(m_target, "<span class=\"badge {}\">{} ", severity_name(severity), words::severity_marks[index]);
    words(words::severities[index]);
    raw("</span>");
}

void Markup::technique(std::string_view id)
{
    raw("<span class=\"chip\">");
    escape(id);
    if (auto const name = technique_name(id); !name.empty()) {
        raw(" ");
        escape(name);
    }
    raw("</span>");
}

void Markup::command(std::string_view text)
{
    raw("<code class=\"cmd\">");
    escape(text);
    raw("</code>");
}

void Markup::code(std::string_view text)
{
    raw("<code>");
    escape(text);
    raw("</code>");
}

void Markup::number_cell(std::uint64_t number)
{
    append_format(m_target, "<td class=\"{}\">{}</td>", number == 0 ? "n soft" : "n", grouped(number));
}

void Markup::time_cell(Timestamp at)
{
    raw("<td class=\"t\">");
    time(at);
    raw("</td>");
}

void Markup::text_cell(std::string_view text, std::string_view css_class)
{
    if (css_class.empty())
        raw("<td>");
    else
        append_format(m_target, "<td class=\"{}\">", css_class);
    escape(text);
    raw("</td>");
}

void Markup::table(
    Say const* caption, std::initializer_list<Say const*> columns, std::initializer_list<std::size_t> numeric_columns)
{
    raw("<div class=\"scroll\"><table>");
    if (caption != nullptr) {
        raw("<caption>");
        words(*caption);
        raw("</caption>");
    }
    raw("<thead><tr>");
    std::size_t index = 0;
    for (auto const* column : columns) {
        bool const is_number
            = std::find(numeric_columns.begin(), numeric_columns.end(), index++) != numeric_columns.end();
        raw(is_number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
        words(*column);
        raw("</th>");
    }
    raw("</tr></thead><tbody>\n");
}

void Markup::more(std::uint64_t count, std::string_view command_text)
{
    if (count == 0)
        return;
    raw("<p class=\"small\">");
    words(words::more, { grouped(count) });
    raw(" ");
    command(command_text);
    raw("</p>\n");
}

}
