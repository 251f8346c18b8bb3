// Names of functions that programs import by number from Windows' socket and automation libraries: import hashes are
// computed over names, so that two builds with and without ordinals are the same. Facts of those libraries' exports.
// Not a list of all libraries: only these two have numbers that never changed.
#pragma once
#include <cstdint>
#include <string_view>

namespace konseki::pe {

std::string_view name_of_ordinal(std::string_view library_in_lower_case, std::uint16_t number); // empty: not known

}
