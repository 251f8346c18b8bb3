#include "intake/cms.hpp"
#include <span>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    (void)konseki::intake::read_envelope(std::as_bytes(std::span { bytes, size }));
    return 0;
}
