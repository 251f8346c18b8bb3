// Every member of a zip or tar archive, decompressed into memory, one after another. For test tools only: no limits,
// trusted input.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

namespace konseki::test {

// Throws std::runtime_error when the archive cannot be read.
void for_each_member(std::filesystem::path const& archive,
    std::function<void(std::string const& name, std::string&& content)> const& member);

}
