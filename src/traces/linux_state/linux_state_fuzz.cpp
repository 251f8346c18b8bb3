// Bytes taken for each of the files this folder reads.
#include "support/linux_fuzz.hpp"
#include "traces/linux_state/parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    return konseki::test::fuzz_linux(
        konseki::linux_state::parser, { "state/files.jsonl", "konseki-collection.json" }, bytes, size);
}
