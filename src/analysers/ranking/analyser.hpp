// Analyser: the state of all hosts of a case, weighed against one another: ranked items of each host with the terms of
// their score, ranked hosts, things that hosts share, and findings for what weighs most. Not a verdict.
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::ranking {

extern Analyser const analyser;

}
