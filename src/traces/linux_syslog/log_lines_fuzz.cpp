#include "support/collecting_context.hpp"
#include "traces/linux_syslog/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    using namespace konseki;
    auto const view = std::as_bytes(std::span { bytes, size });
    test::CollectingContext collected;
    Companion const beside { "wtmp", view };
    linux_syslog::parser.parse({ view, { 0, size }, "syslog-20260901", 1, true, true, {} }, collected.context);
    linux_syslog::parser.parse({ view, { 0, size }, "syslog", 1, true, true, { &beside, 1 } }, collected.context);
    linux_syslog::parser.parse({ view, { 0, size }, "syslog", 1, true, true, {},
                                   Timestamp::from_unix_seconds(static_cast<std::int64_t>(size) * 86'400 * 50) },
        collected.context);
    return 0;
}
