// Text that is safe to show: control, bidirectional and invisible characters become visible escapes, so that evidence
// cannot move the cursor, recolour or reorder what a person reads. Not HTML (base/text.hpp) and not a terminal library.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace konseki::app {

// True for what must never reach a terminal as it is: C0, DEL, C1, bidirectional controls, zero-width and tag
// characters.
bool is_unsafe(char32_t code_point);
// \n, \t, \x1b, \u{202e}; invalid UTF-8 bytes as \xff. A backslash stays a backslash.
void append_terminal_safe(std::string& target, std::string_view text);
std::string terminal_safe(std::string_view text);
// The same, but line breaks and tabs stay: for rendered XML and reports of several lines.
std::string terminal_safe_lines(std::string_view text);
// JSON text whose strings hold unsafe characters beyond ASCII: those become \uXXXX, so that the JSON stays the same
// value.
std::string terminal_safe_json(std::string_view json);

std::size_t display_width(std::string_view text); // cells of a terminal: wide CJK counts two, combining marks none
// Cut to at most so many cells, with "…" where something was cut.
std::string cut_to_width(std::string_view text, std::size_t width);

}
