// Toy analyser: shows that a folder is all it takes. Not shipped.
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::toy_counter {

extern Analyser const analyser;

}
