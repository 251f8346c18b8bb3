#include "support/collecting_context.hpp"
#include "traces/windows_server_module/parser.hpp"
#include <span>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    konseki::ByteView const file = std::as_bytes(std::span { bytes, size });
    konseki::test::CollectingContext collected;
    konseki::windows_server_module::parser.parse({ file, { 0, size }, "web.config" }, collected.context);
    return 0;
}
