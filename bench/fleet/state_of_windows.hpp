// What Windows itself and the user of a host leave: the base's real rows moved to the host's time and users, and
// personal things of which most are on one host only. Not products: installing.hpp.
#pragma once
#include "installing.hpp"

namespace konseki::fleet {

// After all packages: what they changed of Windows stands in Windows' own rows.
void write_windows(FleetCase& target, Installer& installer, BaseState const& base, HostPlan const& plan);
void write_personal_things(Installer& installer, BaseState const& base, HostPlan const& plan);

}
