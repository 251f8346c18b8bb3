// Folds matches of Sigma rules into findings and evaluates correlation rules over them.
// Not matching: that happened while the events were parsed (watcher.hpp).
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::sigma {

extern Analyser const analyser;

}
