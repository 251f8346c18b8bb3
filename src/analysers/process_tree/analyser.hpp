// Analyser: the tree of processes of each machine, rebuilt from the starts that its logs hold.
// Not a detector: Sigma judges single starts; this says who started whom.
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::process_tree {

extern Analyser const analyser;

}
