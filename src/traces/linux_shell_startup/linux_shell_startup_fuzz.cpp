#include "support/linux_fuzz.hpp"
#include "traces/linux_shell_startup/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_shell_startup::parser,
        { "/root/.bashrc", "/etc/environment", "/root/.config/fish/config.fish", "/root/.pam_environment" }, bytes,
        size);
}
