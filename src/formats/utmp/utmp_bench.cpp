#include "formats/utmp/utmp.hpp"
#include <string>
#include <benchmark/benchmark.h>

namespace konseki::utmp {

namespace {
struct Ignore final : DiagnosticSink {
    void report(Diagnostic const&) override { }
};
}

static void read_wtmp(benchmark::State& state)
{
    std::string record(384, '\0');
    record.replace(0, 1, 1, '\7');
    record.replace(8, 5, "pts/0");
    record.replace(44, 4, "root");
    record.replace(340, 4, "\x75\x1d\xab\x52");
    std::string file;
    for (int i = 0; i < 10'000; ++i)
        file += record;
    Ignore ignore;
    std::size_t records = 0;
    for (auto _ : state)
        (void)read(as_bytes(file), ignore, [&](Record const&) { ++records; });
    state.SetItemsProcessed(static_cast<std::int64_t>(records));
}
BENCHMARK(read_wtmp)->Unit(benchmark::kMillisecond);

}
