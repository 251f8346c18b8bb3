#include "formats/syslog/syslog.hpp"
#include <string>
#include <benchmark/benchmark.h>

namespace konseki::syslog {

namespace {
struct Ignore final : DiagnosticSink {
    void report(Diagnostic const&) override { }
};
}

static void read_lines(benchmark::State& state)
{
    std::string file;
    for (int i = 0; i < 20'000; ++i)
        file += state.range(0) != 0
            ? "2026-03-01T04:05:06.123456+09:00 web1 sshd[812]: Failed password for root from 192.0.2.7 port 40112 "
              "ssh2\n"
            : "Mar  1 04:05:06 web1 sshd[812]: Failed password for root from 192.0.2.7 port 40112 ssh2\n";
    Ignore ignore;
    std::size_t lines = 0;
    for (auto _ : state)
        read(as_bytes(file), { 0, file.size() }, ignore, [&](Line const&) { ++lines; });
    state.SetItemsProcessed(static_cast<std::int64_t>(lines));
    state.SetBytesProcessed(static_cast<std::int64_t>(file.size()) * state.iterations());
}
BENCHMARK(read_lines)->ArgName("iso")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}
