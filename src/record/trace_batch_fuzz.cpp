// Batches come from workers that evidence may have taken over: whatever decodes must be safe to read in full, and must
// encode to something that decodes to the same.
#include "record/trace_batch.hpp"

namespace {

using namespace konseki;

struct Row {
    Timestamp run_at;
    std::string_view path;
    Symbol host;
    std::uint32_t run_count = 0;
    double score = 0;
};

constexpr auto row_schema = schema("r", "A row of every way to store", field("run_at", &Row::run_at, "When"),
    field("path", &Row::path, "Path"), field("host", &Row::host, "Host"), field("run_count", &Row::run_count, "Count"),
    field("score", &Row::score, "Real"));

std::uint64_t read_all(TraceBatch const& batch)
{
    std::uint64_t sum = 0;
    for (std::size_t column = 0; column < batch.schema().column_count; ++column) {
        auto const type = batch.schema().column_array[column].type;
        for (std::size_t index = 0; index < batch.symbol_count(column); ++index)
            sum += batch.symbol(column, index).size();
        for (std::size_t row = 0; row < batch.row_count(); ++row) {
            sum += batch.origin(row).offset;
            if (batch.is_absent(column, row))
                continue;
            if (type == ColumnType::text || type == ColumnType::symbol)
                sum += batch.text(column, row).size();
            else
                sum += batch.number(column, row);
        }
    }
    return sum;
}

}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    std::array<Schema const*, 1> const known { &row_schema.erased };
    auto const batch = TraceBatch::decode(std::as_bytes(std::span { bytes, size }), known);
    if (!batch.ok())
        return 0;
    std::string again;
    batch.value().encode(again);
    auto const second = TraceBatch::decode(as_bytes(again), known);
    VERIFY(second.ok() && read_all(second.value()) == read_all(batch.value()));
    return 0;
}
