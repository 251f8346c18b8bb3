// Scheduled tasks as SOFTWARE keeps them: Tree and Tasks joined by id, with what gives hidden ones away.
// Not the task's XML: that is a file.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_task_cache/schemas.hpp"

namespace konseki::windows_task_cache {

extern RegistryArtefact const registry_artefact;

struct Actions {
    std::string context; // "Author", "LocalSystem" …
    std::vector<std::string> commands; // "program arguments", "com {GUID} data"
    bool is_complete = true;
};
Actions read_actions(ByteView bytes);

}
