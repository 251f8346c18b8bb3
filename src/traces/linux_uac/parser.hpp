// The text outputs of UAC (live_response/, hash_executables/, system/): what tools of the machine itself said of it.
// Not the files that UAC took along ([root]/…) and not its body file: those have parsers of their own.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_uac {

extern ArtefactParser const parser;

}
