// Detection with all SigmaHQ Windows rules over the sample attacks (shared data); parse alone beside it, so that the
// difference is ours.
#include "formats/evtx/evtx.hpp"
#include "rules/sigma/testing.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace {

using namespace konseki;
using sigma::Matcher;
using sigma::RuleFile;
using sigma::RuleSet;

std::vector<RuleFile> const& rule_files()
{
    static auto const files = [] {
        std::vector<RuleFile> found;
        auto const data = test::data_folder();
        for (auto const* const folder :
            { "rules", "rules-emerging-threats", "rules-threat-hunting", "rules-placeholder", "rules-compliance" }) {
            if (!data)
                break;
            for (auto const& path : test::files_below(*data / "sigma" / folder, ".yml"))
                found.push_back({ path.string(), test::read_file(path) });
        }
        return found;
    }();
    return files;
}

std::vector<std::string> const& logs()
{
    static auto const contents = [] {
        std::vector<std::string> found;
        if (auto const data = test::data_folder()) {
            for (auto const& path : test::files_below(*data / "evtx" / "attacks", ".evtx"))
                found.push_back(test::read_file(path));
        }
        return found;
    }();
    return contents;
}

class NoDictionary : public Dictionary {
public:
    std::optional<std::string_view> find(std::string_view) const override { return std::nullopt; }
    void add(std::string_view, std::string_view) override { }
};

class NoDiagnostics : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};

class Watcher : public evtx::Visitor {
public:
    explicit Watcher(Matcher* matcher)
        : m_matcher(matcher)
    {
    }
    void on_file(evtx::FileFacts const&) override { }
    void on_sign(evtx::Sign const&) override { }
    void on_chunk(evtx::ChunkFacts const&) override { }
    void on_record(Event const& event, evtx::RecordFacts const&) override
    {
        ++records;
        if (m_matcher != nullptr)
            matches += m_matcher->match(event).size();
    }
    void read_all()
    {
        for (auto const& log : logs()) {
            evtx::ReadContext context {
                .shapes = m_shapes, .arena = m_arena, .dictionary = m_dictionary, .diagnostics = m_diagnostics
            };
            evtx::read(as_bytes(log), { 0, log.size() }, context, *this);
        }
    }
    std::uint64_t records = 0, matches = 0;

private:
    Matcher* m_matcher;
    EventShapes m_shapes;
    Arena m_arena;
    NoDictionary m_dictionary;
    NoDiagnostics m_diagnostics;
};

void report(benchmark::State& state, Watcher const& watcher)
{
    state.SetItemsProcessed(static_cast<std::int64_t>(watcher.records));
}

void parse_only(benchmark::State& state)
{
    Watcher watcher(nullptr);
    for (auto _ : state)
        watcher.read_all();
    report(state, watcher);
}
BENCHMARK(parse_only)->Unit(benchmark::kMillisecond);

void parse_and_match(benchmark::State& state)
{
    auto const set = RuleSet::compile(rule_files());
    std::uint64_t records = 0;
    sigma::MatcherCounters counters;
    for (auto _ : state) { // a new matcher each time: what repeats between rounds must not count as remembered
        Matcher matcher(set);
        Watcher watcher(&matcher);
        watcher.read_all();
        records += watcher.records;
        counters = matcher.counters();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(records));
    auto const events = static_cast<double>(std::max<std::uint64_t>(counters.events, 1));
    state.counters["candidates/event"] = static_cast<double>(counters.candidates) / events;
    state.counters["matches/event"] = static_cast<double>(counters.matches) / events;
    state.counters["scanned/event"] = static_cast<double>(counters.values_scanned) / events;
    state.counters["remembered/event"] = static_cast<double>(counters.values_remembered) / events;
}
BENCHMARK(parse_and_match)->Unit(benchmark::kMillisecond);

void compile_yaml(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(RuleSet::compile(rule_files()).rules().size());
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rule_files().size()));
}
BENCHMARK(compile_yaml)->Unit(benchmark::kMillisecond);

void load_pack(benchmark::State& state)
{
    auto const pack = RuleSet::compile(rule_files()).pack();
    for (auto _ : state)
        benchmark::DoNotOptimize(RuleSet::from_pack(as_bytes(pack)).value().rules().size());
    state.counters["pack_bytes"] = static_cast<double>(pack.size());
}
BENCHMARK(load_pack)->Unit(benchmark::kMillisecond);

}
