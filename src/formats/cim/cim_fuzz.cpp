#include "formats/cim/cim.hpp"
namespace {
struct Ignore final : konseki::DiagnosticSink, konseki::cim::Visitor {
    void report(konseki::Diagnostic const&) override { }
    void on_namespace(konseki::cim::Namespace const&, konseki::cim::Place const&) override { }
    void on_class(konseki::cim::ClassDefinition const&, konseki::cim::Place const&) override { }
    void on_instance(konseki::cim::Instance const&, konseki::cim::Place const&) override { }
};
}
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    ByteView const all = std::as_bytes(std::span { bytes, size });
    Ignore ignore;
    cim::read({ all }, default_limits, ignore, ignore); // no index: everything is carved
    if (size > 2 * cim::page_bytes) // one page of index, a map of what the last bytes say, and objects between them
        cim::read({ all.subspan(cim::page_bytes), all.first(cim::page_bytes), { all.last(cim::page_bytes / 8) } },
            default_limits, ignore, ignore);
    return 0;
}
