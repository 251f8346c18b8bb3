// The persistence catalogue: every place where a system can be made to start something, in our own words [fsa 2a, 2b].
// Data for the analyser of host state, the report and docs/persistence.md. Not the reader of those places: that is
// traces/windows_autostart, traces/linux_autostart and their neighbours.
#pragma once
#include "record/finding.hpp"
#include <span>
#include <string_view>

namespace konseki::persistence {

// How often something harmless that Windows did not put there is found at this place.
enum class Use : std::uint8_t {
    common, // many products use it
    uncommon, // some products use it
    rare, // hardly any does
};

struct Location {
    std::string_view id; // "W01", "L01": numbers of the specification
    std::string_view place; // where, for people
    std::string_view attack; // ATT&CK technique
    Use use = Use::uncommon;
    std::string_view title, title_ja; // what it is, a few words
    std::string_view starts, starts_ja; // when and how it takes effect
    std::string_view suspicious, suspicious_ja; // what tells an implant from a product
    std::string_view advice, advice_ja; // what to do about an entry that nobody can explain
    std::string_view default_content {}; // contents that Windows puts there, joined with "|"; empty: none, or too many
    // Parts of a registry path in lower case, joined with "|", by which events about it are known (Sysmon 13, Security
    // 4657); empty: not a registry place. Each begins with "\\" and a name; "*" stands for one key, "$" for the end of
    // the path, "\\hklm" and "\\hku" for the roots in both notations.
    std::string_view registry_parts {};
};

std::span<Location const> locations(); // by id: L01 … L47, W01 … W96
Location const* find(std::string_view id); // nullptr: none
Location const* find_by_registry_path(std::string_view path); // the most special one; nullptr: none
bool is_default_content(Location const& location, std::string_view content); // in any case of letters
std::string_view use_name(Use use); // "rare"

}
