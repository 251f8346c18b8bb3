// Gathering of what starts from places of their own: logon screen, transfers, Terminal, agents, hot keys, servers.
// Not folders (gather_startup_files.cpp), which calls this.
#pragma once
#include "analysers/host_state/host.hpp"

namespace konseki::host_state {

Result<void> gather_other_places(Hosts& hosts);

}
