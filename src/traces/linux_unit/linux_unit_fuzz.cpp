#include "support/linux_fuzz.hpp"
#include "traces/linux_unit/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_unit::parser,
        { "/etc/systemd/system/a.service", "/etc/systemd/system/a.timer", "/etc/systemd/system/a.service.d/b.conf",
            "/etc/systemd/system/a.socket", "/etc/systemd/system.conf" },
        bytes, size);
}
