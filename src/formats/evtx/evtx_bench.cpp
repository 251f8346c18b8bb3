#include "formats/evtx/evtx.hpp"
#include "formats/evtx/live_index.hpp"
#include "formats/evtx/writers.hpp"
#include "support/evtx_writer.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace {

using namespace konseki;

// plaso's System.evtx when shared data is there, else 5,000 events of our own writer.
std::string const& sample()
{
    static std::string const file = [] {
        if (auto const folder = test::data_folder())
            return test::read_file(*folder / "evtx/traps-plaso/System.evtx");
        std::vector<test::WrittenEvent> events(5000);
        for (std::size_t i = 0; i < events.size(); ++i) {
            events[i].provider = "Bench";
            events[i].channel = "System";
            events[i].computer = "host";
            events[i].written_at = Timestamp::from_unix_seconds(1'600'000'000 + static_cast<std::int64_t>(i));
            events[i].fields
                = { { "Name", test::value::text("value " + std::to_string(i)) }, { "Number", test::value::u32(7) } };
        }
        return test::write_evtx(events).bytes;
    }();
    return file;
}

class Nothing final : public evtx::Visitor, public DiagnosticSink, public Dictionary {
public:
    void on_file(evtx::FileFacts const&) override { }
    void on_record(Event const& event, evtx::RecordFacts const&) override
    {
        ++records;
        values += event.values.size();
    }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const&) override { }
    void report(Diagnostic const&) override { }
    std::optional<std::string_view> find(std::string_view) const override { return std::nullopt; }
    void add(std::string_view, std::string_view) override { }
    std::size_t records = 0, values = 0;
};

void parse_and_project(benchmark::State& state)
{
    auto const& file = sample();
    EventShapes shapes;
    Nothing nothing;
    for (auto _ : state) {
        Arena arena;
        evtx::ReadContext context { shapes, arena, nothing, nothing };
        evtx::read(as_bytes(file), { 0, file.size() }, context, nothing);
    }
    benchmark::DoNotOptimize(nothing.values);
    state.SetItemsProcessed(static_cast<std::int64_t>(nothing.records));
    state.SetBytesProcessed(
        static_cast<std::int64_t>(evtx::used_bytes(as_bytes(file))) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(parse_and_project);

// Against evtx_dump, on the same file in the same run: `EVTX_DUMP=… bench/run --only json,xml` measures it and
// stage_bench in turn. By hand, in instructions, which a busy machine does not change:
//   valgrind --tool=callgrind evtx_dump -t 1 -o jsonl FILE > /dev/null
//   valgrind --tool=callgrind stage_bench json FILE
// A label says how many records went the long way (no recipe fits them).
void render(benchmark::State& state, evtx::Form form)
{
    auto const file = as_bytes(sample());
    std::int64_t records = 0;
    std::uint64_t slow = 0;
    std::string text;
    for (auto _ : state) {
        evtx::RecordWriter writer(default_limits, nullptr);
        for (auto chunk = evtx::next_chunk(file, 0); chunk; chunk = evtx::next_chunk(file, chunk->offset + 1)) {
            auto const bytes = evtx::part(file, chunk->offset, chunk->size_bytes);
            writer.begin_chunk(bytes);
            text.clear();
            evtx::walk_live_headers(bytes, [&](evtx::RecordHeader const& header, std::uint64_t position) {
                (void)writer.write(position + evtx::record_header_bytes, position + header.size - 4, form, text);
                ++records;
            });
            benchmark::DoNotOptimize(text.data());
        }
        slow = writer.slow_count();
    }
    state.SetItemsProcessed(records);
    state.SetLabel(std::to_string(slow) + " the long way");
}
BENCHMARK_CAPTURE(render, xml, evtx::Form::xml);
BENCHMARK_CAPTURE(render, json, evtx::Form::json);

}
