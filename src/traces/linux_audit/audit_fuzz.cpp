#include "support/collecting_context.hpp"
#include "traces/linux_audit/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    auto const view = std::as_bytes(std::span { bytes, size });
    test::CollectingContext collected;
    for (auto const range : linux_audit::parser.split(view, 200))
        linux_audit::parser.parse({ view, range, "audit.log" }, collected.context);
    return 0;
}
