#include "formats/usn/usn.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <benchmark/benchmark.h>

namespace konseki::usn {

namespace {
struct Counter final : DiagnosticSink, Visitor {
    std::size_t records = 0;
    void report(Diagnostic const&) override { }
    void on_record(Record const&) override { ++records; }
};
}

// APTSimulatorVMJ of DFIRArtifactMuseum: 275,540 records; target 0.1 s (issue B).
static void read_aptsimulator_journal(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    auto const bytes = test::unpack_one(*folder / "museum/NTFSArtifacts/J/Win10/APTSimulatorVM/APTSimulatorVMJ.7z");
    Counter counter;
    for (auto _ : state)
        read(as_bytes(bytes), { 0, bytes.size() }, counter, counter);
    state.SetItemsProcessed(static_cast<std::int64_t>(counter.records));
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * bytes.size()));
}
BENCHMARK(read_aptsimulator_journal)->Unit(benchmark::kMillisecond);

}
