#include "formats/pkcs7/pkcs7.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size)
{
    (void)konseki::pkcs7::read(std::as_bytes(std::span { bytes, size }));
    return 0;
}
