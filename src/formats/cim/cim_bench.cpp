#include "formats/cim/cim.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <benchmark/benchmark.h>

namespace konseki::cim {

namespace {
struct Counter final : DiagnosticSink, Visitor {
    std::size_t objects = 0;
    void report(Diagnostic const&) override { }
    void on_namespace(Namespace const&, Place const&) override { }
    void on_class(ClassDefinition const&, Place const&) override { ++objects; }
    void on_instance(Instance const&, Place const&) override { ++objects; }
};
}

// The repository of the APT simulator's host: 24 MB, 6,599 classes and 2,508 instances that live.
static void read_aptsimulator_repository(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder) {
        state.SkipWithError("shared data is absent");
        return;
    }
    auto const members
        = test::unpack(*folder / "museum/WBEM/Win10/APTSimulatorVM_Defender/APTSimulatorVM_Defender_WBEM.7z");
    Files files;
    for (auto const& member : members) {
        if (member.name.ends_with("OBJECTS.DATA"))
            files.objects = as_bytes(member.content);
        else if (member.name.ends_with("INDEX.BTR"))
            files.index = as_bytes(member.content);
        else
            files.mappings.push_back(as_bytes(member.content));
    }
    Counter counter;
    for (auto _ : state)
        read(files, default_limits, counter, counter);
    state.SetItemsProcessed(static_cast<std::int64_t>(counter.objects));
    state.SetBytesProcessed(
        static_cast<std::int64_t>(static_cast<std::uint64_t>(state.iterations()) * files.objects.size()));
}
BENCHMARK(read_aptsimulator_repository)->Unit(benchmark::kMillisecond);

}
