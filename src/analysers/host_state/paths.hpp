// Paths and command lines of Windows artefacts brought to one form, so that prefetch, Amcache, services and tasks speak
// of the same file. Not a file system: nothing is looked up.
#pragma once
#include "base/path_name.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace konseki::host_state {

// "\??\C:\Windows\x.exe", "\Device\HarddiskVolume3\Windows\x.exe", "\VOLUME{…}\WINDOWS\X.EXE", "%SystemRoot%\x.exe",
// "\SystemRoot\x.exe" -> "\windows\x.exe". Other drives than C keep their letter: "d:\tools\x.exe"; network paths stay
// "\\server\share\…". Lower case; a name without a folder stays as it is.
std::string normalised_path(std::string_view path);

std::string_view extension_of(std::string_view path); // without the dot

// Users, SIDs, GUIDs, hexadecimal and decimal runs become placeholders: the same thing on two hosts gets the same key.
std::string general_form(std::string_view normalised);

struct CommandParts {
    std::string program {}; // as written, without quotes
    std::string arguments {};
};
// Splits a command line as CreateProcess would: quotes first, otherwise the shortest prefix that ends in a known
// extension, otherwise the first word.
CommandParts split_command(std::string_view command);

// Normalised paths that a command leads to: its program, and for hosts of other code (rundll32, regsvr32, cmd, wscript,
// powershell -File …) the file they are given. The last one is what really runs.
std::vector<std::string> files_of_command(std::string_view command);

// What a folder says about who can write there. Normalised paths.
bool is_in_system_folder(std::string_view path); // \windows\system32, \windows\syswow64, \windows\winsxs …
bool is_in_program_folder(std::string_view path); // \program files…, \programdata\microsoft\windows defender …
std::string_view writable_place(
    std::string_view path); // a few words: "a user's profile", "a temporary folder"; empty: not writable by users

}
