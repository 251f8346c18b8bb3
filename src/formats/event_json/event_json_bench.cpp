#include "formats/event_json/event_json.hpp"
#include "support/samples.hpp"
#include <cstdlib>
#include <benchmark/benchmark.h>

namespace konseki::event_json {
namespace {

struct Counter final : Visitor, DiagnosticSink {
    void on_event(Event const& event, TraceOrigin const&) override
    {
        ++events;
        values += event.values.size();
    }
    void report(Diagnostic const&) override { ++diagnostics; }
    std::uint64_t events = 0, values = 0, diagnostics = 0;
};

// KONSEKI_BENCH_JSONL names a file of real events; without it a made one is used: Sysmon 10 in nxlog's shape, 1 KiB a
// line.
std::string bench_text()
{
    if (auto const* path = std::getenv("KONSEKI_BENCH_JSONL"); path != nullptr) // NOLINT(concurrency-mt-unsafe)
        return test::read_file(path);
    std::string text;
    for (int i = 0; i < 20'000; ++i) {
        text
            += R"({"Keywords":-9223372036854775808,"SourceImage":"C:\\windows\\system32\\svchost.exe","EventID":10,"Channel":"Microsoft-Windows-Sysmon/Operational","EventType":"INFO","EventTime":"2020-09-20 12:16:06","@timestamp":"2020-09-20T16:16:09.362Z","RecordNumber":2120060,"SourceProcessId":"880","Task":10,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"PC","CallTrace":")";
        text.append(600, 'x').append("\"}\n");
    }
    return text;
}

void read_lines(benchmark::State& state)
{
    auto const text = bench_text();
    Counter counter;
    for (auto _ : state) {
        EventShapes shapes;
        read(as_bytes(text), { 0, text.size() }, shapes, counter, counter, default_limits, {});
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * static_cast<std::int64_t>(state.iterations()));
    state.SetItemsProcessed(static_cast<std::int64_t>(counter.events));
}
BENCHMARK(read_lines)->Unit(benchmark::kMillisecond);

}
}
