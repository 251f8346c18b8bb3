#include "analysers/stacking/keys.hpp"
#include "analysers/host_state/paths.hpp"
#include "base/text.hpp"

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
            || term.feature->id == "content.installed_pair")
            return format("{}|{}", host_state::general_form(folder_of(item.target)), ascii_lower(term.detail));
    return {};
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
    if (!item.target.empty() && item.kind != host_state::ItemKind::program) // a program's path is its key
        keys.path = host_state::general_form(item.target);
    if (!item.target.empty() && !item.content.empty())
        keys.content = format("{}|{}", file_name_of(item.target), item.content);
    if (!item.location.empty() && !folder.empty())
        keys.place = format("{}|{}", item.location, host_state::general_form(folder));
    if (!item.is_list && item.kind != host_state::ItemKind::activity)
        keys.command = command_shape(item.command);
    keys.pair = pair_of(item);
    return keys;
}

}
