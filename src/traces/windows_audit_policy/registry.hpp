// The audit policy of a machine, from its SECURITY hive. Not the changes of it: those are events 4719.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_audit_policy/schemas.hpp"

namespace konseki::windows_audit_policy {

extern RegistryArtefact const registry_artefact;

}
