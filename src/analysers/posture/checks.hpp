// The table of weak settings and the words of their groups. Not the reading: gather.cpp.
#pragma once
#include "record/finding.hpp"
#include <cstdint>
#include <span>
#include <string_view>

namespace konseki::posture {

enum class Group : std::uint8_t { macros, logging, protection, credentials, remote_access, smb1, uac };

struct GroupWords {
    Group group = Group::macros;
    std::string_view rule; // "posture.macros"
    Words title, meaning, advice;
};
std::span<GroupWords const> groups();

// A value of windows.security_setting that counts as weak.
struct Check {
    Group group = Group::macros;
    std::string_view area;
    std::string_view names; // joined with "|"; empty: every one
    std::string_view path; // in the key's path, lower case; empty: any
    std::string_view weak; // contents joined with "|"; empty: what the row itself calls weaker
    Severity severity = Severity::low;
    std::string_view en, ja; // one sentence, without its stop
};
std::span<Check const> checks();

// What Windows does where nothing is written down.
struct Default {
    Group group = Group::macros;
    std::string_view area, name;
    bool is_in_system = false; // SYSTEM holds it, else SOFTWARE
    std::uint32_t builds_below = 0; // weak in builds before this one; 0: in every one
    std::string_view en, ja;
};
std::span<Default const> defaults();

bool is_in_list(std::string_view list, std::string_view text); // joined with "|", without case

}
