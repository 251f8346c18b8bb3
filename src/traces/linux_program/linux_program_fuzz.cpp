#include "support/linux_fuzz.hpp"
#include "traces/linux_program/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_program::parser,
        { "/etc/cron.daily/x", "/etc/update-motd.d/00-x", "/x/.git/hooks/y" }, bytes, size);
}
