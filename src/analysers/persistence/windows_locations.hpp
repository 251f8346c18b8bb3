// The parts of the catalogue, by number. Not for others: they ask catalogue.hpp.
#pragma once
#include "analysers/persistence/catalogue.hpp"

namespace konseki::persistence {

std::span<Location const> windows_logon_locations(); // W01 … W17
std::span<Location const> windows_system_locations(); // W18 … W35
std::span<Location const> windows_services_locations(); // W36 … W54
std::span<Location const> windows_programs_locations(); // W55 … W73
std::span<Location const> windows_other_locations(); // W74 … W96

}
