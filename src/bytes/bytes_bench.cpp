#include "bytes/crc32.hpp"
#include <string>
#include <benchmark/benchmark.h>

namespace {

using namespace konseki;

// The records of one EVTX chunk, as its checksum covers them.
void checksum(benchmark::State& state, std::uint32_t (*crc)(ByteView, std::uint32_t))
{
    std::string const chunk(65'000, 'x');
    for (auto _ : state)
        benchmark::DoNotOptimize(crc(as_bytes(chunk), 0));
    state.SetBytesProcessed(static_cast<std::int64_t>(chunk.size()) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK_CAPTURE(checksum, vector, crc32);
BENCHMARK_CAPTURE(checksum, zlib, crc32_portable);

}
