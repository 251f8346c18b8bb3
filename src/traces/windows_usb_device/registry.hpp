// USB devices, and which letter or folder their volumes were given.
// Not files on them: links, shellbags and jump lists know those.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_usb_device/schemas.hpp"

namespace konseki::windows_usb_device {

extern RegistryArtefact const registry_artefact;

}
