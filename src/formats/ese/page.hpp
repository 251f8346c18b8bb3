// One page of an ESE database: its header, its nodes and its checksums.
// Not the trees that pages make: database.cpp.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include <cstdint>

namespace konseki::ese {

namespace page_flag {
inline constexpr std::uint32_t root = 0x1, leaf = 0x2, parent_of_leaf = 0x4, empty = 0x8, space_tree = 0x20,
                               index = 0x40, long_value = 0x80, new_record_format = 0x800, new_checksum = 0x2000;
inline constexpr std::uint32_t known = 0x3ffff; // all bits that an engine sets
}

namespace node_flag {
inline constexpr std::uint8_t version = 1, deleted = 2, compressed_key = 4;
}

struct Node {
    std::uint8_t flags = 0;
    std::uint32_t prefix_bytes = 0; // of the page's common key
    ByteView key_suffix;
    ByteView content;
    std::uint64_t offset = 0; // of the content in the file
};

inline constexpr std::uint32_t small_page_bytes_max = 8'192; // larger pages have more checksums and other tags
std::uint64_t page_offset(std::uint32_t number, std::uint32_t page_bytes); // pages count from 1; two headers lie before
bool is_page_size(std::uint32_t page_bytes);

// Views the file.
class Page {
public:
    // Fails where the header or the tag array cannot be true.
    static Result<Page> read(ByteView file, std::uint32_t number, std::uint32_t page_bytes);

    std::uint32_t number() const { return m_number; }
    std::uint64_t offset() const { return m_offset; }
    std::uint32_t object_id() const { return m_object_id; }
    std::uint32_t previous() const { return m_previous; }
    std::uint32_t next() const { return m_next; }
    std::uint32_t flags() const { return m_flags; }
    bool is(std::uint32_t flag) const { return (m_flags & flag) != 0; }
    std::uint32_t node_count() const { return m_tag_count > m_reserved ? m_tag_count - m_reserved : 0; }
    Result<Node> node(std::uint32_t index) const;
    ByteView common_key() const; // what compressed keys begin with; empty on root pages
    bool is_checksum_good() const;

private:
    struct Tag {
        ByteView bytes;
        std::uint32_t offset = 0; // in the page
        std::uint8_t flags = 0;
    };
    Result<Tag> tag(std::uint32_t index) const;
    bool is_small() const { return m_bytes.size() <= small_page_bytes_max; }

    ByteView m_bytes;
    std::uint64_t m_offset = 0;
    std::uint32_t m_number = 0, m_object_id = 0, m_previous = 0, m_next = 0, m_flags = 0;
    std::uint32_t m_tag_count = 0, m_reserved = 1, m_header_bytes = 0;
};

// XOR in the low half, ECC in the high half: what Windows Vista and later store in a page's first eight bytes.
std::uint64_t new_checksum(ByteView block, std::uint32_t page_number, bool is_first_block);
std::uint32_t xor_checksum(ByteView bytes); // headers and older pages; the first four bytes are left out

}
