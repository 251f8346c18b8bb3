// Networks a machine was in, its interfaces, port forwarding and proxies.
// Not connections: the registry does not keep them.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_network_settings/schemas.hpp"

namespace konseki::windows_network_settings {

extern RegistryArtefact const registry_artefact;

}
