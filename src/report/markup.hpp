// Small pieces of the page: escaped text, words in both languages, times, badges, commands.
// Not a template engine: whatever comes from evidence or rules enters through escape() alone.
#pragma once
#include "base/identity.hpp"
#include "base/timestamp.hpp"
#include "record/finding.hpp"
#include "report/words.hpp"
#include <initializer_list>
#include <string>
#include <string_view>

namespace konseki::report {

class Markup {
public:
    explicit Markup(std::string& target)
        : m_target(target)
    {
    }

    void raw(std::string_view trusted) { m_target += trusted; } // our own markup only
    void escape(std::string_view text);
    void words(Say const& say) { words(say, {}); }
    void words(Say const& say, std::initializer_list<std::string_view> values); // values are escaped
    void both(Words const& text); // a finding's own words; en stands in where ja is missing
    void element(std::string_view tag, std::string_view css_class, Say const& say);
    void fact(Say const& name, std::string_view value); // of a list of facts; nothing when the value is empty
    void heading(std::string_view id, Say const& say);
    void time(Timestamp at); // UTC, below it Japan
    void badge(Severity severity);
    void technique(std::string_view id); // with its name where we know it
    void command(std::string_view text);
    void code(std::string_view text);
    void number_cell(std::uint64_t number);
    void time_cell(Timestamp at);
    void text_cell(std::string_view text, std::string_view css_class = {});
    void table(Say const* caption, std::initializer_list<Say const*> columns,
        std::initializer_list<std::size_t> numeric_columns = {});
    void end_table() { raw("</tbody></table></div>\n"); }
    void more(std::uint64_t count, std::string_view command_text); // nothing when count is 0

private:
    std::string& m_target;
};

// One word of a command to copy, quoted where the shell needs it: names come from evidence and rule files.
std::string shell_word(std::string_view text);

// "{0}" and "{1}" replaced by the values.
std::string filled(std::string_view pattern, std::initializer_list<std::string_view> values);

}
