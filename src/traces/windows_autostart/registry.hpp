// Autostart entries of the registry: every value at the locations of locations.hpp.
// Not services and tasks, which have artefacts of their own, nor files (startup folders).
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_autostart/schemas.hpp"

namespace konseki::windows_autostart {

extern RegistryArtefact const registry_artefact;

}
