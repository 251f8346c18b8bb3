#include "analysers/stacking/keys.hpp"
#include "analysers/host_state/names.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::stacking {

namespace {

constexpr std::array<GranularityFacts, granularity_count> all { {
    { Granularity::item, "item", "key", "the thing itself: a task, a service, a value of the registry, a program" },
    { Granularity::path, "path", "path_key", "the file that it leads to" },
    { Granularity::content, "content", "content_key", "name and digest of that file" },
    { Granularity::signer, "signer", "signer", "who signed or made that file" },
    { Granularity::place, "place", "place_key", "the door it uses (persistence location) and the folder of its file" },
    { Granularity::pair, "pair", "pair_key", "a program with a library that it loads, and their folder" },
    { Granularity::command, "command", "command_key", "the shape of its command" },
} };

// "%data%" for words that no person writes: long, without a separator, letters mixed with digits or with both cases.
bool is_encoded(std::string_view word)
{
    constexpr std::size_t least = 24;
    if (word.size() < least)
        return false;
    std::size_t digits = 0;
    for (char const c : word) {
        bool const is_of_base64 = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+'
            || c == '=' || c == '_';
        if (!is_of_base64 && c != '/')
            return false;
        digits += c >= '0' && c <= '9' ? 1U : 0U;
    }
    return digits > 0 || word.back() == '=';
}

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string pair_of(host_state::Item const& item)
{
    for (auto const& term : item.terms)
        if (term.feature->id == "content.known_pair" || term.feature->id == "content.system_pair"
            || term.feature->id == "content.installed_pair" || term.feature->id == "content.lone_pair"
            || term.feature->id == "content.known_pair_among_others")
            return format("{}|{}", host_state::general_form(folder_of(item.target)), ascii_lower(term.detail));
    return {};
}

// How many folders of a path are shared by many programs: the one after them is a program's own. Longest match first.
struct SharedFolders {
    std::string_view beginning {};
    std::size_t depth = 0;
};
constexpr std::array<SharedFolders, 26> shared_folders { {
    { "\\users\\%user%\\appdata\\roaming\\microsoft\\windows\\start menu\\", 99 },
    { "\\users\\%user%\\appdata\\local\\microsoft\\windowsapps\\", 99 },
    { "\\users\\%user%\\appdata\\local\\microsoft\\", 5 },
    { "\\users\\%user%\\appdata\\local\\programs\\", 5 },
    { "\\users\\%user%\\appdata\\local\\temp\\", 5 },
    { "\\users\\%user%\\appdata\\roaming\\microsoft\\word\\startup\\", 99 },
    { "\\users\\%user%\\appdata\\roaming\\microsoft\\excel\\xlstart\\", 99 },
    { "\\users\\%user%\\appdata\\roaming\\microsoft\\", 5 },
    { "\\users\\%user%\\appdata\\", 4 },
    { "\\users\\%user%\\", 3 },
    { "\\users\\", 2 },
    { "\\programdata\\microsoft\\windows\\start menu\\", 99 },
    { "\\programdata\\package cache\\", 2 },
    { "\\programdata\\microsoft\\", 2 },
    { "\\programdata\\", 1 },
    { "\\program files\\common files\\", 2 },
    { "\\program files (x86)\\common files\\", 2 },
    { "\\program files\\", 1 },
    { "\\program files (x86)\\", 1 },
    { "\\windows\\", 99 },
    { "\\$recycle.bin\\", 99 },
    { "\\\\", 99 },
    { "/opt/", 1 },
    { "/srv/", 1 },
    { "/home/%user%/", 2 },
    { "/", 99 },
} };

// The program's own folder that a path lies in: "\program files\x\bin\y.exe" -> "\program files\x". Empty: none.
std::string own_folder(std::string_view path)
{
    auto const folder = folder_of(path);
    auto const shared = std::find_if(shared_folders.begin(), shared_folders.end(),
        [&](SharedFolders const& one) { return path.starts_with(one.beginning); });
    auto const separator = path.front() == '/' ? '/' : '\\';
    std::size_t end = 0;
    // Folders at the root of a drive hold one program, or one in each of their folders: two are kept where there are.
    auto const wanted = shared == shared_folders.end() ? std::size_t { 2 } : shared->depth + 1;
    std::size_t depth = 0;
    while (depth < wanted && end < folder.size()) {
        end = std::min(folder.find(separator, end + 1), folder.size());
        ++depth;
    }
    bool const is_at_root = shared == shared_folders.end() && depth > 0;
    return depth == wanted || is_at_root ? std::string(folder.substr(0, end)) : std::string();
}

// "task|\bmisaimi" with "cmd /c whoami > bmisaimi.tmp" and "task|\dcjcosnt" with "cmd /c whoami > dcjcosnt.tmp" are
// one: the name is all that differs. Without words of its own a command says nothing. A value of the registry is the
// door and the command, whatever it is called.
std::string story_of_command(host_state::Item const& item, std::string shape)
{
    if (item.kind == host_state::ItemKind::autostart && !item.location.empty() && !shape.empty())
        return format("autostart {} {}", item.location, shape); // its name is a value's, anything at all
    auto const name = item.key.substr(item.key.find_last_of("\\|") + 1);
    constexpr std::size_t telling = 5;
    auto at = name.size() < telling ? std::string::npos : shape.find(name);
    if (at == std::string::npos)
        return item.key;
    constexpr std::string_view blank = "%name%"; // not searched again: a task may be called "name%"
    for (; at != std::string::npos; at = shape.find(name, at + blank.size()))
        shape.replace(at, name.size(), blank);
    return format("{} {}", host_state::kind_name(item.kind), shape);
}

// `path` and `shape`: general forms of its target and of its command.
std::string story_of(host_state::Item const& item, std::string_view path, std::string const& shape)
{
    if (item.kind == host_state::ItemKind::activity)
        return item.key;
    // What only starts a program of Windows with words of its own is itself, under whatever name.
    bool const is_of_windows = !host_state::home_of_system_program(file_name_of(item.target)).empty()
        && host_state::is_home_of_system_program(item.target);
    if (item.target.find_first_of("\\/") == std::string::npos || is_of_windows)
        return item.kind == host_state::ItemKind::program ? item.key : story_of_command(item, shape);
    for (auto const& term : item.terms)
        if (term.feature->id == "content.known_pair" || term.feature->id == "content.lone_pair")
            return format("pair {}", ascii_lower(term.detail));
    auto const folder = own_folder(path);
    return folder.empty() ? std::string(path) : folder;
}

}

