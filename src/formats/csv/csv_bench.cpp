#include "base/text.hpp"
#include "formats/csv/csv.hpp"
#include <benchmark/benchmark.h>

namespace konseki::csv {

namespace {
class Ignore final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};
}

// 100,000 rows of the width that NTFSInfo has.
static void read_rows(benchmark::State& state)
{
    std::string text;
    for (int row = 0; row < 100'000; ++row)
        append_format(
            text, "HOST,0x{:x},\"C:\\Windows\\System32\\file {}.dll\",2026-01-01 00:00:00.000,,,{}\r\n", row, row, row);
    Ignore ignore;
    std::size_t fields = 0;
    for (auto _ : state)
        for (Reader reader { as_bytes(text) }; reader.next(ignore);)
            fields += reader.field_count();
    benchmark::DoNotOptimize(fields);
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * text.size()));
}
BENCHMARK(read_rows);

}
