// The compressions of ESE columns: 7-bit text and plain LZ77 (XPRESS of [MS-XCA] 2.3/2.4).
// Not XPRESS with Huffman codes (bytes/xpress_huffman.hpp), nor XPRESS9/10, which only Exchange writes.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include <vector>

namespace konseki::ese {

// The first byte says which compression it is. Gives the bytes, or an error; what came out before the damage is left in
// `partial` where that is asked for. At most 64 KiB by the format.
Result<std::vector<std::byte>> decompress(ByteView compressed, std::vector<std::byte>* partial = nullptr);
Result<std::vector<std::byte>> decompress_xpress(
    ByteView compressed, std::uint64_t size_bytes, std::vector<std::byte>* partial = nullptr);

}
