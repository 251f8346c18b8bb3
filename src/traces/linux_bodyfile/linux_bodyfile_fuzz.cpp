// Bytes taken for each of the files this folder reads.
#include "traces/linux_bodyfile/parser.hpp"
#include "support/linux_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(konseki::linux_bodyfile::parser, { "bodyfile/bodyfile.txt" }, bytes, size);
}
