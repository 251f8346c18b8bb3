#include "formats/rpm/rpm.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink {
    void report(konseki::Diagnostic const&) override { }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    auto const view = std::as_bytes(std::span { bytes, size });
    auto const visit = [](rpm::Header const& header) { header.for_each_file([](rpm::File const&) {}); };
    if (auto const header = rpm::Header::open(view); header.ok())
        visit(header.value());
    Ignore ignore;
    if (auto const database = sqlite::Database::open(view); database.ok())
        rpm::read_database(
            database.value(), ignore, [&](rpm::Header const& header, TraceOrigin const&) { visit(header); });
    return 0;
}
