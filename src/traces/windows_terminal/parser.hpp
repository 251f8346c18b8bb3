// Settings of Windows Terminal: the programs that its profiles start, and whether it starts at logon.
// Not a judgement: analysers/host_state weighs a terminal that starts something else than a shell.
#pragma once
#include "record/artefact_parser.hpp"
#include <string>

namespace konseki::windows_terminal {

extern ArtefactParser const parser;

// Comments and trailing commas become spaces: same length, plain JSON.
std::string without_comments(std::string_view json);

struct ProfileRow {
    Symbol user;
    std::string_view name, guid, command_line, source, startup_actions;
    bool is_default = false, is_hidden = false, is_elevated = false, starts_at_logon = false;
};
inline constexpr auto profile_schema = schema("windows.terminal.profile", "A profile of Windows Terminal",
    field("user", &ProfileRow::user, "Account, from the path"), field("name", &ProfileRow::name, "Name of the profile"),
    field("guid", &ProfileRow::guid, "Its GUID"),
    field("command_line", &ProfileRow::command_line, "What it starts; absent: PowerShell, or what `source` makes"),
    field("source", &ProfileRow::source, "Generator of the profile (WSL, Azure, Git)"),
    field("is_default", &ProfileRow::is_default, "Opened when nothing else is asked for"),
    field("is_hidden", &ProfileRow::is_hidden, "Not in the menu"),
    field("is_elevated", &ProfileRow::is_elevated, "Asks for administrator's rights"),
    field("starts_at_logon", &ProfileRow::starts_at_logon, "Terminal starts when the user logs on"),
    field("startup_actions", &ProfileRow::startup_actions, "Command line of the terminal itself at its start"));

}
