#include "formats/scca/scca.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::scca {

namespace {
class Ignore final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};
}

static void read_prefetch_files(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    std::vector<std::string> files;
    std::size_t size_bytes = 0;
    for (auto const& path : test::files_below(*folder / "prefetch", ".pf"))
        size_bytes += files.emplace_back(test::read_file(path)).size();
    Ignore ignore;
    for (auto _ : state) {
        for (auto const& file : files)
            benchmark::DoNotOptimize(read(as_bytes(file), ignore).ok());
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * files.size()));
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * size_bytes));
}
BENCHMARK(read_prefetch_files)->Unit(benchmark::kMillisecond);

}
