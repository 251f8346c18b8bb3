// Unpacks the payload of a compressed DATA object: LZ4 (with its size in front), XZ, ZSTD; never more than is allowed.
// Not a general unpacker: intake/unpack.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include <memory>
#include <string>

namespace konseki::journal {

// One LZ4 block (lz4_Block_format.md): exactly size_bytes come out, or an error; target then holds what came before it.
Result<void> decompress_lz4_block(ByteView packed, std::uint64_t size_bytes, std::string& target);

class Decompressor {
public:
    explicit Decompressor(std::uint64_t bytes_max);
    ~Decompressor();
    Decompressor(Decompressor&&) noexcept;
    Decompressor& operator=(Decompressor&&) noexcept;

    // flags of the object: 1 XZ, 2 LZ4, 4 ZSTD. The view is valid until the next call.
    Result<ByteView> unpack(ByteView packed, std::uint8_t flags);

private:
    Result<void> unpack_lz4(ByteView packed);
    Result<void> unpack_xz(ByteView packed);
    Result<void> unpack_zstd(ByteView packed);

    struct State;
    std::unique_ptr<State> m_state;
    std::uint64_t m_bytes_max;
    std::string m_out;
};

}
