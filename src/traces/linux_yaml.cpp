#include "traces/linux_yaml.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki {

namespace {

constexpr std::size_t depth_max = 32;

struct Level {
    std::size_t indent = 0;
    std::string path; // of what stands at this level
};

// A comment begins with "#" behind a blank, outside quotes.
std::string_view without_comment(std::string_view text)
{
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quote != 0)
            quote = text[i] == quote ? '\0' : quote;
        else if ((text[i] == '"' || text[i] == '\'')
            && (i == 0 || std::string_view(" :[{,-").find(text[i - 1]) != std::string_view::npos))
            quote = text[i];
        else if (text[i] == '#' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t'))
            return text.substr(0, i);
    }
    return text;
}

// "key: value" or "key:"; the position of the colon.
std::size_t colon_of(std::string_view text)
{
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quote != 0)
            quote = text[i] == quote ? '\0' : quote;
        else if (i == 0 && (text[i] == '"' || text[i] == '\''))
            quote = text[i];
        else if (text[i] == ':' && (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\t'))
            return i;
        else if (text[i] == '[' || text[i] == '{')
            return std::string_view::npos; // a flow collection, not a key
    }
    return std::string_view::npos;
}

class YamlReader {
public:
    YamlReader(ByteView file, LinuxRows& rows)
        : m_lines(file)
        , m_rows(rows)
    {
    }

    std::vector<YamlEntry> run()
    {
        TextLine line;
        while (m_lines.next(line) && !m_rows.is_stopped())
            read(line);
        return std::move(m_entries);
    }

private:
    void read(TextLine const& line)
    {
        auto const indent = line.text.find_first_not_of(" \t");
        if (m_block && (indent == std::string_view::npos || indent > m_block_indent)) {
            auto& entry = m_entries.back();
            if (!entry.value.empty())
                entry.value += '\n';
            entry.value += trim(line.text);
            entry.place.size = line.place.offset + line.place.size - entry.place.offset;
            return;
        }
        m_block = false;
        auto text = trim(without_comment(line.text));
        if (text.empty() || text == "---" || text == "...")
            return;
        auto at = std::min(indent, line.text.size());
        while (text == "-" || text.starts_with("- ")) {
            // Items of a list may stand as far left as the key they belong to.
            leave(at, true);
            enter(at, (m_levels.empty() ? std::string() : m_levels.back().path) + "[]");
            auto const inner = text.find_first_not_of(" \t", 1);
            if (inner == std::string_view::npos)
                return;
            text.remove_prefix(inner);
            at += inner;
        }
        read_value(line, text, at);
    }

    void read_value(TextLine const& line, std::string_view text, std::size_t indent)
    {
        auto const colon = colon_of(text);
        if (colon == std::string_view::npos) {
            add(line, m_levels.empty() ? std::string_view {} : std::string_view(m_levels.back().path), text, indent);
            return;
        }
        leave(indent, false);
        auto const key = at_most(without_quotes(trim(text.substr(0, colon))), 128); // it stands in all paths below
        auto const above = m_levels.empty() ? std::string() : m_levels.back().path;
        auto const path = above.empty() ? std::string(key) : format("{}.{}", above, key);
        enter(indent, path);
        add(line, path, trim(text.substr(colon + 1)), indent);
    }

    void add(TextLine const& line, std::string_view path, std::string_view value, std::size_t indent)
    {
        bool const is_block = !value.empty() && (value[0] == '|' || value[0] == '>') && value.size() <= 3;
        m_block = is_block;
        m_block_indent = indent;
        m_entries.push_back(
            { std::string(path), is_block ? std::string() : std::string(without_quotes(value)), line.place });
    }

    // Levels that stand further right than `indent`, or as far, are over; a list may stand below its key.
    void leave(std::size_t indent, bool is_item)
    {
        while (!m_levels.empty()) {
            auto const& last = m_levels.back();
            bool const is_its_key = is_item && last.indent == indent && !last.path.ends_with("[]");
            if (last.indent < indent || is_its_key)
                break;
            m_levels.pop_back();
        }
    }

    void enter(std::size_t indent, std::string path)
    {
        if (m_levels.size() >= depth_max) {
            m_rows.report(ErrorCode::limit, "linux.yaml.depth", {});
            m_levels.pop_back();
        }
        m_levels.push_back({ indent, std::move(path) });
    }

    TextLines m_lines;
    LinuxRows& m_rows;
    std::vector<YamlEntry> m_entries;
    std::vector<Level> m_levels;
    bool m_block = false;
    std::size_t m_block_indent = 0;
};

}

std::vector<YamlEntry> read_yaml(ByteView file, LinuxRows& rows)
{
    return YamlReader(file, rows).run();
}

}
