// Jobs of cron, anacron and at: what runs when, as whom.
// Not the scripts of cron.daily and its like (traces/linux_program), and not what cron logged.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_cron {

extern ArtefactParser const parser;

}
