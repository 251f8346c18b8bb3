// Words about the commands, made from the command table: --help, shell completion, and the manual page.
#pragma once
#include "app/command.hpp"
#include <string>

namespace konseki::app {

std::string program_help();
std::string command_help(Command const& command);
std::string group_help(std::string_view first); // of "rules": the commands whose first word it is
std::string usage_line(Command const& command); // "konseki examine [--case DIR] … PATH..."
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();
std::string manual_page();

}
