// What a Linux host believes (names, authorities, package sources, cloud agents) and what watches it.
// Not a judgement, and not the state of the running kernel (linux_state).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_trust {

extern ArtefactParser const parser;

}
