#include "formats/event_json/event_xml.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include <algorithm>
#include <utility>
#include <vector>

namespace konseki::event_json {

namespace {

bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::optional<char32_t> numbered_character(std::string_view digits)
{
    auto const is_hex = !digits.empty() && (digits[0] == 'x' || digits[0] == 'X');
    auto const number = is_hex ? parse_uint(format("0x{}", digits.substr(1))) : parse_uint(digits);
    if (!number || *number > 0x10ffff || (*number >= 0xd800 && *number <= 0xdfff))
        return std::nullopt;
    return static_cast<char32_t>(*number);
}

// What is no entity stays as it stands: exports that forgot to escape an ampersand lose nothing.
std::string unescaped(std::string_view text)
{
    static constexpr std::pair<std::string_view, char> named[] { { "lt", '<' }, { "gt", '>' }, { "amp", '&' },
        { "apos", '\'' }, { "quot", '"' } };
    static constexpr std::size_t entity_bytes_max = 10;
    std::string plain;
    while (!text.empty()) {
        auto const begin = std::min(text.find('&'), text.size());
        plain += text.substr(0, begin);
        text.remove_prefix(begin);
        auto const end = text.substr(0, entity_bytes_max).find(';');
        if (text.empty() || end == std::string_view::npos) {
            plain += text.substr(0, 1);
            text.remove_prefix(std::min<std::size_t>(1, text.size()));
            continue;
        }
        auto const name = text.substr(1, end - 1);
        auto const* const found = std::find_if(
            std::begin(named), std::end(named), [&](auto const& entity) { return entity.first == name; });
        auto const number = name.substr(0, 1) == "#" ? numbered_character(name.substr(1)) : std::nullopt;
        if (found != std::end(named))
            plain += found->second;
        else if (number)
            utf8::append(plain, *number);
        else
            plain += text.substr(0, end + 1);
        text.remove_prefix(end + 1);
    }
    return plain;
}

struct Tag {
    std::string_view name;
    std::vector<std::pair<std::string_view, std::string>> attributes;
    bool is_empty = false; // <x/>
};

class Translator {
public:
    Translator(std::string_view text, Limits const& limits)
        : m_rest(text)
        , m_limits(limits)
    {
    }

    std::optional<std::string> run()
    {
        m_json = "{";
        if (!open_element())
            return std::nullopt;
        while (!m_open.empty()) {
            auto const next = m_rest.find('<');
            if (next == std::string_view::npos)
                return std::nullopt;
            m_rest.remove_prefix(next); // between elements only blanks are expected
            if (!(m_rest.substr(0, 2) == "</" ? close_element() : open_element()))
                return std::nullopt;
        }
        m_json += '}';
        return std::move(m_json);
    }

private:
    void skip_blanks()
    {
        while (!m_rest.empty() && is_blank(m_rest.front()))
            m_rest.remove_prefix(1);
    }

    std::string_view take_name()
    {
        auto const name = m_rest.substr(0, std::min(m_rest.find_first_of(" \t\r\n=/><\"'"), m_rest.size()));
        m_rest.remove_prefix(name.size());
        return name;
    }

    bool take_attribute(Tag& tag)
    {
        auto const name = take_name();
        skip_blanks();
        if (name.empty() || m_rest.substr(0, 1) != "=" || tag.attributes.size() >= m_limits.elements_max)
            return false;
        m_rest.remove_prefix(1);
        skip_blanks();
        if (m_rest.empty() || (m_rest.front() != '\'' && m_rest.front() != '"'))
            return false;
        auto const end = m_rest.find(m_rest.front(), 1);
        if (end == std::string_view::npos)
            return false;
        tag.attributes.emplace_back(name, unescaped(m_rest.substr(1, end - 1)));
        m_rest.remove_prefix(end + 1);
        return true;
    }

    std::optional<Tag> take_tag()
    {
        m_rest.remove_prefix(1);
        Tag tag;
        tag.name = take_name();
        if (tag.name.empty() || tag.name[0] == '!' || tag.name[0] == '?')
            return std::nullopt;
        for (skip_blanks(); !m_rest.empty(); skip_blanks()) {
            if (m_rest.front() == '>' || m_rest.substr(0, 2) == "/>") {
                tag.is_empty = m_rest.front() == '/';
                m_rest.remove_prefix(tag.is_empty ? 2 : 1);
                return tag;
            }
            if (!take_attribute(tag))
                return std::nullopt;
        }
        return std::nullopt;
    }

    void begin_member(std::string_view key)
    {
        if (m_json.back() != '{')
            m_json += ',';
        m_json += json_string(key);
        m_json += ':';
    }

    void write_attributes(Tag const& tag)
    {
        if (tag.attributes.empty())
            return;
        begin_member("#attributes");
        m_json += '{';
        for (auto const& [name, value] : tag.attributes) {
            begin_member(name);
            m_json += json_string(value);
        }
        m_json += '}';
    }

    bool open_element()
    {
        if (m_rest.substr(0, 1) != "<")
            return false;
        auto tag = take_tag();
        if (!tag || m_open.size() >= m_limits.depth_max)
            return false;
        auto const named = std::find_if(tag->attributes.begin(), tag->attributes.end(),
            [&](auto const& attribute) { return attribute.first == "Name" && tag->name != "Provider"; });
        if (named != tag->attributes.end()) {
            begin_member(named->second);
            tag->attributes.erase(named);
        } else {
            begin_member(tag->name);
        }
        auto const text = m_rest.substr(0, tag->is_empty ? 0 : m_rest.find('<'));
        auto const behind = m_rest.substr(text.size());
        bool const is_leaf = tag->is_empty || behind.substr(0, 2) == "</";
        if (!is_leaf || !tag->attributes.empty()) {
            m_json += '{';
            write_attributes(*tag);
        }
        if (!is_leaf) {
            m_open.push_back(tag->name);
            return true;
        }
        return write_leaf(*tag, text);
    }

    // <x>text</x> is "x":"text"; with attributes the text stands beside them.
    bool write_leaf(Tag const& tag, std::string_view text)
    {
        if (!tag.attributes.empty() && !text.empty())
            begin_member("#text");
        if (tag.attributes.empty() || !text.empty())
            m_json += json_string(unescaped(text));
        if (!tag.attributes.empty())
            m_json += '}';
        m_rest.remove_prefix(text.size());
        return tag.is_empty || take_end(tag.name);
    }

    bool take_end(std::string_view name)
    {
        if (m_rest.substr(0, 2) != "</" || m_rest.substr(2, name.size()) != name)
            return false;
        m_rest.remove_prefix(2 + name.size());
        skip_blanks();
        if (m_rest.substr(0, 1) != ">")
            return false;
        m_rest.remove_prefix(1);
        return true;
    }

    bool close_element()
    {
        auto const name = m_open.back();
        m_open.pop_back();
        m_json += '}';
        return take_end(name);
    }

    std::string_view m_rest;
    Limits const& m_limits;
    std::vector<std::string_view> m_open;
    std::string m_json;
};

}

bool is_event_xml(std::string_view text)
{
    text = trim(text);
    return text.substr(0, 6) == "<Event" && text.size() > 6 && (is_blank(text[6]) || text[6] == '>');
}

std::optional<std::string> json_of_event_xml(std::string_view text, Limits const& limits)
{
    return Translator { trim(text), limits }.run();
}

}
