// Where the registry makes Windows start something, as data in our own words: the numbers W01 … of spec fsa.md section
// 2a. Not a judgement: what is suspicious, and what to advise, belongs to the analyser of persistence.
#pragma once
#include "traces/registry_artefact.hpp"

namespace konseki::windows_autostart {

// Which hives have the path, and below what.
enum class Scope : std::uint32_t {
    machine = 1, // SOFTWARE
    user = 2, // NTUSER.DAT, below Software
    user_root = 4, // NTUSER.DAT, below its root
    control_set = 8, // SYSTEM, below every control set
    system_root = 16, // SYSTEM, below its root
    classes = 32, // SOFTWARE and NTUSER.DAT as "Classes\…", UsrClass.dat without "Classes"
    user_classes = 64, // the same, but users only
    wow = 128, // with Wow6432Node, too
    usual_names = 256, // `usual` lists names of keys, not contents
};

struct Location {
    std::string_view id; // "W01"
    std::string_view path; // "*" stands for every subkey at that place
    std::string_view values; // names, joined with "|"; "*" every value, "@" the default value, "" the key itself
    std::uint32_t scopes = 0;
    std::string_view attack; // ATT&CK technique
    std::string_view starts; // when it takes effect, a few words
    // Contents Windows itself puts there, joined with "|"; empty where there is none. A file name stands for that file
    // of System32, too, a class for its library; drives, users and variables of folders are made alike.
    std::string_view usual;
};

std::span<Location const> locations();

}
