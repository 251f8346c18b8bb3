// systemd units, drop-ins and systemd's own settings: what the manager of services starts, when, and as whom.
// Not which file of several wins, nor whether a unit is enabled: that needs the links and all files.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_unit {

extern ArtefactParser const parser;

}
