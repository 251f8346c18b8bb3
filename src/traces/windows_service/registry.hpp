// Services and drivers as the registry defines them, in every control set.
// Not their installation: that is an event (windows.service_change).
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_service/schemas.hpp"

namespace konseki::windows_service {

extern RegistryArtefact const registry_artefact;

}