std::span<GranularityFacts const> granularities()
{
    return all;
}

std::string command_shape(std::string_view command)
{
    std::string words;
    std::size_t at = 0;
    while (at < command.size()) {
        while (at < command.size() && is_space(command[at]))
            ++at;
        auto const begin = at;
        while (at < command.size() && !is_space(command[at]))
            ++at;
        auto const word = command.substr(begin, at - begin);
        if (word.empty())
            continue;
        if (!words.empty())
            words += ' ';
        if (is_encoded(word))
            words += "%data%";
        else
            for (char const c : word)
                if (c != '"' && c != '\'')
                    words += ascii_lower(c);
    }
    return host_state::general_form(words);
}

Keys keys_of(host_state::Item const& item)
{
    Keys keys;
    auto const folder = folder_of(item.target);
    auto const path = host_state::general_form(item.target);
    auto const shape = command_shape(item.command);
    if (item.kind != host_state::ItemKind::program) // a program's path is its key
        keys.path = path;
    if (!item.target.empty() && !item.content.empty())
        keys.content = format("{}|{}", file_name_of(item.target), item.content);
    if (!item.location.empty() && !folder.empty())
        keys.place = format("{}|{}", item.location, host_state::general_form(folder));
    if (!item.is_list && item.kind != host_state::ItemKind::activity)
        keys.command = shape;
    keys.pair = pair_of(item);
    keys.story = story_of(item, path, shape);
    return keys;
}

}
