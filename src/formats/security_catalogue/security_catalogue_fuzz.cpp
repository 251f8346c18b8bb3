#include "formats/security_catalogue/security_catalogue.hpp"

namespace {
class Ignore final : public konseki::DiagnosticSink, public konseki::security_catalogue::MemberSink {
    void report(konseki::Diagnostic const&) override { }
    void take(konseki::security_catalogue::Member const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki::security_catalogue;
    Ignore ignore;
    auto const view = std::as_bytes(std::span { bytes, size });
    (void)sniff(view);
    auto const catalogue = read(view, ignore);
    if (catalogue.ok())
        read_members(catalogue.value(), ignore, ignore);
    return 0;
}
