// What a user typed, searched, opened and saved through Explorer, its dialogs, Internet Explorer and Office.
// Not folders looked into: traces/windows_shellbag.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_explorer_mru/schemas.hpp"

namespace konseki::windows_explorer_mru {

extern RegistryArtefact const registry_artefact;

}
