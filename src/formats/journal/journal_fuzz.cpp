#include "formats/journal/journal.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink, konseki::journal::Visitor {
    void report(konseki::Diagnostic const&) override { }
    void on_entry(konseki::journal::Entry const& entry) override { offset = entry.offset; }
    void on_sign(konseki::journal::Sign const&) override { }
    void on_file(konseki::journal::FileFacts const&) override { }
    std::uint64_t offset = 0;
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    auto const view = std::as_bytes(std::span { bytes, size });
    konseki::journal::ReadContext context { ignore };
    konseki::journal::read(view, context, ignore);
    (void)konseki::journal::render(view, ignore.offset);
    return 0;
}
