// Rows lie in the file, one behind the other, and reading ends.
#include "base/result.hpp"
#include "formats/csv/csv.hpp"
#include <span>

namespace {
class Nowhere final : public konseki::DiagnosticSink {
public:
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    konseki::csv::Reader reader { std::as_bytes(std::span { bytes, size }) };
    Nowhere nowhere;
    std::uint64_t end = 0;
    while (reader.next(nowhere)) {
        VERIFY(reader.offset() >= end && reader.offset() + reader.size_bytes() <= size && reader.field_count() > 0);
        end = reader.offset() + reader.size_bytes();
    }
    return 0;
}
