#include "formats/mft/mft.hpp"

namespace {
struct Ignore final : konseki::DiagnosticSink, konseki::mft::Visitor {
    konseki::mft::Paths paths { 4'096 };
    void report(konseki::Diagnostic const&) override { }
    void on_record(konseki::mft::Record const& record) override
    {
        paths.add(record);
        for (auto const& name : record.names)
            (void)paths.path_of(record, name);
    }
};
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    Ignore ignore;
    konseki::mft::read(std::as_bytes(std::span { bytes, size }), { 0, size }, ignore, ignore);
    return 0;
}
