#include "support/linux_fuzz.hpp"
#include "traces/linux_pam/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_pam::parser, { "/etc/pam.d/sshd", "/etc/pam.conf" }, bytes, size);
}
