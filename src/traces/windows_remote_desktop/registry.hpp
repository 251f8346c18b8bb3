// Remote desktop: where a user connected to, and how the machine lets others in.
// Not the sessions themselves: those are events (traces/windows_event).
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_remote_desktop/schemas.hpp"

namespace konseki::windows_remote_desktop {

extern RegistryArtefact const registry_artefact;

}
