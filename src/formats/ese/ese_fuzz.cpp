#include "formats/ese/decompress.hpp"
#include "formats/ese/ese.hpp"

namespace {
struct Everything final : konseki::DiagnosticSink, konseki::ese::RowVisitor {
    konseki::ese::Table const* table = nullptr;
    void report(konseki::Diagnostic const&) override { }
    bool on_row(konseki::ese::Row const& row) override
    {
        for (auto const& column : table->columns)
            (void)row.values(&column), (void)row.text(&column), (void)row.time(&column),
                (void)row.value_offset(&column);
        return true;
    }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    ByteView const file = std::as_bytes(std::span { bytes, size });
    Everything everything;
    (void)ese::decompress(file);
    auto database = ese::Database::open(file, everything);
    for (std::size_t i = 0; database.ok() && i < database.value().tables().size(); ++i) {
        everything.table = &database.value().tables()[i];
        database.value().visit(*everything.table, everything, everything);
    }
    return 0;
}
