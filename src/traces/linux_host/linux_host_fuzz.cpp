// Bytes taken for each of the files this folder reads.
#include "support/linux_fuzz.hpp"
#include "traces/linux_host/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(
        konseki::linux_host::parser, { "/etc/os-release", "/etc/hostname", "/etc/redhat-release" }, bytes, size);
}
