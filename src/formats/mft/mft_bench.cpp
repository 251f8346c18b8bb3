#include "formats/mft/mft.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <benchmark/benchmark.h>

namespace konseki::mft {

namespace {
struct Counter final : DiagnosticSink, Visitor {
    std::size_t records = 0;
    void report(Diagnostic const&) override { }
    void on_record(Record const&) override { ++records; }
};
}

// tdungan of DFIRArtifactMuseum: 52,320 records; target 0.05 s (issue B).
static void read_tdungan(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    auto const bytes = test::unpack_one(*folder / "museum/NTFSArtifacts/MFT/Unknown/tdungan/$MFT.7z");
    Counter counter;
    for (auto _ : state)
        read(as_bytes(bytes), { 0, bytes.size() }, counter, counter);
    state.SetItemsProcessed(static_cast<std::int64_t>(counter.records));
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * bytes.size()));
}
BENCHMARK(read_tdungan)->Unit(benchmark::kMillisecond);

}
