// The artefact parser of Windows event logs: EVTX and EVT files, exported JSON (formats/evtx, event_log, event_json).
// Not the formats themselves.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_event {

extern ArtefactParser const parser;

}
