#include "formats/pkcs7/pkcs7.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::pkcs7 {

// What each signed program costs: two public key operations and their certificates.
static void read_stamped_block(benchmark::State& state)
{
    auto const bytes
        = test::read_file(std::filesystem::path(KONSEKI_SOURCE_DIR) / "src/formats/pkcs7/testdata/stamped.p7");
    for (auto _ : state)
        benchmark::DoNotOptimize(read(as_bytes(bytes)).has_value());
}
BENCHMARK(read_stamped_block);

}
