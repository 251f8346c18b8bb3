// The two halves of a path as evidence writes it: "/" and "\" both separate, for a Windows path may lie in an archive.
// Not std::filesystem: nothing on this machine is meant, and nothing is normalised.
#pragma once
#include <string_view>

namespace konseki {

// What follows the last separator; the whole path where there is none.
constexpr std::string_view file_name_of(std::string_view path)
{
    return path.substr(path.find_last_of("/\\") + 1); // npos + 1 is 0
}

// What stands before the last separator, without it; empty where there is none.
constexpr std::string_view folder_of(std::string_view path)
{
    auto const separator = path.find_last_of("/\\");
    return separator == std::string_view::npos ? std::string_view() : path.substr(0, separator);
}

}
