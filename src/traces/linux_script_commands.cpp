#include "base/text.hpp"
#include "traces/linux_script.hpp"
#include <algorithm>
#include <array>

namespace konseki {

namespace {

constexpr std::array<std::string_view, 7> opening { "if", "while", "until", "for", "select", "{", "function" };
constexpr std::array<std::string_view, 6> closing { "fi", "done", "esac", "}", "end", "endif" };
// What may stand before a command in the same statement.
constexpr std::array<std::string_view, 10> leading { "if", "while", "until", "then", "do", "else", "elif", "!", "{",
    "time" };
constexpr std::array<std::string_view, 3> tests { "[", "[[", "test" };

template <std::size_t N> bool is_in(std::array<std::string_view, N> const& words, std::string_view word)
{
    return std::ranges::find(words, word) != words.end();
}

bool is_name(std::string_view text)
{
    return !text.empty() && text.size() <= 256 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'
            || c == '.' || c == ':';
    });
}

bool is_assignment_only(std::string_view text)
{
    auto const equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || !is_name(text.substr(0, equals)))
        return false;
    // A=1 B=2 cmd has a command behind its assignments; A="x y" has none.
    for (auto const& word : quoted_words(text)) {
        auto const sign = word.find('=');
        if (sign == std::string::npos || !is_name(std::string_view(word).substr(0, sign)))
            return word.find('(') != std::string::npos;
    }
    return true;
}

class Splitter {
public:
    explicit Splitter(std::string_view script)
        : m_script(script)
    {
    }

    std::vector<ShellCommand> run()
    {
        while (m_at < m_script.size())
            step();
        end_statement(m_script.size());
        return std::move(m_commands);
    }

private:
    // What an open quote or bracket ends with; one entry per level, so no depth of the stack is the script's to choose.
    char closer() const { return m_open.empty() ? '\0' : m_open.back(); }

    void step()
    {
        char const c = m_script[m_at];
        if (closer() == '\'') {
            if (c == '\'')
                m_open.pop_back();
            take(c);
            return;
        }
        if (c == '\\') {
            if (m_script.substr(m_at + 1, 1) == "\n")
                ++m_line;
            m_at += 2;
            return;
        }
        if (open_nested(c))
            return;
        if (!m_open.empty()) {
            if (c == closer())
                m_open.pop_back();
            else if (c == '(' && closer() == ')')
                m_open.push_back(')');
            take(c);
            return;
        }
        step_outside(c);
    }

    bool open_nested(char c)
    {
        auto const two = m_script.substr(m_at, 2);
        if (two == "$(" || two == "${" || two == "<(" || two == ">(") {
            if (closer() == '"' && (two == "<(" || two == ">("))
                return false;
            m_open.push_back(two == "${" ? '}' : ')');
            m_at += 2;
            return true;
        }
        if (c == '\'' && closer() != '"') {
            m_open.push_back('\'');
            take(c);
            return true;
        }
        if ((c == '"' || c == '`') && closer() != c) {
            m_open.push_back(c);
            take(c);
            return true;
        }
        return false;
    }

    void take(char c)
    {
        if (c == '\n')
            ++m_line;
        ++m_at;
    }

    bool is_at_word_start() const
    {
        return m_at == m_begin || std::string_view(" \t\n;&|(").find(m_script[m_at - 1]) != std::string_view::npos;
    }

    void step_outside(char c)
    {
        switch (c) {
        case '#':
            if (is_at_word_start())
                skip_comment();
            else
                ++m_at;
            return;
        case '\n':
            if (!m_here_ends.empty())
                return skip_here_documents();
            end_statement(m_at);
            ++m_line;
            begin_at(m_at + 1);
            return;
        case ';': return semicolon();
        case '&': return ampersand();
        case '|':
            if (m_script.substr(m_at, 2) == "||" && !m_is_pattern) {
                end_statement(m_at);
                begin_at(m_at + 2);
            } else {
                ++m_at;
            }
            return;
        case '(': return open_bracket();
        case ')': return close_bracket();
        case '<':
            if (m_script.substr(m_at, 2) == "<<" && m_script.substr(m_at, 3) != "<<<")
                return here_document();
            m_at += m_script.substr(m_at, 3) == "<<<" ? 3U : 1U;
            return;
        default: ++m_at;
        }
    }

    void begin_at(std::size_t position)
    {
        m_at = m_begin = std::min(position, m_script.size());
        m_begin_line = m_line;
    }

    void skip_comment()
    {
        end_statement(m_at);
        begin_at(std::min(m_script.find('\n', m_at), m_script.size()));
    }

    void semicolon()
    {
        bool const is_double = m_script.substr(m_at, 2) == ";;";
        end_statement(m_at);
        if (is_double && m_cases > 0)
            m_is_pattern = true;
        begin_at(m_at + (is_double ? 2U : 1U));
    }

    void ampersand()
    {
        auto const two = m_script.substr(m_at, 2);
        bool const is_redirection
            = two == "&>" || (m_at > 0 && (m_script[m_at - 1] == '>' || m_script[m_at - 1] == '<'));
        if (is_redirection) {
            m_at += two == "&>" ? 2U : 1U;
            return;
        }
        m_is_background = two != "&&";
        end_statement(m_at + (m_is_background ? 1U : 0U));
        begin_at(m_at + (two == "&&" ? 2U : 1U));
    }

