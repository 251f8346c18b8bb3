#include "support/linux_fuzz.hpp"
#include "traces/linux_sudo/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_sudo::parser,
        { "/etc/sudoers", "/etc/doas.conf", "/etc/polkit-1/rules.d/x.rules", "/etc/polkit-1/actions/x.policy",
            "/etc/polkit-1/localauthority/x/x.pkla", "/etc/sudo.conf" },
        bytes, size);
}
