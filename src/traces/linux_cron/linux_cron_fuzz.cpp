#include "traces/linux_cron/parser.hpp"
#include "support/linux_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_cron::parser,
        { "/etc/crontab", "/var/spool/cron/crontabs/root", "/etc/anacrontab", "/var/spool/at/a0000301a2b3c4",
            "/etc/cron.deny" },
        bytes, size);
}
