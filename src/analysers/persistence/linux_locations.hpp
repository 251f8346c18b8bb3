// The parts of the catalogue about Linux, by number. Not for others: they ask catalogue.hpp.
#pragma once
#include "analysers/persistence/catalogue.hpp"

namespace konseki::persistence {

std::span<Location const> linux_start_locations(); // L01 … L16
std::span<Location const> linux_system_locations(); // L17 … L32
std::span<Location const> linux_state_locations(); // L33 … L47

}
