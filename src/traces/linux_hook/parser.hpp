// Files that name commands for others to run: udev, desktops, D-Bus, package managers, git, php, logs, names, Python.
// Not scripts that are hooks as a whole (linux_program), not systemd (linux_unit).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::linux_hook {

extern ArtefactParser const parser;

}
