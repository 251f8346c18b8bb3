#include "formats/regf/regf.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <fstream>
#include <benchmark/benchmark.h>

namespace konseki::regf {

namespace {
class Ignore final : public DiagnosticSink {
    void report(Diagnostic const&) override { }
};
}

// SYSTEM of regipy: 11.8 MB, 30,756 keys.
static std::string system_hive(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (folder)
        return test::unpack_one(*folder / "registry/regipy/SYSTEM.xz");
    state.SkipWithError("shared data is absent");
    return {};
}

static void count(benchmark::State& state, std::size_t hive_bytes, std::size_t keys)
{
    state.SetBytesProcessed(static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * hive_bytes));
    state.counters["keys/s"] = benchmark::Counter(static_cast<double>(keys), benchmark::Counter::kIsRate);
}

// Every key with its path, every value with its name and where its content lies.
static void walk_system_hive(benchmark::State& state)
{
    auto const bytes = system_hive(state);
    Ignore ignore;
    std::size_t keys = 0;
    for (auto _ : state) {
        auto const hive = Hive::open(as_bytes(bytes));
        walk(hive.value(), ignore, [&](Key const& key, std::string const&) {
            ++keys;
            hive.value().each_value(
                key, ignore, [](Value const& value) { benchmark::DoNotOptimize(value.content.data()); });
        });
    }
    count(state, bytes.size(), keys);
}
BENCHMARK(walk_system_hive)->Unit(benchmark::kMillisecond);

// What hivexml writes of each key and value, as lines, and like its output to nowhere: path and time; name, type and
// content as text (UTF-8, numbers, hex where hivexml writes base64).
static void render_system_hive(benchmark::State& state)
{
    auto const bytes = system_hive(state);
    std::ofstream nowhere { "/dev/null", std::ios::binary };
    Ignore ignore;
    std::size_t keys = 0, text_bytes = 0;
    std::string text;
    auto const write_out = [&] {
        nowhere.write(text.data(), static_cast<std::streamsize>(text.size()));
        text_bytes += text.size();
        text.clear();
    };
    for (auto _ : state) {
        auto const hive = Hive::open(as_bytes(bytes));
        walk(hive.value(), ignore, [&](Key const& key, std::string const& path) {
            ++keys;
            text += path;
            text += '\t';
            append_iso8601(text, key.written_at);
            text += '\n';
            hive.value().each_value(key, ignore, [&](Value const& value) {
                text += value.name;
                text += '\t';
                text += value_type_name(value.type);
                text += '\t';
                append_value_text(text, value);
                text += '\n';
            });
            if (text.size() >= 64U << 10)
                write_out();
        });
        write_out();
    }
    count(state, bytes.size(), keys);
    state.counters["text"] = benchmark::Counter(static_cast<double>(text_bytes), benchmark::Counter::kAvgIterations);
}
BENCHMARK(render_system_hive)->Unit(benchmark::kMillisecond);

}
