// Which raw bytes an event must hold so that a word can show in its text: the word as text, or a value that renders to
// it. Not the search itself.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::search {

struct RawForms {
    std::u32string text; // the longest stretch that lies in one piece in memory, folded
    std::vector<std::string> bytes; // values (binary, GUID, SID) whose rendering holds the word
};

// Nothing when raw bytes cannot rule the word out: it is too short, or a number, time, GUID or SID could be rendered to
// it.
std::optional<RawForms> raw_forms(std::string_view word);

}
