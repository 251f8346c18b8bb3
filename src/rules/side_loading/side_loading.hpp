// Pairs of a program and a library that it loads from its own folder, read from files of HijackLibs' form, and where
// the library belongs. Not a detector: analysers/host_state looks for the pairs on hosts.
#pragma once
#include "base/result.hpp"
#include "rules/sigma/rule.hpp"
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::side_loading {

struct Library {
    std::string name; // "jli.dll", lower case
    std::string vendor; // whose library it is
    std::vector<std::string> homes; // folders where it belongs: lower case, without drive, "*" for any part
    std::vector<std::string> programs; // names of programs that load it, lower case, sorted
    bool is_phantom = false; // programs look for it, but nobody ships it
};

struct Problem {
    std::string path, what;
};

class Catalogue {
public:
    // Never fails as a whole: problems() names each file that could not be read and why.
    static Catalogue compile(std::span<sigma::RuleFile const> files);
    Library const* find(std::string_view library_name) const; // lower case; nullptr: none
    std::vector<std::string_view> phantoms() const; // names of libraries that nobody ships
    std::size_t size() const { return m_libraries.size(); }
    std::size_t pair_count() const;
    std::span<Problem const> problems() const { return m_problems; }
    std::string const& fingerprint() const { return m_fingerprint; } // changes with the content

private:
    std::map<std::string, Library, std::less<>> m_libraries;
    std::vector<Problem> m_problems;
    std::string m_fingerprint;
};

bool loads(Library const& library, std::string_view program_name);
// Whether the library belongs into this folder (lower case, without drive C, no separator at the end).
bool is_home(Library const& library, std::string_view folder);

}
