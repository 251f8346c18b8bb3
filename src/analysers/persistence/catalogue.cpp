#include "analysers/persistence/catalogue.hpp"
#include "analysers/persistence/linux_locations.hpp"
#include "analysers/persistence/windows_locations.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace konseki::persistence {

namespace {

std::vector<Location> join()
{
    std::vector<Location> all;
    for (auto const part : { linux_start_locations(), linux_system_locations(), linux_state_locations(),
             windows_logon_locations(), windows_system_locations(), windows_services_locations(),
             windows_programs_locations(), windows_other_locations() })
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

struct Part {
    Location const* location = nullptr;
    std::string_view pattern; // with its first "\\"
};

// By first key of the pattern: a case has millions of registry events, and few of their keys begin a pattern.
std::unordered_map<std::string_view, std::vector<Part>> index_parts()
{
    std::unordered_map<std::string_view, std::vector<Part>> parts;
    for (auto const& location : locations())
        for (auto const pattern : split(location.registry_parts, '|')) {
            if (pattern.empty())
                continue;
            auto const end = pattern.find_first_of("\\$", 1);
            parts[pattern.substr(1, end == std::string_view::npos ? end : end - 1)].push_back({ &location, pattern });
        }
    return parts;
}

// Whether `path` begins with the pattern. A default value may come without a name: then the path ends with its key.
bool begins(std::string_view path, std::string_view pattern)
{
    bool const is_whole = pattern.back() == '$'; // "$" elsewhere is part of a name: "$dll"
    if (is_whole || (pattern.back() == '\\' && path.back() != '\\'))
        pattern.remove_suffix(1);
    std::size_t at = 0;
    for (char const c : pattern) {
        if (c == '*') { // a key has at least one character
            auto const end = std::min(path.find('\\', at), path.size());
            if (end == at)
                return false;
            at = end;
        } else if (at >= path.size() || path[at++] != c) {
            return false;
        }
    }
    return at == path.size() || (!is_whole && (path[at] == '\\' || pattern.back() == '\\'));
}

// Sysmon says HKLM\…, HKU\<sid>\…, Security 4657 \REGISTRY\MACHINE\…, \REGISTRY\USER\…: "\hklm\…", "\hku\…".
std::string general_form(std::string_view path)
{
    constexpr std::array<std::array<std::string_view, 2>, 4> roots { { { "\\registry\\machine\\", "\\hklm\\" },
        { "\\registry\\user\\", "\\hku\\" }, { "\\hkey_local_machine\\", "\\hklm\\" },
        { "\\hkey_users\\", "\\hku\\" } } };
    auto lower = ascii_lower(path);
    if (lower.empty() || lower.front() != '\\')
        lower.insert(lower.begin(), '\\');
    for (auto const& root : roots)
        if (std::string_view(lower).substr(0, root[0].size()) == root[0])
            lower.replace(0, root[0].size(), root[1]);
    return lower;
}

}

std::span<Location const> locations()
{
    static auto const all = join();
    return all;
}

Location const* find(std::string_view id)
{
    auto const all = locations();
    auto const place = std::lower_bound(
        all.begin(), all.end(), id, [](auto const& location, std::string_view wanted) { return location.id < wanted; });
    return place == all.end() || place->id != id ? nullptr : &*place;
}

Location const* find_by_registry_path(std::string_view path)
{
    static auto const parts = index_parts();
    auto const general = general_form(path);
    auto const rest = std::string_view(general);
    Location const* best = nullptr;
    std::size_t best_size = 0;
    for (std::size_t at = 0; at < rest.size(); at = std::min(rest.find('\\', at + 1), rest.size())) {
        auto const key = rest.substr(at + 1, std::min(rest.find('\\', at + 1), rest.size()) - at - 1);
        auto const found = parts.find(key);
        if (found == parts.end())
            continue;
        for (auto const& part : found->second)
            if (part.pattern.size() > best_size && begins(rest.substr(at), part.pattern)) {
                best = part.location;
                best_size = part.pattern.size();
            }
    }
    return best;
}

bool is_default_content(Location const& location, std::string_view content)
{
    auto const lower = ascii_lower(content);
    for (auto const usual : split(location.default_content, '|'))
        if (!usual.empty() && ascii_lower(usual) == lower)
            return true;
    return false;
}

std::string_view use_name(Use use)
{
    switch (use) {
    case Use::common: return "common";
    case Use::uncommon: return "uncommon";
    case Use::rare: return "rare";
    }
    return {};
}

}
