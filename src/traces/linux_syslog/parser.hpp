// Text logs of Linux as rows: one per message, and one more where it is about somebody's rights.
// Not the journal (traces/linux_journal) and not audit.log (traces/linux_audit).
#pragma once
#include "record/artefact_parser.hpp"
#include "traces/linux_log_columns.hpp"

namespace konseki::linux_syslog {

extern ArtefactParser const parser;

}
