#include "traces/windows_ese/bits.hpp"
#include <span>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    konseki::ByteView const blob = std::as_bytes(std::span { bytes, size });
    (void)konseki::windows_ese::read_bits_job(blob, 0);
    (void)konseki::windows_ese::read_bits_file(blob, 0);
    return 0;
}
