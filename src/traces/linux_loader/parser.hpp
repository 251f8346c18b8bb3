// Libraries that the dynamic loader puts into every program, and the folders where it looks for them.
// Not environments of processes, and not the cache (ld.so.cache).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_loader {

extern ArtefactParser const parser;

}
