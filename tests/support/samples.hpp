// Where tests find real samples, and hex text turned into bytes. Tests skip, and say so, when shared data is absent.
#pragma once
#include "base/byte_view.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::test {

// $KONSEKI_DATA, or ../shared/data beside the checkout; nothing when neither exists. Use KONSEKI_NEEDS_DATA in tests.
std::optional<std::filesystem::path> data_folder();
std::string read_file(std::filesystem::path const& path); // throws std::runtime_error when unreadable
// "11000000 53434341  # comment" -> bytes. Throws on anything that is not hex, white space or a comment.
std::vector<std::byte> bytes_from_hex(std::string_view text);
std::vector<std::filesystem::path> files_below(std::filesystem::path const& folder, std::string_view suffix); // sorted

}

#define KONSEKI_NEEDS_DATA(variable, relative)                                                                         \
    if (!::konseki::test::data_folder())                                                                               \
        GTEST_SKIP() << "shared data is absent (../shared/data or KONSEKI_DATA): " << (relative);                      \
    auto const variable = *::konseki::test::data_folder() / (relative)
