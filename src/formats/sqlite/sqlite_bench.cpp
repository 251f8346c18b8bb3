#include "formats/sqlite/sqlite.hpp"
#include "support/samples.hpp"
#include <benchmark/benchmark.h>

namespace konseki::sqlite {

namespace {
class Ignore final : public DiagnosticSink {
public:
    void report(Diagnostic const&) override { }
};
}

// Every row of the small database that the tests read: opening it is part of the work.
static void read_tables(benchmark::State& state)
{
    auto const file = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/sqlite/testdata/toy.sqlite");
    Ignore ignore;
    std::int64_t rows = 0;
    for (auto _ : state) {
        auto const database = Database::open(as_bytes(file));
        for (auto const& table : database.value().tables(ignore))
            database.value().read(table, ignore, [&](Row const&) { ++rows; });
    }
    state.SetItemsProcessed(rows);
    state.SetBytesProcessed(static_cast<std::int64_t>(file.size()) * state.iterations());
}
BENCHMARK(read_tables);

}
