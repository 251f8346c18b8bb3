#include "formats/ese/ese.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <benchmark/benchmark.h>

namespace konseki::ese {

namespace {
struct EveryValue final : DiagnosticSink, RowVisitor {
    Table const* table = nullptr;
    std::size_t rows = 0, values = 0;
    void report(Diagnostic const&) override { }
    bool on_row(Row const& row) override
    {
        ++rows;
        for (auto const& column : table->columns)
            values += row.bytes(&column) ? 1U : 0U;
        return true;
    }
};

void read_all(benchmark::State& state, std::string const& bytes)
{
    EveryValue counter;
    for (auto _ : state) {
        auto database = Database::open(as_bytes(bytes), counter);
        if (!database.ok()) {
            state.SkipWithError("not a database");
            return;
        }
        for (auto const& table : database.value().tables()) {
            counter.table = &table;
            database.value().visit(table, counter, counter);
        }
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(counter.rows));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * static_cast<std::int64_t>(state.iterations()));
}
}

// 25 MB in 32 KiB pages, a table of 64,993 columns: libesedb needs more than two minutes (fsa.md section 3); target 1
// s.
static void read_large_database(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder)
        return state.SkipWithError("shared data is absent");
    read_all(state, test::unpack_one(*folder / "esedb/large.edb.gz"));
}
BENCHMARK(read_large_database)->Unit(benchmark::kMillisecond);

static void read_srum_database(benchmark::State& state)
{
    auto const folder = test::data_folder();
    if (!folder)
        return state.SkipWithError("shared data is absent");
    read_all(state, test::read_file(*folder / "esedb/go-ese/SRUM/SRUDB.dat"));
}
BENCHMARK(read_srum_database)->Unit(benchmark::kMillisecond);

}
