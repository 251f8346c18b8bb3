#include "formats/appcompat/appcompat.hpp"
#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::appcompat {

static void read_windows_8_1(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    auto const bytes = test::read_file(*folder / "appcompat/Win81.bin");
    test::CollectingDiagnostics diagnostics;
    for (auto unused : state) {
        (void)unused;
        benchmark::DoNotOptimize(read(as_bytes(bytes), diagnostics));
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(read_windows_8_1)->Name("appcompat/read_windows_8_1");

}