    void open_bracket()
    {
        auto const before = trim(m_script.substr(m_begin, m_at - m_begin));
        if (before.empty()) { // a subshell
            begin_at(m_at + 1);
            return;
        }
        auto const close = m_script.find_first_not_of(" \t", m_at + 1);
        auto name = before.starts_with("function ") ? trim(before.substr(9)) : before;
        if (close != std::string_view::npos && m_script[close] == ')' && is_name(name)) {
            emit(name, ShellPart::function);
            begin_at(close + 1);
            return;
        }
        m_open.push_back(')'); // an array, a test
        ++m_at;
    }

    void close_bracket()
    {
        auto const before = trim(m_script.substr(m_begin, m_at - m_begin));
        if (m_is_pattern || (before.starts_with("case ") && before.find(" in") != std::string_view::npos)) {
            if (before.starts_with("case ")) {
                ++m_depth;
                ++m_cases;
            }
            m_is_pattern = false;
        } else {
            end_statement(m_at);
        }
        begin_at(m_at + 1);
    }

    void here_document()
    {
        auto at = m_at + 2;
        bool const is_indented = m_script.substr(at, 1) == "-";
        at += is_indented ? 1U : 0U;
        at = std::min(m_script.find_first_not_of(" \t", at), m_script.size());
        auto const end = std::min(m_script.find_first_of(" \t\n;&|<>)", at), m_script.size());
        std::string word;
        for (char const c : m_script.substr(at, end - at)) {
            if (c != '\'' && c != '"' && c != '\\')
                word += c;
        }
        if (!word.empty())
            m_here_ends.push_back({ std::move(word), is_indented });
        m_at = end;
    }

    void skip_here_documents()
    {
        auto at = m_at + 1;
        std::uint32_t lines = 1;
        for (auto const& here : m_here_ends) {
            while (at < m_script.size()) {
                auto const end = std::min(m_script.find('\n', at), m_script.size());
                auto line = m_script.substr(at, end - at);
                at = std::min(end + 1, m_script.size());
                ++lines;
                if (line.ends_with('\r'))
                    line.remove_suffix(1);
                while (here.is_indented && line.starts_with('\t'))
                    line.remove_prefix(1);
                if (line == here.word)
                    break;
            }
        }
        m_here_ends.clear();
        end_statement(at);
        m_line += lines;
        begin_at(at);
    }

    void end_statement(std::size_t end)
    {
        auto const begin = m_begin;
        auto text = end > begin ? m_script.substr(begin, end - begin) : std::string_view {};
        bool const is_background = m_is_background;
        m_is_background = false;
        text = trim(text);
        while (!text.empty()) {
            auto rest = text;
            auto const word = take_word(rest);
            if (is_in(closing, word)) {
                close(word);
                text = trim(rest);
                continue;
            }
            if (m_is_pattern && text != "esac")
                return; // a pattern over several lines
            if (is_in(opening, word))
                ++m_depth;
            if (word == "case" && text.ends_with(" in")) { // fish and csh have another "case"
                ++m_cases;
                ++m_depth;
                m_is_pattern = true;
            }
            if (!is_in(leading, word))
                break;
            text = trim(rest);
        }
        if (text.empty())
            return;
        auto rest = text;
        auto const word = take_word(rest);
        if (is_in(tests, word) || word == "for" || word == "case" || word == "select" || word == "in")
            return;
        if (word == "function") {
            emit(take_word(rest), ShellPart::function);
            text = trim(rest);
            if (!text.starts_with("{ "))
                return;
            text = trim(text.substr(1));
        }
        auto const part = word == "alias" ? ShellPart::alias
            : is_assignment_only(text)    ? ShellPart::assignment
                                          : ShellPart::command;
        emit(text, part);
        m_commands.back().is_in_background = is_background;
    }

    void close(std::string_view word)
    {
        if (m_depth > 0)
            --m_depth;
        if (word == "esac" && m_cases > 0) {
            --m_cases;
            m_is_pattern = false;
        }
    }

    void emit(std::string_view text, ShellPart part)
    {
        auto const offset = static_cast<std::size_t>(text.data() - m_script.data());
        auto const skipped = m_script.substr(m_begin, offset - m_begin);
        auto const line = m_begin_line + static_cast<std::uint32_t>(std::ranges::count(skipped, '\n'));
        m_commands.push_back({ text, { offset, text.size(), line }, part, m_depth, false });
    }

    struct HereEnd {
        std::string word;
        bool is_indented = false;
    };

    std::string_view m_script;
    std::size_t m_at = 0, m_begin = 0;
    std::uint32_t m_line = 1, m_begin_line = 1, m_depth = 0, m_cases = 0;
    bool m_is_background = false, m_is_pattern = false;
    std::vector<char> m_open;
    std::vector<HereEnd> m_here_ends;
    std::vector<ShellCommand> m_commands;
};

}

std::vector<ShellCommand> shell_commands(std::string_view script)
{
    return Splitter(script).run();
}

}
