// Accounts of a Linux system: passwd with what shadow, group and gshadow beside it say.
// Not who logged on, and not keys or sudo rights.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_account {

extern ArtefactParser const parser;

}
