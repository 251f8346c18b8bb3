// Which pieces of evidence were collected together: one machine's volume folders, one archive, one folder.
// Not names: intake/hosts.cpp finds who speaks for a unit.
#pragma once
#include "record/evidence.hpp"
#include <string>
#include <vector>

namespace konseki::intake {

enum class UnitBond : std::uint8_t {
    none, // nothing but itself
    neighbours, // the same archive or folder: of one machine only if all that speak there agree
    collection, // below one collection's folder: of one machine
    volume, // a file of that machine's volume
};

struct UnitPlace {
    std::string unit; // equal: collected together
    std::string volume; // "C:", where the unit tells volumes apart
    UnitBond bond = UnitBond::none;
};

// One place per piece, in the order of `evidence` (by number, from 1; parents before their members).
std::vector<UnitPlace> unit_places(std::vector<Evidence> const& evidence);

}
