#include "support/linux_fuzz.hpp"
#include "traces/linux_ssh/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_ssh::parser,
        { "/root/.ssh/authorized_keys", "/etc/ssh/sshd_config", "/root/.ssh/config", "/etc/ssh/ssh_host_rsa_key.pub" },
        bytes, size);
}
