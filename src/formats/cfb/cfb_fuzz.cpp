#include "formats/cfb/cfb.hpp"
namespace {
class Ignore final : public konseki::DiagnosticSink {
    void report(konseki::Diagnostic const&) override { }
};
}
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    auto const file = konseki::cfb::File::open(std::as_bytes(std::span { bytes, size }), ignore);
    for (std::size_t i = 0; file.ok() && i < file.value().entries().size() && i < 64; ++i)
        (void)file.value().read(file.value().entries()[i], ignore);
    return 0;
}
