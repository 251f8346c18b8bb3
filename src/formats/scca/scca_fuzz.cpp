#include "formats/scca/scca.hpp"

namespace {
class Ignore final : public konseki::DiagnosticSink {
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    (void)konseki::scca::read(std::as_bytes(std::span { bytes, size }), ignore);
    return 0;
}
