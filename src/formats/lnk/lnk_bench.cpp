#include "formats/lnk/lnk.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::lnk {

namespace {
class Ignore final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};
}

static void read_links(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    std::vector<std::string> files;
    for (auto const& path : test::files_below(*folder / "lnk", ""))
        files.push_back(test::read_file(path));
    Ignore ignore;
    for (auto _ : state) {
        for (auto const& file : files)
            benchmark::DoNotOptimize(read(as_bytes(file), 0, ignore).ok());
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * files.size()));
}
BENCHMARK(read_links);

}
