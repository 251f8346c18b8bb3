// YARA rules compiled with libyara, one namespace per file: what is wrong with one file costs that file alone.
// Not files and not scanning: texts are handed in; scanner.hpp runs compiled rules over bytes.
#pragma once
#include "record/finding.hpp"
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::yara {

struct RuleFile {
    std::string path; // names the file in problems and matches
    std::string text;
};

struct Problem {
    std::string path;
    std::uint32_t line = 0; // 0: the file as a whole
    std::string words;
    bool is_error = true; // none of the file's rules run; else they run, with what the words say
};

// What a rule says of itself, owned.
struct RuleHead {
    std::string name;
    std::string file; // RuleFile::path
    std::vector<std::string> tags;
    std::vector<std::pair<std::string, std::string>> meta; // as written, numbers in decimal; keys may repeat

    std::string_view meta_text(std::string_view key) const; // first of that name, case does not matter; empty: none
    std::optional<std::uint32_t> score() const; // 0 to 100, as signature-base and THOR use it
    Severity severity() const; // from the score: 80 high, 60 medium, else low; 75 is meant where none is given
    std::vector<std::string> attack() const; // ATT&CK ids in tags and in meta that speak of ATT&CK, sorted
};

class RuleSet {
public:
    // Never fails as a whole. Includes are refused: the program reads the files that it was told to read.
    static RuleSet compile(std::span<RuleFile const> files);
    RuleSet();
    ~RuleSet();
    RuleSet(RuleSet&&) noexcept;
    RuleSet& operator=(RuleSet&&) noexcept;

    std::size_t file_count() const { return m_file_count; } // that run
    std::size_t rule_count() const { return m_rule_count; } // private ones included
    std::size_t skipped_count() const { return m_skipped_count; } // files that do not compile
    std::span<Problem const> problems() const { return m_problems; } // in the order of files and lines
    std::string const& fingerprint() const { return m_fingerprint; } // of paths, texts and libyara's version

    struct Compiled; // known to scanner.cpp only
    Compiled const& compiled() const { return *m_compiled; }

private:
    std::unique_ptr<Compiled> m_compiled;
    std::vector<Problem> m_problems;
    std::string m_fingerprint;
    std::size_t m_file_count = 0, m_rule_count = 0, m_skipped_count = 0;
};

// The variables that rules of signature-base and THOR expect from their scanner [thor-manual, custom signatures].
inline constexpr std::string_view external_names[] = { "filename", "filepath", "extension", "filetype", "owner",
    "group", "timezone", "language", "permissions", "unpack_parent", "unpack_source" };

}
