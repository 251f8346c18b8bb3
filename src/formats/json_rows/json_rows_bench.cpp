#include "base/text.hpp"
#include "formats/json_rows/json_rows.hpp"
#include <benchmark/benchmark.h>

namespace konseki::json_rows {

namespace {
class Ignore final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};
}

// 50,000 lines like those of a process list.
static void read_lines(benchmark::State& state)
{
    std::string text;
    for (int row = 0; row < 50'000; ++row)
        append_format(
            text, "{{\"Pid\":{},\"Ppid\":4,\"Name\":\"svchost.exe\",\"Exe\":\"C:\\\\Windows\\\\svchost.exe\"}}\n", row);
    Ignore ignore;
    std::size_t rows = 0;
    for (auto _ : state)
        read(as_bytes(text), ignore, [&](Row const&, TraceOrigin const&) { ++rows; });
    benchmark::DoNotOptimize(rows);
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * text.size()));
}
BENCHMARK(read_lines);

}
