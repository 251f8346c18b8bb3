// Histories of shells and interactive programs on Linux.
// Not PowerShell's: traces/windows_powershell_history.
#pragma once
#include "record/artefact_parser.hpp"
#include "traces/linux_log_columns.hpp"

namespace konseki::linux_shell_history {

extern ArtefactParser const parser;

}
