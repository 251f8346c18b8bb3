// What shells run when they start, and where the variables of every session come from.
// Not what people typed (history), and not scripts that something else runs (linux_program).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_shell_startup {

extern ArtefactParser const parser;

}
