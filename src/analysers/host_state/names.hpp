// What a file name says: programs of Windows and where they live, names one letter away, tools that intruders use.
// Own data from public documentation; a name alone is never proof.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace konseki::host_state {

// Home folders of a program of Windows, joined with "|"; empty: not one that we know.
std::string_view home_of_system_program(std::string_view name);
bool is_home_of_system_program(std::string_view normalised_path);

std::string_view lookalike_of(std::string_view name); // the name of Windows that it imitates; empty: none

struct ToolName {
    std::string_view tool;
    bool is_dual_use = false; // administrators use it, too
};
std::optional<ToolName> tool_of_name(std::string_view name);

bool has_double_extension(std::string_view name); // "invoice.pdf.exe"
bool turns_direction(std::string_view name); // U+202A … U+202E, U+2066 … U+2069
bool looks_random(
    std::string_view name); // no vowel at all, or digits between letters; names under six letters never do

}
