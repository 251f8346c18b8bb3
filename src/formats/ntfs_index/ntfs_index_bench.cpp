#include "formats/ntfs_index/ntfs_index.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::ntfs_index {

namespace {
struct Counter final : DiagnosticSink, Visitor {
    std::size_t entries = 0;
    void report(Diagnostic const&) override { }
    void on_entry(Entry const&) override { ++entries; }
};
}

// A real directory of five pages, live entries and slack.
static void read_directory_index(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    auto const bytes = test::read_file(*folder / "ntfs/ez/$I30/Start/$I30");
    Counter counter;
    for (auto _ : state)
        read(as_bytes(bytes), counter, counter);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(read_directory_index)->Unit(benchmark::kMicrosecond);

}
