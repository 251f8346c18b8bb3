// Values lie in the database or in what was gathered from it; cells lie in the file.
#include "formats/sqlite/sqlite.hpp"

namespace {
class Nowhere final : public konseki::DiagnosticSink {
public:
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    auto const database = konseki::sqlite::Database::open(std::as_bytes(std::span { bytes, size }));
    Nowhere nowhere;
    std::size_t left = 64;
    for (auto const& table :
        database.ok() ? database.value().tables(nowhere) : std::vector<konseki::sqlite::Table> {}) {
        if (left-- == 0)
            break;
        database.value().read(table, nowhere, [&](konseki::sqlite::Row const& row) {
            VERIFY(row.origin.offset + row.origin.size_bytes <= size);
            for (auto const& value : row.values)
                VERIFY(value.bytes.size() <= size);
        });
    }
    return 0;
}
