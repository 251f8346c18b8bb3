// PAM: which modules decide over logons, and which programs they run.
// Not whether a module is the package's (analysers), nor what the include files add.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_pam {

extern ArtefactParser const parser;

}
