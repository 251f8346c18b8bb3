// Files of [sections] with NAME=VALUE lines: systemd units, desktop entries, D-Bus services, pkla files, repositories.
// Not what the names mean: that is the business of the folders of traces/.
#pragma once
#include "traces/linux_text.hpp"

namespace konseki {

struct IniEntry {
    std::string section, name, value; // as written, blanks around them taken off
    TextPlace place;
};

enum class IniGrammar : std::uint8_t {
    systemd, // [systemd.syntax(7)] a backslash at the end joins lines with a blank; # and ; begin comment lines
    plain, // # and ; begin comment lines, nothing continues
};

// In file order; repeated names are repeated entries. Lines that are neither section, entry nor comment are reported.
std::vector<IniEntry> read_ini(ByteView file, IniGrammar grammar, LinuxRows& rows);
// The last value of a name, as most readers have it; empty: not there.
std::string_view last_value(std::span<IniEntry const> entries, std::string_view section, std::string_view name);

}
