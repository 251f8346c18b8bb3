#include "support/collecting_context.hpp"
#include "traces/windows_programs_cache/registry.hpp"
#include <span>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    konseki::test::CollectingDiagnostics diagnostics;
    (void)konseki::windows_programs_cache::read_cache(std::as_bytes(std::span { bytes, size }), 0, diagnostics);
    return 0;
}
