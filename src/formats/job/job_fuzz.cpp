#include "formats/job/job.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink {
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    auto const job = konseki::job::read(std::as_bytes(std::span { bytes, size }), ignore);
    for (std::size_t i = 0; job.ok() && i < job.value().triggers.size(); ++i)
        (void)konseki::job::schedule_text(job.value().triggers[i]);
    return 0;
}
