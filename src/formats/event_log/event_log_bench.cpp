#include "formats/event_log/event_log.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::event_log {

namespace {
struct Counter final : DiagnosticSink, Visitor {
    std::size_t records = 0;
    void report(Diagnostic const&) override { }
    void on_file(FileFacts const&) override { }
    void on_record(Event const&, RecordFacts const&) override { ++records; }
};
}

// plaso's SysEvent.Evt: 6,501 records in 2 MB.
static void read_system_log(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    auto const bytes = test::read_file(*folder / "misc/SysEvent.Evt");
    Counter counter;
    EventShapes shapes;
    Arena arena;
    ReadContext context { shapes, arena, counter };
    for (auto _ : state)
        read(as_bytes(bytes), "System", context, counter);
    state.SetItemsProcessed(static_cast<std::int64_t>(counter.records));
}
BENCHMARK(read_system_log)->Unit(benchmark::kMillisecond);

}
