// Settings that make a machine safer or weaker: firewall, Defender, UAC, credentials, logging, Office, and more.
// Not a judge: what differs from Windows' own value is said, not whether it was meant.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_security_setting/schemas.hpp"

namespace konseki::windows_security_setting {

extern RegistryArtefact const registry_artefact;

}
