#include "base/arena.hpp"
#include "base/result.hpp"
#include <algorithm>

namespace konseki {

std::span<char> Arena::allocate(std::size_t size_bytes)
{
    while (m_block < m_blocks.size() && m_blocks[m_block].size - m_used < size_bytes) {
        ++m_block;
        m_used = 0;
    }
    if (m_block == m_blocks.size()) {
        auto const size = std::max(m_block_bytes, size_bytes);
        m_blocks.push_back({ std::make_unique_for_overwrite<char[]>(size), size });
        m_used = 0;
    }
    auto const start = m_used;
    m_used += size_bytes;
    m_used_total += size_bytes;
    return std::span { m_blocks[m_block].bytes.get(), m_blocks[m_block].size }.subspan(start, size_bytes);
}

std::string_view Arena::copy(std::string_view text)
{
    auto const target = allocate(text.size());
    std::ranges::copy(text, target.begin());
    return { target.data(), target.size() };
}

void Arena::shrink_last(std::span<char> allocated, std::size_t used_bytes)
{
    VERIFY(used_bytes <= allocated.size() && allocated.size() <= m_used);
    m_used -= allocated.size() - used_bytes;
    m_used_total -= allocated.size() - used_bytes;
}

void Arena::reset()
{
    if (m_blocks.size() > 1)
        m_blocks.resize(1);
    m_block = 0;
    m_used = 0;
    m_used_total = 0;
}

}
