#include "formats/pe/pe.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::pe {

namespace {
class Ignore final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};
}

// The small signed sample with a megabyte behind it: entropy, checksum and digest are what large files cost.
static void read_signed_program(benchmark::State& state)
{
    auto const folder = std::filesystem::path(KONSEKI_SOURCE_DIR) / "src/formats/pe/testdata";
    auto bytes = test::read_file(folder / "signed.pe");
    bytes.append(1U << 20, 'x');
    Ignore ignore;
    for (auto _ : state)
        benchmark::DoNotOptimize(read(as_bytes(bytes), ignore).ok());
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * bytes.size()));
}
BENCHMARK(read_signed_program);

}
