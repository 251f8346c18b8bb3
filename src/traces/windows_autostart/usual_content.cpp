#include "traces/windows_autostart/usual_content.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::windows_autostart {

namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

bool is_separator(char c)
{
    return c == '"' || c == ' ' || c == ',';
}

// "d:\windows" -> "c:\windows", wherever a path begins.
void make_drive_general(std::string& text)
{
    for (std::size_t at = 1; at + 1 < text.size(); ++at) {
        bool const begins = at == 1 || is_separator(text[at - 2]);
        if (begins && text[at] == ':' && text[at + 1] == '\\' && text[at - 1] >= 'a' && text[at - 1] <= 'z')
            text[at - 1] = 'c';
    }
}

void make_part_general(std::string& text, std::string_view before, std::string_view ends, char placeholder)
{
    auto const at = text.find(before);
    if (at == std::string::npos)
        return;
    auto const begin = at + before.size();
    auto const end = std::min(text.find_first_of(ends, begin), text.size());
    text.replace(begin, end - begin, 1, placeholder);
}

}

std::string general_command(std::string_view command)
{
    constexpr std::array<std::array<std::string_view, 2>, 9> folders { { { "%systemroot%", "c:\\windows" },
        { "%windir%", "c:\\windows" }, { "\\systemroot\\", "c:\\windows\\" }, { "%programdata%", "c:\\programdata" },
        { "%allusersprofile%", "c:\\programdata" }, { "%programfiles%", "c:\\program files" },
        { "%programfiles(x86)%", "c:\\program files (x86)" }, { "%userprofile%", "c:\\users\\*" }, { "\\??\\", "" } } };
    auto text = ascii_lower(trim(command));
    for (auto const& folder : folders)
        replace_all(text, folder[0], folder[1]);
    make_drive_general(text);
    make_part_general(text, "c:\\users\\", "\\", '*');
    make_part_general(text, " sharedsection=", " ", '#');
    return text;
}

bool Usual::is_one(std::vector<std::string> const& usual, std::string_view content)
{
    auto const general = general_command(content);
    return std::any_of(usual.begin(), usual.end(), [&](std::string const& one) {
        if (general == one)
            return true;
        return one.find('\\') == std::string::npos
            && (general == format("c:\\windows\\system32\\{}", one)
                || general == format("c:\\windows\\syswow64\\{}", one));
    });
}

bool Usual::is_usual(Location const& location, std::initializer_list<std::string_view> contents)
{
    if (location.usual.empty())
        return false;
    auto const [place, is_new] = m_contents.try_emplace(location.usual);
    auto& usual = place->second;
    if (is_new)
        for (auto const one : split(location.usual, '|'))
            usual.push_back(general_command(one));
    for (auto const content : contents) {
        if (content.empty())
            continue;
        if (is_one(usual, content))
            return true;
        bool is_list = content.find("; ") != std::string_view::npos; // every name of REG_MULTI_SZ
        for (auto const item : split(content, ';'))
            is_list = is_list && is_one(usual, trim(item));
        if (is_list)
            return true;
    }
    return false;
}

}
