// The machine's name, time zone, last shutdown and Windows version, from SYSTEM and SOFTWARE.
// Not a judge of which evidence is whose: intake/hosts does that with these rows.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_machine/schemas.hpp"

namespace konseki::windows_machine {

extern RegistryArtefact const registry_artefact;

}
