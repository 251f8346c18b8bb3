#include "support/linux_fuzz.hpp"
#include "traces/linux_trust/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_trust::parser,
        { "/etc/hosts", "/usr/local/share/ca-certificates/x.crt", "/etc/apt/sources.list",
            "/etc/apt/sources.list.d/x.sources", "/etc/selinux/config", "/etc/default/apparmor",
            "/etc/audit/audit.rules", "/etc/audit/plugins.d/x.conf", "/etc/cloud/cloud.cfg" },
        bytes, size);
}
