// What a Linux system says of itself in small files of /etc: name, machine id, distribution, time zone.
// Not what a collector says of it: linux_state and linux_uac.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_host {

extern ArtefactParser const parser;

}
