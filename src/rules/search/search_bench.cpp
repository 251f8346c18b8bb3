#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include "formats/evtx/evtx.hpp"
#include "rules/search/search.hpp"
#include "support/samples.hpp"
#include <cstdlib>
#include <benchmark/benchmark.h>

namespace konseki::search {
namespace {

// The used parts of real chunks (KONSEKI_DATA), repeated to 256 MiB so that the caches do not hold them; made text
// without data.
std::vector<std::string> const& chunks()
{
    static auto const found = [] {
        std::vector<std::string> list;
        std::size_t total = 0;
        if (auto const folder = test::data_folder()) {
            for (auto const& path : test::files_below(*folder / "evtx", ".evtx")) {
                auto const file = test::read_file(path);
                auto const bytes = as_bytes(file);
                std::uint64_t from = 0;
                while (auto const chunk = evtx::next_chunk(bytes, from)) {
                    list.push_back(file.substr(chunk->offset, chunk->used_bytes));
                    total += chunk->used_bytes;
                    from = chunk->offset + 1;
                }
            }
        }
        while (total < (256U << 20)) {
            auto const count = list.size();
            if (count == 0)
                list.push_back(utf16le_from_utf8(std::string(32'000, 'e')));
            for (std::size_t i = 0; i < count && total < (256U << 20); ++i) {
                list.push_back(list[i]);
                total += list[i].size();
            }
        }
        return list;
    }();
    return found;
}

// Names of tools and files that these logs do not hold, so that every chunk is scanned to its end.
Query fifty_words()
{
    Query query;
    for (std::string_view const word :
        { "lodeinfo", "mimilove", "ghostpack", "blacktech", "plead_v2", "tscookie", "kimsuky", "babyshark",
            "appleseed.dll", "winnti64", "shadowpad", "plugx.dat", "sogu_loader", "hafnium", "chopper.aspx", "reGeorg",
            "neo-reg", "tunnel.jsp", "frpc.ini", "earthworm", "ssf.exe", "iodine", "dnscat2", "cobaltstrike",
            "beacon_x64", "sliver-client", "havoc.dll", "bruteratel", "nighthawk", "merlinagent", "poshc2", "koadic",
            "octopus.ps1", "silenttrinity", "quasarrat", "asyncrat", "njrat.exe", "darkcomet", "gh0strat", "poisonivy",
            "痕跡調査", "標的型攻撃", "203.0.113.77", "198.51.100.23", "evil.example.jp", "update-microsofft",
            "wevtutil cl xx", "zerologon.py", "petitpotam.exe", "printnightmare" })
        query.words.emplace_back(word);
    return query;
}

void raw_filter(benchmark::State& state)
{
    auto const search = Search::compile(fifty_words());
    auto const& pieces = chunks();
    std::size_t bytes = 0;
    std::size_t passed = 0;
    for (auto _ : state) {
        for (auto const& piece : pieces) {
            passed += search.value().raw_filter().may_contain(as_bytes(piece)) ? 1U : 0U;
            bytes += piece.size();
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
    state.SetLabel(
        format("{} of {} chunks must be parsed", passed / static_cast<std::size_t>(state.iterations()), pieces.size()));
}
BENCHMARK(raw_filter)->Unit(benchmark::kMillisecond);

void compile_fifty_words(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(Search::compile(fifty_words()).ok());
}
BENCHMARK(compile_fifty_words)->Unit(benchmark::kMillisecond);

}
}
