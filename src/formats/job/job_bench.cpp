#include "formats/job/job.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::job {

namespace {
struct Ignore final : DiagnosticSink {
    void report(Diagnostic const&) override { }
};
}

static void read_small_job(benchmark::State& state)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/job/testdata/small.hex"));
    Ignore ignore;
    for (auto _ : state)
        benchmark::DoNotOptimize(read(bytes, ignore));
}
BENCHMARK(read_small_job);

}
