// What `konseki host` says of a Linux host beyond its ranked items, on a terminal.
// Not the gathering: report/linux_state.hpp.
#pragma once
#include "app/context.hpp"
#include "report/linux_state.hpp"

namespace konseki::app {

void write_linux_facts(Context& context, report::LinuxState const& state);
void write_linux_lists(Context& context, report::LinuxState const& state);

}
