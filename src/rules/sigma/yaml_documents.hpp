// The documents of a YAML text, or why it is none; a text that yaml-cpp would not come to the end of is refused.
// Not what the documents mean: document.hpp.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include <yaml-cpp/yaml.h>

namespace konseki::sigma {

struct NotYaml {
    std::uint32_t line = 0; // of the text, from 1; 0: not known
    std::string message;
};

// All of them in their order, or none and what is wrong.
std::optional<NotYaml> load_documents(std::string const& text, std::vector<YAML::Node>& documents);

}
