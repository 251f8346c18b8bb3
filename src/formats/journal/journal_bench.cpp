#include "base/text.hpp"
#include "formats/journal/journal.hpp"
#include "support/journal_writer.hpp"
#include <benchmark/benchmark.h>

namespace konseki::journal {

namespace {
struct Counter final : DiagnosticSink, Visitor {
    std::size_t entries = 0;
    void report(Diagnostic const&) override { }
    void on_entry(Entry const&) override { ++entries; }
    void on_sign(Sign const&) override { }
    void on_file(FileFacts const&) override { }
};

// As a server writes: twenty fields, of which two are new.
std::string many_entries(bool is_compact)
{
    test::JournalWriter writer(is_compact, is_compact);
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        test::JournalEntry entry { i + 1, 1'767'225'600'000'000 + i * 1'000, i, '\xa1', {} };
        for (int field = 0; field < 18; ++field)
            entry.fields.emplace_back(format("_FIELD_{}", field), format("value {} of {}", field, i % 7));
        entry.fields.emplace_back("MESSAGE", format("connection {} from 198.51.100.{} closed", i, i % 250));
        entry.fields.emplace_back("_PID", format("{}", i));
        writer.add(entry);
    }
    return writer.write(1'000);
}
}

static void read_journal(benchmark::State& state)
{
    auto const file = many_entries(state.range(0) != 0);
    Counter counter;
    ReadContext context { counter };
    for (auto _ : state)
        read(as_bytes(file), context, counter);
    state.SetItemsProcessed(static_cast<std::int64_t>(counter.entries));
    state.SetBytesProcessed(static_cast<std::int64_t>(file.size()) * state.iterations());
}
BENCHMARK(read_journal)->ArgName("compact")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}
