// The application compatibility cache ("ShimCache") of every control set.
// Not the format: formats/appcompat.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_shimcache/schemas.hpp"

namespace konseki::windows_shimcache {

extern RegistryArtefact const registry_artefact;

}
