#include "formats/usn/usn.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink, konseki::usn::Visitor {
    void report(konseki::Diagnostic const&) override { }
    void on_record(konseki::usn::Record const& record) override { (void)konseki::usn::reason_text(record.reason); }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    konseki::ByteView const journal = std::as_bytes(std::span { bytes, size });
    for (auto const range : konseki::usn::split(journal, 4'096))
        konseki::usn::read(journal, range, ignore, ignore);
    return 0;
}
