#include "support/linux_fuzz.hpp"
#include "traces/linux_kernel_config/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_kernel_config::parser,
        { "/etc/modprobe.d/x.conf", "/boot/grub/grub.cfg", "/etc/sysctl.conf", "/etc/binfmt.d/x.conf",
            "/var/lib/binfmts/x", "/etc/default/grub", "/boot/loader/entries/x.conf", "/etc/modules",
            "/etc/kernel/cmdline" },
        bytes, size);
}
