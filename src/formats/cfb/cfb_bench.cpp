#include "formats/cfb/cfb.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::cfb {

namespace {
class Ignore final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};
}

static void open_jump_list(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    auto const content
        = test::read_file(*folder / "jumplists/automaticDestinations-ms/1b4dd67f29cb1962.automaticDestinations-ms");
    Ignore ignore;
    for (auto _ : state)
        benchmark::DoNotOptimize(File::open(as_bytes(content), ignore).ok());
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * content.size()));
}
BENCHMARK(open_jump_list);

}
