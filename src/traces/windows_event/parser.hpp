// The artefact parser of Windows event logs: EVTX files (formats/evtx) and exported JSON events (formats/event_json).
// Not the formats themselves.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_event {

extern ArtefactParser const parser;

}
