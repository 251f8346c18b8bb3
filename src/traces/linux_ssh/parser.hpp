// OpenSSH's keys and settings: who may log on with which key, and what runs when somebody does.
// Not logons (logs), and not private keys.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_ssh {

extern ArtefactParser const parser;

}
