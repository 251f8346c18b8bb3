// Findings about Linux logs themselves: wtmp, journal, audit, text logs and histories that were edited, emptied,
// stopped or never written. Not the reading of logs: traces/linux_login, linux_journal, linux_syslog, linux_audit.
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::linux_log_tampering {

extern Analyser const analyser;

}
