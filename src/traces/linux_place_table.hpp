// The table of places, and what each pattern begins and ends with.
// Not for readers of files: they ask linux_path_of() (linux_places.hpp).
#pragma once
#include "traces/linux_places.hpp"
#include <span>

namespace konseki {

struct PlaceEnds {
    std::string_view before, behind; // of the pattern, outside its wildcards
    bool is_of_home = false, is_anywhere = false; // it begins with ~ or with **
};

std::span<LinuxPlace const> linux_places();
std::span<PlaceEnds const> linux_place_ends(); // one per place, in the same order

}
