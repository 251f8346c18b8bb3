// Certificates of Windows' stores: what the machine or a user trusts, distrusts or owns.
// Not a judge of chains: nothing is verified but the key's name against the certificate's hash.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_certificate/schemas.hpp"

namespace konseki::windows_certificate {

extern RegistryArtefact const registry_artefact;

}
