// What Windows itself and the user of a host leave: the base's real rows moved to the host's time and users, and
// personal things of which most are on one host only. Not products: installing.hpp.
#pragma once
#include "installing.hpp"

namespace konseki::fleet {

// `service_libraries`: implants that take over the library of one of Windows' services, by its name.
void write_windows(FleetCase& target, Installer& installer, BaseState const& base, HostPlan const& plan,
    std::map<std::string, PackageStart> const& service_libraries, std::string const& implant);
void write_personal_things(Installer& installer, BaseState const& base, HostPlan const& plan);

}
