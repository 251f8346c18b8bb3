#include "intake/image/files.hpp"

namespace {

class Ignore final : public konseki::DiagnosticSink, public konseki::intake::MemberSink {
public:
    void report(konseki::Diagnostic const&) override { }
    konseki::Result<void> begin(konseki::intake::Member const&) override { return {}; }
    konseki::Result<void> bytes(konseki::ByteView) override { return {}; }
    konseki::Result<void> end(bool) override { return {}; }
};

}

// The file systems behind the containers; the containers' libraries have fuzzers of their own.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    auto const view = std::as_bytes(std::span { bytes, size });
    Ignore ignore;
    (void)konseki::intake::read_image({ view, "raw", 64ULL << 20 }, konseki::default_limits, ignore, ignore);
    return 0;
}
