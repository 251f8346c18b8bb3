// What a command line of Linux asks for that harmless jobs rarely do [fsa 5a, L47].
// Not a Sigma rule: rules judge events, this weighs what lies in the state of a host.
#pragma once
#include "analysers/host_state/commands.hpp"
#include "analysers/host_state/names.hpp"

namespace konseki::host_state::on_linux {

std::vector<CommandSign> signs_of_unix_command(std::string_view command); // in a fixed order, each feature at most once

std::optional<ToolName> tool_of_unix_name(std::string_view name);
// The name of a daemon or thread that every system has: it lies below /usr or in the kernel, and nowhere else.
bool is_name_of_system_daemon(std::string_view name);

}
