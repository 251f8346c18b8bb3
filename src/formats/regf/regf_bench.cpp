#include "formats/regf/regf.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <benchmark/benchmark.h>

namespace konseki::regf {

namespace {
class Ignore final : public DiagnosticSink {
    void report(Diagnostic const&) override { }
};
}

// SYSTEM of regipy (11.8 MB, 30,756 keys); the yard-stick hivexml needs 1.7 s for it (spec fsa.md section 3).
static void walk_system_hive(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    auto const bytes = test::unpack_one(*folder / "registry/regipy/SYSTEM.xz");
    Ignore ignore;
    std::size_t keys = 0;
    for (auto _ : state) {
        auto const hive = Hive::open(as_bytes(bytes));
        walk(hive.value(), ignore, [&](Key const& key, std::string const&) {
            ++keys;
            hive.value().each_value(
                key, ignore, [](Value const& value) { benchmark::DoNotOptimize(value.content.size()); });
        });
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * bytes.size()));
    state.counters["keys/s"] = benchmark::Counter(static_cast<double>(keys), benchmark::Counter::kIsRate);
}
BENCHMARK(walk_system_hive)->Unit(benchmark::kMillisecond);

}
