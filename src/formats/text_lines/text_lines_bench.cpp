#include "base/text.hpp"
#include "formats/text_lines/text_lines.hpp"
#include <benchmark/benchmark.h>

namespace konseki::text_lines {

// 100,000 lines as wide as those of a log, cut into their words.
static void read_lines(benchmark::State& state)
{
    std::string text;
    for (int line = 0; line < 100'000; ++line)
        append_format(text, "Nov 23 09:15:{:02} web01 sshd[{}]: Accepted publickey for root from 10.0.0.{} port {}\n",
            line % 60, line, line % 250, line % 60'000);
    std::size_t words_seen = 0;
    for (auto _ : state)
        for (std::uint64_t position = 0; auto const line = next(text, position, text.size());)
            words_seen += words(line->text).size();
    benchmark::DoNotOptimize(words_seen);
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(read_lines);

}
