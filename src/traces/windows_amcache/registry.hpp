// Amcache.hve: files, programs and drivers of the program inventory, in its old and new layouts.
// Not evidence of execution: files that were only lying there are in it too.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_amcache/schemas.hpp"

namespace konseki::windows_amcache {

extern RegistryArtefact const registry_artefact;

// "04/07/2004 16:18:57" or "04/07/2004"; not set for anything else.
Timestamp time_of_american_date(std::string_view text);

}
