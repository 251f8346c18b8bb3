// Who may do what as whom: sudo, doas and polkit.
// Not which rule wins: that needs all files, aliases and groups together.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_sudo {

extern ArtefactParser const parser;

}
