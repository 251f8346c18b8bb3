// Shellbags: folders a user looked into with Explorer, kept even when folder, share or stick are long gone.
// Not a list of opened files: traces/windows_explorer_mru.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_shellbag/schemas.hpp"

namespace konseki::windows_shellbag {

extern RegistryArtefact const registry_artefact;

}
