// What the event logs of each host cover, and what therefore cannot be cleared.
// Not detection: its findings are informational.
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::coverage {

extern Analyser const analyser;

}
