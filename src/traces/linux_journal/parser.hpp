// systemd's journal as rows: entries, files, and signs that they were changed.
// Not text logs of syslog: traces/linux_syslog.
#pragma once
#include "record/artefact_parser.hpp"
#include "traces/linux_log_columns.hpp"

namespace konseki::linux_journal {

extern ArtefactParser const parser;

}
