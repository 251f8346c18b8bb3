// Rows lie in the file, one behind the other.
#include "formats/json_rows/json_rows.hpp"
#include <span>

namespace {
class Nowhere final : public konseki::DiagnosticSink {
public:
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    auto const file = std::as_bytes(std::span { bytes, size });
    Nowhere nowhere;
    std::uint64_t end = 0;
    konseki::json_rows::read(file, nowhere, [&](auto const&, konseki::TraceOrigin const& origin) {
        VERIFY(origin.offset >= end && origin.offset + origin.size_bytes <= size);
        end = origin.offset + origin.size_bytes;
    });
    konseki::json_rows::read_array(
        konseki::as_text(file), "ranges", [&](auto const& row, konseki::TraceOrigin const&) { (void)row.inner("a"); });
    return 0;
}
