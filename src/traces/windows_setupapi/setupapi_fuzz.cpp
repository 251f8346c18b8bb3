#include "support/collecting_context.hpp"
#include "traces/windows_setupapi/parser.hpp"
#include <span>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    konseki::ByteView const log = std::as_bytes(std::span { bytes, size });
    konseki::test::CollectingContext collected;
    konseki::windows_setupapi::parser.parse({ log, { 0, size }, "setupapi.dev.log" }, collected.context);
    return 0;
}
