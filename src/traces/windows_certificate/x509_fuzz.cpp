#include "traces/windows_certificate/x509.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    (void)konseki::windows_certificate::read_certificate(std::as_bytes(std::span { bytes, size }));
    return 0;
}
