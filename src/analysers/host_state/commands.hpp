// What a command line asks for that harmless autostarts rarely do [fsa 5a: living off the land].
// Not a Sigma rule: rules judge events, this weighs what lies in the state of a host.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace konseki::host_state {

struct CommandSign {
    std::string_view feature; // id of features.hpp
    std::string detail; // the part of the command that shows it
};
bool has_sign(std::vector<CommandSign> const& found, std::string_view feature);
// Unless the feature is there; `at`: where in the command it shows.
void add_sign(std::vector<CommandSign>& found, std::string_view feature, std::string_view command, std::size_t at);
std::vector<CommandSign> signs_of_command(std::string_view command); // in a fixed order, each feature at most once

}
