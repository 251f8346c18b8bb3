// One host, or one of its items, as text for people.
// Not the gathering: report/host_state.hpp.
#pragma once
#include "app/context.hpp"
#include "report/host_state.hpp"

namespace konseki::app {

void write_host(Context& context, report::HostState const& host);
void write_host_identity(Context& context, report::HostState const& host);
void write_host_item(Context& context, report::HostState const& host, report::HostItem const& item); // whole

}
