// The parts of a host's section in the report that only Linux hosts have.
// Not the section itself: host_section.cpp.
#pragma once
#include "report/linux_state.hpp"
#include "report/page.hpp"

namespace konseki::report {

void append_linux_facts(Markup& page, LinuxState const& state); // within a list of facts
void append_linux_lists(Markup& page, LinuxState const& state); // accounts, what starts

}
