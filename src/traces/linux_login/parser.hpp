// Login records of Linux: utmp, wtmp, btmp and lastlog as rows.
// Not logins that sshd or PAM wrote to a text log: traces/linux_syslog, traces/linux_journal.
#pragma once
#include "record/artefact_parser.hpp"
#include "traces/linux_log_columns.hpp"

namespace konseki::linux_login {

extern ArtefactParser const parser;

}
