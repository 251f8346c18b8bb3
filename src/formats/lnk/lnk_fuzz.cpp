#include "formats/lnk/lnk.hpp"

namespace {
class Ignore final : public konseki::DiagnosticSink {
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    (void)konseki::lnk::read(std::as_bytes(std::span { bytes, size }), 0, ignore);
    return 0;
}
