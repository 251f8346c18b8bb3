#include "formats/pe/pe.hpp"

namespace {
class Ignore final : public konseki::DiagnosticSink {
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    auto const view = std::as_bytes(std::span { bytes, size });
    (void)konseki::pe::sniff(view);
    (void)konseki::pe::read(view, ignore);
    return 0;
}
