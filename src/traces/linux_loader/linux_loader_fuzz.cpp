#include "support/linux_fuzz.hpp"
#include "traces/linux_loader/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_loader::parser,
        { "/etc/ld.so.preload", "/etc/ld.so.conf", "chkrootkit/etc_ld_so_preload.txt" }, bytes, size);
}
