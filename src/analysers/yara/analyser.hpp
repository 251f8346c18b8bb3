// Analyser: makes one finding of each YARA rule and file it matched.
// Not matching: that happened while the bytes were scanned (watcher.hpp).
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::yara {

extern Analyser const analyser;

}
