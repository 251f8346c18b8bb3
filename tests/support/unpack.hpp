// Samples that are kept packed (7z, zip, tar.xz, single .gz/.xz): unpacked in memory with libarchive.
// Not intake/: tests trust their samples.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::test {

struct Member {
    std::string name; // path in the archive; the file's own name for a single compressed file
    std::string content;
};

std::vector<Member> unpack(std::filesystem::path const& archive); // in archive order; throws std::runtime_error
std::string unpack_one(
    std::filesystem::path const& archive, std::string_view name_suffix = {}); // the first that ends so

}
