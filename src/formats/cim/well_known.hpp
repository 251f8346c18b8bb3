// Class definitions of permanent event subscriptions as Windows Vista to 11 have them, for repositories that have lost
// theirs. Not a substitute where a definition is there. Inside formats/cim only.
#pragma once
#include <string>
#include <vector>

namespace konseki::cim {

// Encoded as records of OBJECTS.DATA; ancestors are merged in.
std::vector<std::string> well_known_classes();

}
