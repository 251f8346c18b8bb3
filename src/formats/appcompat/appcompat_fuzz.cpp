#include "formats/appcompat/appcompat.hpp"
#include "support/collecting_context.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size)
{
    konseki::test::CollectingDiagnostics diagnostics;
    (void)konseki::appcompat::read(std::as_bytes(std::span { data, size }), diagnostics);
    return 0;
}
