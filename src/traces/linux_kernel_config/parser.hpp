// What the boot loader hands to the kernel, and what the kernel loads or runs by configuration.
// Not the modules themselves, nor what was loaded when the host was seen (linux_state).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_kernel_config {

extern ArtefactParser const parser;

}
