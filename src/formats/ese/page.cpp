#include "formats/ese/page.hpp"
#include "bytes/byte_reader.hpp"
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace konseki::ese {

namespace {

constexpr std::uint32_t header_bytes_small = 40, header_bytes_large = 80;
constexpr std::uint32_t block_words_max = 8'192 / 4;

std::uint32_t word_at(ByteView bytes, std::size_t offset)
{
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + offset, sizeof word);
    return word;
}

std::uint64_t quad_at(ByteView bytes, std::size_t offset)
{
    return word_at(bytes, offset) | static_cast<std::uint64_t>(word_at(bytes, offset + 4)) << 32;
}

std::uint32_t parity(std::uint32_t word)
{
    return static_cast<std::uint32_t>(std::popcount(word)) & 1U;
}

}

std::uint64_t page_offset(std::uint32_t number, std::uint32_t page_bytes)
{
    return (static_cast<std::uint64_t>(number) + 1) * page_bytes;
}

bool is_page_size(std::uint32_t page_bytes)
{
    return page_bytes >= 2'048 && page_bytes <= 32'768 && std::has_single_bit(page_bytes);
}

// The ECC holds two sums over the set bits of a block: of their numbers, and of the complements of their numbers. A
// single flipped bit changes both by its own number, which is how an engine finds it. Halving the block once for each
// bit of a word's number gives the sums with two XORs a word.
std::uint64_t new_checksum(ByteView block, std::uint32_t page_number, bool is_first_block)
{
    std::array<std::uint32_t, block_words_max> words {};
    auto const count = std::bit_floor(std::min<std::size_t>(block.size() / 4, words.size()));
    if (count < 2)
        return 0;
    std::memcpy(words.data(), block.data(), count * 4);
    if (is_first_block)
        words[0] = words[1] = 0; // the checksum itself
    std::uint32_t low = 0;
    for (auto half = count / 2; half >= 1; half /= 2) {
        std::uint32_t upper = 0;
        for (std::size_t i = 0; i < half; ++i) {
            upper ^= words[half + i];
            words[i] ^= words[half + i];
        }
        low |= parity(upper) * static_cast<std::uint32_t>(half * 32);
    }
    auto const all = words[0];
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
        if ((all >> bit & 1U) != 0)
            low ^= bit;
    }
    auto const mask = static_cast<std::uint32_t>(count * 32 - 1);
    auto const high = parity(all) != 0 ? ~low & mask : low;
    return static_cast<std::uint64_t>(high << 16 | low) << 32 | (all ^ page_number);
}

std::uint32_t xor_checksum(ByteView bytes)
{
    std::uint32_t sum = 0x89abcdef;
    for (std::size_t offset = 4; offset + 4 <= bytes.size(); offset += 4)
        sum ^= word_at(bytes, offset);
    return sum;
}

Result<Page> Page::read(ByteView file, std::uint32_t number, std::uint32_t page_bytes)
{
    Page page;
    page.m_number = number;
    page.m_offset = page_offset(number, page_bytes);
    page.m_bytes = TRY(slice(file, page.m_offset, page_bytes, "ese.page"));
    ByteReader reader { page.m_bytes, page.m_offset };
    reader.skip(16, "ese.page.checksum");
    page.m_previous = reader.u32("ese.page.previous");
    page.m_next = reader.u32("ese.page.next");
    page.m_object_id = reader.u32("ese.page.object_id");
    reader.skip(6, "ese.page.free");
    // The upper four bits count tags in front of the nodes since Windows 10; zero means the one that always was.
    auto const tags = reader.u16("ese.page.tags");
    page.m_flags = reader.u32("ese.page.flags");
    TRY(reader.status());
    page.m_tag_count = tags & 0x0fffU;
    page.m_reserved = std::max<std::uint32_t>(tags >> 12U, 1);
    page.m_header_bytes = page.is_small() ? header_bytes_small : header_bytes_large;
    if ((page.m_flags & ~page_flag::known) != 0)
        return Error { ErrorCode::bad_value, "ese.page.flags", page.m_offset, 0, page.m_flags, {} };
    if (page.m_header_bytes + page.m_tag_count * 4 > page_bytes)
        return Error { ErrorCode::bad_count, "ese.page.tags", page.m_offset, page.m_tag_count, 0, {} };
    return page;
}

// Tags grow down from the page's end: size, then offset behind the header. Small pages keep three flags in the upper
// bits of the offset, large ones in the first word of the node.
Result<Page::Tag> Page::tag(std::uint32_t index) const
{
    auto const place = m_bytes.size() - 4 * (static_cast<std::size_t>(index) + 1);
    auto const word = word_at(m_bytes, place);
    std::uint32_t const mask = is_small() ? 0x1fff : 0x7fff;
    auto const size = word & mask;
    Tag tag;
    tag.offset = m_header_bytes + (word >> 16 & mask);
    auto const end = m_bytes.size() - std::size_t { m_tag_count } * 4;
    if (tag.offset + size > end)
        return Error { ErrorCode::bad_offset, "ese.tag", m_offset + place, tag.offset + size, end, {} };
    tag.bytes = m_bytes.subspan(tag.offset, size);
    if (is_small())
        tag.flags = static_cast<std::uint8_t>(word >> 29);
    else if (size >= 2)
        tag.flags = static_cast<std::uint8_t>(std::to_integer<unsigned>(tag.bytes[1]) >> 5);
    return tag;
}

Result<Node> Page::node(std::uint32_t index) const
{
    if (index >= node_count())
        return Error { ErrorCode::bad_offset, "ese.node", m_offset, index, node_count(), {} };
    auto const found = TRY(tag(index + m_reserved));
    Node node;
    node.flags = found.flags;
    ByteReader reader { found.bytes, m_offset + found.offset };
    if ((found.flags & node_flag::compressed_key) != 0)
        node.prefix_bytes = reader.u16("ese.node.prefix") & 0x1fffU;
    auto const suffix_bytes = reader.u16("ese.node.key") & 0x1fffU;
    node.key_suffix = reader.take(suffix_bytes, "ese.node.key");
    TRY(reader.status());
    node.offset = reader.offset();
    node.content = reader.rest();
    return node;
}

ByteView Page::common_key() const
{
    if (is(page_flag::root) || m_tag_count == 0)
        return {};
    auto const first = tag(0);
    return first.ok() ? first.value().bytes : ByteView {};
}

bool Page::is_checksum_good() const
{
    if (!is(page_flag::new_checksum))
        return word_at(m_bytes, 0) == xor_checksum(m_bytes) && word_at(m_bytes, 4) == m_number;
    if (is_small())
        return quad_at(m_bytes, 0) == new_checksum(m_bytes, m_number, true);
    // [checksumu.cxx] 16 KiB pages have four blocks of 4 KiB, 32 KiB pages four of 8 KiB; the sums of the last three
    // lie behind the small header.
    auto const block_bytes = m_bytes.size() / 4;
    if (quad_at(m_bytes, 0) != new_checksum(m_bytes.first(block_bytes), m_number, true))
        return false;
    for (std::size_t i = 1; i < 4; ++i) {
        auto const stored = quad_at(m_bytes, header_bytes_small + (i - 1) * 8);
        if (stored != new_checksum(m_bytes.subspan(i * block_bytes, block_bytes), m_number, false))
            return false;
    }
    return true;
}

}
