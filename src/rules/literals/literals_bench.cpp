// Many literals over short lines, as rules over values.
#include "rules/literals/literal_set.hpp"
#include <random>
#include <benchmark/benchmark.h>

namespace {

std::string random_word(std::mt19937& random, std::size_t size_min, std::size_t size_max)
{
    std::string word(size_min + random() % (size_max - size_min + 1), ' ');
    for (auto& c : word)
        c = "abcdefghijklmnopqrstuvwxyz0123456789\\-._ "[random() % 41];
    return word;
}

std::vector<std::string> random_words(std::size_t count, std::size_t size_min, std::size_t size_max)
{
    std::mt19937 random(7);
    std::vector<std::string> words;
    for (std::size_t i = 0; i < count; ++i)
        words.push_back(random_word(random, size_min, size_max));
    return words;
}

void build(benchmark::State& state)
{
    auto const words = random_words(static_cast<std::size_t>(state.range(0)), 4, 24);
    std::size_t bytes = 0;
    for (auto _ : state)
        bytes = konseki::literals::LiteralSet(words).memory_bytes();
    state.counters["memory_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(build)->Arg(3'000)->Arg(15'000)->Unit(benchmark::kMillisecond);

void find(benchmark::State& state)
{
    konseki::literals::LiteralSet const set(random_words(static_cast<std::size_t>(state.range(0)), 4, 24));
    auto const lines = random_words(2'000, 200, 200);
    std::size_t hits = 0;
    for (auto _ : state) {
        for (auto const& line : lines)
            set.find(line, [&](std::uint32_t, std::size_t) {
                ++hits;
                return true;
            });
    }
    benchmark::DoNotOptimize(hits);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(lines.size()) * 200);
}
BENCHMARK(find)->Arg(3'000)->Arg(15'000)->Unit(benchmark::kMillisecond);

}
