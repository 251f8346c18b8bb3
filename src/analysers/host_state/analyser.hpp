// Analyser: the state of each host as ranked items with the terms of their score, and findings for those that weigh
// most. Not a fleet comparison: prevalence over hosts comes with analysers/stacking.
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::host_state {

extern Analyser const analyser;

}
