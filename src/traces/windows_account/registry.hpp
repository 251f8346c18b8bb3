// Local accounts of the SAM hive, with what gives hidden and hijacked ones away.
// Not passwords: hashes are never read.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_account/schemas.hpp"

namespace konseki::windows_account {

extern RegistryArtefact const registry_artefact;

}
