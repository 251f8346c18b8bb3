// Names of drivers whose known weaknesses intruders use to get into the kernel. [fsa 2a: W33]
// Not a proof: makers of boards and tools still install some of them, and a file may carry any name.
#pragma once
#include <string_view>

namespace konseki::host_state {

bool is_vulnerable_driver(std::string_view name); // file name in lower case, "rtcore64.sys"

}
