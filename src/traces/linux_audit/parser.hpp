// The kernel's audit log as rows: its records, and the events that they make together.
// Not audit messages in the journal: traces/linux_journal.
#pragma once
#include "record/artefact_parser.hpp"
#include "traces/linux_log_columns.hpp"

namespace konseki::linux_audit {

extern ArtefactParser const parser;

}
