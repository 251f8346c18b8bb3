// Files that the system runs as a whole because of where they lie: hooks, start scripts, generators.
// Not files that name commands in a grammar of their own (linux_cron, linux_unit, linux_hook …).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_program {

extern ArtefactParser const parser;

}
