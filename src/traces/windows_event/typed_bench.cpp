// What typed rows cost on top of reading: KONSEKI_BENCH_JSONL names a file of events as JSON lines; without it, the
// sample logs.
#include "base/text.hpp"
#include "formats/event_json/event_json.hpp"
#include "formats/evtx/evtx.hpp"
#include "support/samples.hpp"
#include "traces/windows_event/typed.hpp"
#include <cstdlib>
#include <map>
#include <benchmark/benchmark.h>

namespace konseki::windows_event {
namespace {

struct CountingSink final : TraceSink {
    TraceBatch& room_in(Schema const& schema) override
    {
        auto const found = batches.find(schema.name);
        auto& batch = found != batches.end() ? found->second
                                             : batches.emplace(schema.name, TraceBatch { schema, 1 }).first->second;
        if (batch.is_full())
            batch = TraceBatch { schema, 1 };
        ++rows[schema.name];
        return batch;
    }
    std::map<std::string_view, TraceBatch> batches;
    std::map<std::string_view, std::uint64_t> rows;
};

struct Feed final : evtx::Visitor, event_json::Visitor, Dictionary, DiagnosticSink {
    void on_file(evtx::FileFacts const&) override { }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const&) override { }
    void on_record(Event const& event, evtx::RecordFacts const& facts) override
    {
        take(event, { facts.offset, facts.size_bytes, false });
    }
    void on_event(Event const& event, TraceOrigin const& origin) override { take(event, origin); }
    void report(Diagnostic const&) override { }
    std::optional<std::string_view> find(std::string_view) const override { return std::nullopt; }
    void add(std::string_view, std::string_view) override { }
    void take(Event const& event, TraceOrigin const& origin)
    {
        ++events;
        if (typed != nullptr)
            typed->on_event(event, origin);
    }
    TypedRows* typed = nullptr;
    std::uint64_t events = 0;
};

std::vector<std::string> bench_files()
{
    std::vector<std::string> files;
    if (auto const* path = std::getenv("KONSEKI_BENCH_JSONL"); path != nullptr) { // NOLINT(concurrency-mt-unsafe)
        files.push_back(test::read_file(path));
    } else if (auto const folder = test::data_folder()) {
        for (auto const& log : test::files_below(*folder / "evtx", ".evtx"))
            files.push_back(test::read_file(log));
    }
    return files;
}

void read_all(std::vector<std::string> const& files, Feed& feed)
{
    EventShapes shapes;
    Arena arena;
    evtx::ReadContext context { shapes, arena, feed, feed };
    for (auto const& file : files) {
        if (evtx::sniff(as_bytes(file)) != Sniff::no)
            evtx::read(as_bytes(file), { 0, file.size() }, context, feed);
        else
            event_json::read(as_bytes(file), { 0, file.size() }, shapes, feed, feed, default_limits, {});
    }
}

void read_only(benchmark::State& state)
{
    auto const files = bench_files();
    Feed feed;
    for (auto _ : state)
        read_all(files, feed);
    state.SetItemsProcessed(static_cast<std::int64_t>(feed.events));
}
BENCHMARK(read_only)->Unit(benchmark::kMillisecond);

void read_with_typed_rows(benchmark::State& state)
{
    auto const files = bench_files();
    Feed feed;
    CountingSink sink;
    for (auto _ : state) {
        TypedRows typed { sink };
        feed.typed = &typed;
        read_all(files, feed);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(feed.events));
    std::string label;
    for (auto const& [name, rows] : sink.rows)
        append_format(
            label, "{} {:.2f} % ", name, 100.0 * static_cast<double>(rows) / static_cast<double>(feed.events));
    state.SetLabel(label);
}
BENCHMARK(read_with_typed_rows)->Unit(benchmark::kMillisecond);

}
}
