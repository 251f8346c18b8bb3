#include "rules/side_loading/side_loading.hpp"
#include "base/path_name.hpp"
#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include <algorithm>
#include <array>
#include <yaml-cpp/yaml.h>

namespace konseki::side_loading {

namespace {

struct Variable {
    std::string_view name, folder;
};
constexpr std::array<Variable, 14> variables { {
    { "%system32%", "\\windows\\system32" },
    { "%syswow64%", "\\windows\\syswow64" },
    { "%windir%", "\\windows" },
    { "%systemroot%", "\\windows" },
    { "%programfiles%", "\\program files*" }, // and "(x86)"
    { "%programfiles(x86)%", "\\program files (x86)" },
    { "%programdata%", "\\programdata" },
    { "%allusersprofile%", "\\programdata" },
    { "%localappdata%", "\\users\\*\\appdata\\local" },
    { "%appdata%", "\\users\\*\\appdata\\roaming" },
    { "%userprofile%", "\\users\\*" },
    { "%systemdrive%", "" },
    { "%version%", "*" },
    { "%temp%", "\\users\\*\\appdata\\local\\temp" },
} };

std::string pattern_of(std::string_view written)
{
    auto text = ascii_lower(trim(written));
    std::replace(text.begin(), text.end(), '/', '\\');
    for (auto const& variable : variables)
        for (auto at = text.find(variable.name); at != std::string::npos; at = text.find(variable.name))
            text.replace(at, variable.name.size(), variable.folder);
    if (text.size() > 1 && text[1] == ':')
        text.erase(0, 2);
    while (!text.empty() && text.back() == '\\')
        text.pop_back();
    return text;
}

bool matches(std::string_view pattern, std::string_view text)
{
    std::size_t p = 0;
    std::size_t t = 0;
    auto star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

std::string text_of(YAML::Node const& node)
{
    return node && node.IsScalar() ? node.Scalar() : std::string();
}

Result<Library> read(sigma::RuleFile const& file)
{
    auto const wrong = [&](std::string what) {
        return Error { ErrorCode::bad_value, "file of side-loading pairs", 0, 0, 0, std::move(what) };
    };
    try {
        auto const document = YAML::Load(file.text);
        if (!document.IsMap() || !document["Name"])
            return wrong("no library is named (Name)");
        Library library;
        library.name = ascii_lower(text_of(document["Name"]));
        library.vendor = text_of(document["Vendor"]);
        if (auto const homes = document["ExpectedLocations"]; homes && homes.IsSequence())
            for (auto const& home : homes)
                library.homes.push_back(pattern_of(text_of(home)));
        if (auto const programs = document["VulnerableExecutables"]; programs && programs.IsSequence())
            for (auto const& program : programs)
                if (program.IsMap()) {
                    library.programs.push_back(std::string(file_name_of(pattern_of(text_of(program["Path"])))));
                    bool const is_phantom = equals_ignoring_case(text_of(program["Type"]), "phantom");
                    library.is_phantom = is_phantom && (library.is_phantom || library.programs.size() == 1);
                }
        library.is_phantom &= library.homes.empty();
        if (library.name.empty())
            return wrong("no library is named (Name)");
        return library;
    } catch (YAML::Exception const& problem) { // the library's way to tell; it ends here
        return wrong(problem.what());
    }
}

void join(Library& known, Library&& more)
{
    known.homes.insert(known.homes.end(), more.homes.begin(), more.homes.end());
    known.programs.insert(known.programs.end(), more.programs.begin(), more.programs.end());
    known.is_phantom &= more.is_phantom;
}

}

std::vector<std::string_view> Catalogue::phantoms() const
{
    std::vector<std::string_view> names;
    for (auto const& [name, library] : m_libraries)
        if (library.is_phantom)
            names.emplace_back(name);
    return names;
}

Catalogue Catalogue::compile(std::span<sigma::RuleFile const> files)
{
    Catalogue catalogue;
    Sha256Hasher hasher;
    for (auto const& file : files) {
        hasher.add(as_bytes(file.text));
        auto library = read(file);
        if (!library.ok()) {
            catalogue.m_problems.push_back({ file.path, library.error().detail });
            continue;
        }
        auto const name = library.value().name;
        auto& place = catalogue.m_libraries[name];
        if (place.name.empty())
            place = std::move(library).value();
        else
            join(place, std::move(library).value());
    }
    for (auto& [name, library] : catalogue.m_libraries)
        for (auto* list : { &library.homes, &library.programs }) {
            std::sort(list->begin(), list->end());
            list->erase(std::unique(list->begin(), list->end()), list->end());
        }
    if (!files.empty())
        catalogue.m_fingerprint = to_string(hasher.finish());
    return catalogue;
}

Library const* Catalogue::find(std::string_view library_name) const
{
    auto const place = m_libraries.find(library_name);
    return place == m_libraries.end() ? nullptr : &place->second;
}

std::size_t Catalogue::pair_count() const
{
    std::size_t pairs = 0;
    for (auto const& [name, library] : m_libraries)
        pairs += library.programs.size();
    return pairs;
}

bool loads(Library const& library, std::string_view program_name)
{
    return std::binary_search(library.programs.begin(), library.programs.end(), program_name);
}

bool is_home(Library const& library, std::string_view folder)
{
    return std::any_of(
        library.homes.begin(), library.homes.end(), [&](auto const& home) { return matches(home, folder); });
}

}
