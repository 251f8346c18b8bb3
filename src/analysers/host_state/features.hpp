// Every reason that can make an item matter, with the rates its weight starts from. Reviewed data, not learned
// [fsa 5a, 5c]: implant rates from published intrusions, harmless rates from the measured base rates.
#pragma once
#include "analysers/host_state/item.hpp"
#include <span>

namespace konseki::host_state {

std::span<Feature const> features(); // of every system
std::span<Feature const> linux_features(); // those of Linux (features_linux.cpp)
Feature const& feature(std::string_view id); // an id that is none is our own bug
Feature const* find_feature(std::string_view id); // nullptr: none of this version

}
