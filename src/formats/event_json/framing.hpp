// Finds where JSON objects begin and end in a file, without parsing them.
// Not a parser: what looks like an object here may still be refused by simdjson.
#pragma once
#include "base/byte_view.hpp"
#include <cstdint>
#include <optional>
#include <string_view>

namespace konseki::event_json {

enum class Framing : std::uint8_t {
    lines, // one object a line, also as the lines of an array
    objects, // pretty-printed objects, arrays on one line, objects inside a search answer
};

struct Layout {
    Framing framing = Framing::lines;
    std::uint64_t first_offset = 0; // behind a byte order mark, or where the array of a search answer begins
};

Layout layout_of(std::string_view text);

// The object on a line: white space, "[" before and "," or "]" behind are taken off. Empty when nothing is left.
std::string_view object_of_line(std::string_view line);

// Position behind the "}" that closes the "{" at the start of the text; nothing when the text or size_max ends before.
std::optional<std::uint64_t> object_end(std::string_view text, std::uint64_t size_max);

}
