// The table of settings: where each lies, what Windows puts there, which contents weaken the machine.
// Not the reading: registry.cpp. Sources: Microsoft's policy and registry references; ATT&CK v18.1.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace konseki::windows_security_setting {

enum class Scope : std::uint32_t {
    machine = 1, // SOFTWARE, path as it is
    user = 2, // NTUSER.DAT, below "Software"
    control_set = 4, // SYSTEM, below every control set
    wow = 8, // with Wow6432Node, too
    user_root = 16, // NTUSER.DAT, path as it is
};

struct Setting {
    std::string_view area; // one word: "defender"
    std::string_view path; // "*" stands for every subkey at that place
    std::string_view names; // joined with "|"; "*" every value, "@" the default value, "" the key itself
    std::uint32_t scopes = 0;
    std::string_view usual; // contents Windows itself puts there, joined with "|"; empty where there is none
    std::string_view weak; // contents that weaken the machine, joined with "|"; "*" any
    std::string_view attack; // ATT&CK technique that sets it so; empty where it only describes
    std::string_view meaning;
};

std::span<Setting const> settings();

}
