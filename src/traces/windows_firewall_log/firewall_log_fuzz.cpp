#include "support/collecting_context.hpp"
#include "traces/windows_firewall_log/parser.hpp"
#include <span>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    konseki::ByteView const log = std::as_bytes(std::span { bytes, size });
    konseki::test::CollectingContext collected;
    konseki::windows_firewall_log::parser.parse({ log, { 0, size }, "pfirewall.log" }, collected.context);
    return 0;
}
