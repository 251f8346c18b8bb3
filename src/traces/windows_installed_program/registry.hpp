// Programs that announced themselves for uninstalling, for the machine and per user.
// Not programs that ran, and not those that were only copied.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_installed_program/schemas.hpp"

namespace konseki::windows_installed_program {

extern RegistryArtefact const registry_artefact;

}
