#include "formats/security_catalogue/security_catalogue.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::security_catalogue {

namespace {
class Count final : public DiagnosticSink, public MemberSink {
public:
    void report(Diagnostic const&) override { }
    void take(Member const& member) override { hash_bytes += member.hash.size(); }
    std::size_t hash_bytes = 0;
};
}

static void read_signed_catalogue(benchmark::State& state)
{
    auto const bytes
        = test::read_file(std::filesystem::path(KONSEKI_SOURCE_DIR) / "src/formats/security_catalogue/testdata/v1.cat");
    Count count;
    for (auto _ : state)
        benchmark::DoNotOptimize(read(as_bytes(bytes), count).ok());
}
BENCHMARK(read_signed_catalogue);

// Entries alone, as catalogues of Windows have them by the ten thousand: the sample's three over and over.
static void read_many_members(benchmark::State& state)
{
    auto const bytes
        = test::read_file(std::filesystem::path(KONSEKI_SOURCE_DIR) / "src/formats/security_catalogue/testdata/v1.cat");
    Count count;
    auto catalogue = read(as_bytes(bytes), count).value();
    std::string entries;
    for (int round = 0; round < 1'000; ++round)
        entries += as_text(catalogue.members.content);
    catalogue.members.content = as_bytes(entries);
    for (auto _ : state)
        read_members(catalogue, count, count);
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 3'000);
}
BENCHMARK(read_many_members);

}
