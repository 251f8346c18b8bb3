// Runs a libFuzzer harness over the files of the given folders: corpus replay where libFuzzer is not linked.
// *.hex files are turned into bytes first; other files are taken as they are, up to 1 MiB.
#include "support/samples.hpp"
#include <cstdio>
#include <filesystem>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size);

namespace {
void replay(std::filesystem::path const& path)
{
    auto const content = konseki::test::read_file(path);
    if (path.extension() == ".hex") {
        auto const bytes = konseki::test::bytes_from_hex(content);
        LLVMFuzzerTestOneInput(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
    } else {
        LLVMFuzzerTestOneInput(reinterpret_cast<unsigned char const*>(content.data()), content.size());
    }
}
}

int main(int argument_count, char** arguments)
{
    std::size_t replayed = 0;
    LLVMFuzzerTestOneInput(nullptr, 0);
    for (int i = 1; i < argument_count; ++i) {
        if (!std::filesystem::exists(arguments[i])) {
            std::fprintf(stderr, "no corpus at %s\n", arguments[i]);
            return 1;
        }
        for (auto const& path : konseki::test::files_below(arguments[i], "")) {
            if (path.extension() != ".golden" && std::filesystem::file_size(path) <= (1U << 20)) {
                replay(path);
                ++replayed;
            }
        }
    }
    std::printf("%zu corpus files replayed\n", replayed);
    return 0;
}
