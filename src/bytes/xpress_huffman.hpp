// LZ77+Huffman ("XPRESS Huffman") of [MS-XCA] 2.1/2.2: prefetch files (MAM), compressed WIM and NTFS streams.
// Not plain LZ77 nor LZNT1.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include <vector>

namespace konseki {

// Gives exactly size_bytes, or an error; the caller has checked size_bytes against a limit. What came out before the
// damage is left in `partial` where that is asked for.
Result<std::vector<std::byte>> decompress_xpress_huffman(
    ByteView compressed, std::uint64_t size_bytes, std::vector<std::byte>* partial = nullptr);

}
