// Analyser: who signed each program of the case, in itself or by a catalogue.
// Not a judgement: what it means that nobody did is weighed by host_state.
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::file_signature {

extern Analyser const analyser;

}
