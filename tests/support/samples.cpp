#include "support/samples.hpp"
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace konseki::test {

std::optional<std::filesystem::path> data_folder()
{
    if (auto const* const chosen = std::getenv("KONSEKI_DATA");
        chosen != nullptr && *chosen != '\0') // NOLINT(concurrency-mt-unsafe)
        return std::filesystem::path(chosen);
    auto const beside = std::filesystem::path(KONSEKI_SOURCE_DIR) / "../shared/data";
    if (std::filesystem::exists(beside))
        return std::filesystem::weakly_canonical(beside);
    return std::nullopt;
}

std::string read_file(std::filesystem::path const& path)
{
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw std::runtime_error("cannot read " + path.string());
    std::ostringstream text;
    text << stream.rdbuf();
    return std::move(text).str();
}

std::vector<std::byte> bytes_from_hex(std::string_view text)
{
    std::vector<std::byte> bytes;
    int high = -1;
    bool in_comment = false;
    for (char const c : text) {
        if (c == '\n')
            in_comment = false;
        if (c == '#')
            in_comment = true;
        if (in_comment || c == ' ' || c == '\n' || c == '\t' || c == '\r')
            continue;
        int const digit = c >= '0' && c <= '9'
            ? c - '0'
            : (c >= 'a' && c <= 'f' ? c - 'a' + 10 : (c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1));
        if (digit < 0)
            throw std::runtime_error("not hex text");
        if (high < 0) {
            high = digit;
        } else {
            bytes.push_back(static_cast<std::byte>(high * 16 + digit));
            high = -1;
        }
    }
    if (high >= 0)
        throw std::runtime_error("odd number of hex digits");
    return bytes;
}

std::vector<std::filesystem::path> files_below(std::filesystem::path const& folder, std::string_view suffix)
{
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().string().ends_with(suffix))
            files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

}
