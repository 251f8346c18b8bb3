// Whether the content of an entry is one that Windows itself puts there (Location::usual), whatever drive Windows lies
// on and however the path is written. Not a judgement of other contents.
#pragma once
#include "traces/windows_autostart/locations.hpp"
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace konseki::windows_autostart {

// Lower case; variables of folders resolved, drive C, "*" for the user, "#" for the digits of a shared section.
std::string general_command(std::string_view command);

class Usual {
public:
    bool is_usual(
        Location const& location, std::initializer_list<std::string_view> contents); // any of them; of a list each name

private:
    static bool is_one(std::vector<std::string> const& usual, std::string_view content);

    std::map<std::string_view, std::vector<std::string>> m_contents {}; // general forms, by Location::usual
};

}
