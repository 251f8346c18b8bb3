#include "base/text.hpp"
#include "formats/event_json/event_json.hpp"
#include <algorithm>

namespace konseki::event_json {

namespace {

// Indents as it walks the text: order, duplicates and the spelling of numbers stay as the file has them.
class Printer {
public:
    explicit Printer(std::string& target)
        : m_target(target)
    {
    }

    void print(std::string_view text)
    {
        for (std::size_t i = 0; i < text.size(); ++i) {
            auto const c = text[i];
            if (c == '"')
                i = copy_string(text, i);
            else if (c == '{' || c == '[')
                open(c, text, i);
            else if (c == '}' || c == ']')
                close(c);
            else if (c == ',')
                line_after(",");
            else if (c == ':')
                m_target += ": ";
            else if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
                m_target += c;
        }
    }

private:
    static constexpr std::size_t indent_max = 64;

    void line_after(std::string_view text)
    {
        m_target += text;
        m_target += '\n';
        m_target.append(std::min(m_depth, indent_max) * 2, ' ');
    }
    void open(char c, std::string_view text, std::size_t& position)
    {
        m_target += c;
        auto const next = text.find_first_not_of(" \t\r\n", position + 1);
        if (next != std::string_view::npos && (text[next] == '}' || text[next] == ']')) { // empty: stays on the line
            m_target += text[next];
            position = next;
            return;
        }
        ++m_depth;
        line_after("");
    }
    void close(char c)
    {
        m_depth -= m_depth > 0 ? 1 : 0;
        line_after("");
        m_target += c;
    }
    std::size_t copy_string(std::string_view text, std::size_t begin)
    {
        auto end = begin + 1;
        while (end < text.size() && text[end] != '"')
            end += text[end] == '\\' ? 2U : 1U;
        end = std::min(end, text.size() - 1);
        m_target += text.substr(begin, end - begin + 1);
        return end;
    }

    std::string& m_target;
    std::size_t m_depth = 0;
};

}

std::optional<std::string> render(ByteView file, TraceOrigin const& origin, std::string_view form)
{
    auto const text = as_text(file);
    if (form != "json" || origin.offset >= text.size())
        return std::nullopt;
    auto const object = text.substr(origin.offset, origin.size_bytes);
    if (object.empty() || object.front() != '{')
        return std::nullopt;
    std::string target;
    Printer(target).print(object);
    return target;
}

}
