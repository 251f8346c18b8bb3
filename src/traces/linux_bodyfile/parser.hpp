// The Sleuth Kit's body files, as fls, UAC and others write them: a line per file with its times.
// Not what the files hold, and not a timeline.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_bodyfile {

extern ArtefactParser const parser;

}
