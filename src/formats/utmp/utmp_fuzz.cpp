#include "formats/utmp/utmp.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink {
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    auto const view = std::as_bytes(std::span { bytes, size });
    (void)konseki::utmp::looks_like_records(view);
    (void)konseki::utmp::read(view, ignore, [](konseki::utmp::Record const&) {});
    konseki::utmp::read_lastlog(view, ignore, [](konseki::utmp::LastLogin const&) {});
    return 0;
}
