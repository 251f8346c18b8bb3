// Scratch memory that is given back all at once. Views into it die with reset().
// Not an allocator for results: what outlives the piece of evidence is copied into a batch.
#pragma once
#include "base/byte_view.hpp"
#include <memory>
#include <string_view>
#include <vector>

namespace konseki {

class Arena {
public:
    explicit Arena(std::size_t block_bytes = 65'536)
        : m_block_bytes(block_bytes)
    {
    }

    std::span<char> allocate(std::size_t size_bytes);
    std::string_view copy(std::string_view text);
    // Give back the unused end of the latest allocation.
    void shrink_last(std::span<char> allocated, std::size_t used_bytes);
    void reset(); // keeps the first block
    std::size_t used_bytes() const { return m_used_total; }

private:
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };
    std::size_t m_block_bytes;
    std::vector<Block> m_blocks;
    std::size_t m_block = 0; // the block in use
    std::size_t m_used = 0; // bytes used in it
    std::size_t m_used_total = 0;
};

}
