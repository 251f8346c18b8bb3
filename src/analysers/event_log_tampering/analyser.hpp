// Findings about the event logs themselves: hidden and missing records, bad checksums, lying headers, cleared and
// stopped logs. Not the reading of logs: formats/evtx reports the signs, this weighs them.
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::event_log_tampering {

extern Analyser const analyser;

}
