// Containers by their definitions: what runs, when it is started again, what of the host it may touch.
// Not running processes, and not what is in the images.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_container {

extern ArtefactParser const parser;

}
