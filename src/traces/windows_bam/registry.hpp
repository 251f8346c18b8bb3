// BAM and DAM: when each user's programs last ran, as Windows 10 and later notes for its power management.
// Not a count: only the last run, and entries older than about a week are dropped at start.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_bam/schemas.hpp"

namespace konseki::windows_bam {

extern RegistryArtefact const registry_artefact;

}
