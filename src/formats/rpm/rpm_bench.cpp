#include "formats/rpm/rpm.hpp"
#include <string>
#include <benchmark/benchmark.h>

namespace konseki::rpm {

static void big(std::string& target, std::uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        target += static_cast<char>(value >> shift & 0xff);
}

// One package of a thousand files in one folder.
static void rpm_header(benchmark::State& state)
{
    constexpr std::uint32_t files = 1000;
    std::string index, store;
    std::uint32_t entries = 0;
    auto const add = [&](std::uint32_t tag, std::uint32_t type, std::uint32_t count) {
        for (auto const value : { tag, type, static_cast<std::uint32_t>(store.size()), count })
            big(index, value);
        ++entries;
    };
    add(1116, 4, files);
    store.append(std::size_t { files } * 4, '\0');
    add(1000, 6, 1);
    (store += "tool") += '\0';
    add(1118, 8, 1);
    (store += "/usr/share/tool/") += '\0';
    add(1117, 8, files);
    for (std::uint32_t file = 0; file < files; ++file)
        (store += "name-of-a-file") += '\0';
    std::string blob;
    big(blob, entries);
    big(blob, static_cast<std::uint32_t>(store.size()));
    blob += index + store;
    for (auto _ : state) {
        std::size_t seen = 0;
        if (auto const header = Header::open(as_bytes(blob)); header.ok())
            header.value().for_each_file([&](File const& file) { seen += file.path.size(); });
        benchmark::DoNotOptimize(seen);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(blob.size()));
}
BENCHMARK(rpm_header);

}
