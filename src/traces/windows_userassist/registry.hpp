// UserAssist: what a user started through the desktop shell, how often and when last, counted per program.
// Not a log: one row per program, the last start only.
#pragma once
#include "traces/registry_artefact.hpp"
#include "traces/windows_userassist/schemas.hpp"

namespace konseki::windows_userassist {

extern RegistryArtefact const registry_artefact;

std::string rot13(std::string_view text);
// "{F38BF404-1D43-42F2-9305-67DE0B28FC23}\explorer.exe" -> "%windir%\explorer.exe"; unchanged for unknown folders.
std::string with_known_folder(std::string_view name);

}
