// Cells of keys and values as they lie in the hive: fields read in place, nothing copied. Key and Value are made from
// them. Not the lists that lead to cells, nor what to say about a bad one: that is Hive.
// Source: msuhanov/regf, "Key node", "Key value"; offsets there count from the cell's content as here.
#pragma once
#include "base/byte_view.hpp"
#include "base/timestamp.hpp"
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>

namespace konseki::regf {

inline constexpr std::size_t key_bytes_min = 76; // [regf, key node] without its name
inline constexpr std::size_t value_bytes_min = 20; // [regf, key value] without its name

// A little-endian field at a place that is there for certain: what could run over the end does not compile.
template <typename T, std::size_t at, std::size_t size> T field(std::span<std::byte const, size> bytes)
{
    static_assert(at + sizeof(T) <= size);
    T value {};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

// One item of a list of offsets; `position` counts bytes and is checked as every view of a span is.
inline std::uint32_t item_at(ByteView list, std::size_t position)
{
    return field<std::uint32_t, 0>(list.subspan(position).first<4>());
}

// The bytes of a cell behind its size field; of a cell that runs over the end of a cut file, those that are there.
// Nothing where no cell can be.
inline std::optional<ByteView> cell_content(ByteView bins, std::uint32_t cell_offset)
{
    if (cell_offset % 8 != 0 || bins.size() < 4 || cell_offset > bins.size() - 4)
        return std::nullopt;
    auto const cell = bins.last(bins.size() - cell_offset);
    auto const stored = std::int64_t { field<std::int32_t, 0>(cell.first<4>()) };
    auto const size = static_cast<std::uint64_t>(stored < 0 ? -stored : stored); // negative: allocated
    if (size < 8)
        return std::nullopt;
    auto const there = std::min<std::uint64_t>(size, cell.size());
    return cell.first(there).last(there - 4);
}

// Has a cell fetched while others are read: the lists of a hive lead to all places of it.
inline void prefetch_cell(ByteView bins, std::uint32_t cell_offset)
{
    constexpr std::size_t line_bytes = 64; // the fixed fields of a key are longer
    if (bins.size() >= 2 * line_bytes && cell_offset <= bins.size() - 2 * line_bytes) {
        __builtin_prefetch(&bins[cell_offset]);
        __builtin_prefetch(&bins[cell_offset + line_bytes]);
    }
}

// Without a loop over single bytes: names are short, and what is left over is looked at together with what was.
inline bool is_ascii(std::string_view text)
{
    auto const bytes = as_bytes(text);
    std::uint64_t seen = 0;
    if (bytes.size() >= 8) {
        for (auto rest = bytes; rest.size() > 8; rest = rest.last(rest.size() - 8))
            seen |= field<std::uint64_t, 0>(rest.first<8>());
        seen |= field<std::uint64_t, 0>(bytes.last<8>());
    } else if (bytes.size() >= 4) {
        seen = field<std::uint32_t, 0>(bytes.first<4>()) | field<std::uint32_t, 0>(bytes.last<4>());
    } else {
        for (auto const byte : bytes)
            seen |= std::to_integer<std::uint64_t>(byte);
    }
    return (seen & 0x8080'8080'8080'8080) == 0;
}

// COMP_NAME says "ASCII"; what is stored is the low byte of each character, that is Latin-1. Otherwise UTF-16LE.
struct StoredName {
    ByteView bytes;
    bool is_latin1 = false;

    std::string text() const;
    void append_to(std::string& target) const
    {
        if (is_latin1 && is_ascii(as_text(bytes))) [[likely]]
            target += as_text(bytes);
        else
            append_decoded(target);
    }
    void assign_to(std::string& target) const
    {
        target.clear();
        append_to(target);
    }
    bool equals(std::string_view text) const; // without case

private:
    void append_decoded(std::string& target) const;
};

// A key node, all of whose fixed fields and name are there.
class KeyCell {
public:
    // Nothing where the content is no key, or ends too early for one.
    static std::optional<KeyCell> read(std::uint32_t cell_offset, ByteView content)
    {
        if (content.size() < key_bytes_min)
            return std::nullopt;
        auto const fields = content.first<key_bytes_min>();
        auto const behind = content.last(content.size() - key_bytes_min);
        auto const name_size = field<std::uint16_t, 72>(fields);
        if (field<std::uint16_t, 0>(fields) != magic || name_size > behind.size())
            return std::nullopt;
        return KeyCell { cell_offset, content.size(), fields, behind.first(name_size) };
    }

    std::uint32_t cell_offset() const { return m_cell_offset; }
    std::uint64_t size_bytes() const { return m_content_bytes + 4; } // of the cell
    std::uint16_t flags() const { return field<std::uint16_t, 2>(m_fields); }
    Timestamp written_at() const { return Timestamp::from_filetime(field<std::uint64_t, 4>(m_fields)); }
    std::uint32_t parent() const { return field<std::uint32_t, 16>(m_fields); }
    std::uint32_t subkey_count() const { return field<std::uint32_t, 20>(m_fields); }
    std::uint32_t subkey_list() const { return field<std::uint32_t, 28>(m_fields); }
    std::uint32_t value_count() const { return field<std::uint32_t, 36>(m_fields); }
    std::uint32_t value_list() const { return field<std::uint32_t, 40>(m_fields); }
    std::uint32_t security() const { return field<std::uint32_t, 44>(m_fields); }
    std::uint32_t class_name() const { return field<std::uint32_t, 48>(m_fields); }
    std::uint16_t class_name_bytes() const { return field<std::uint16_t, 74>(m_fields); }
    StoredName name() const { return { m_name, (flags() & flag_compressed_name) != 0 }; }

private:
    using Fields = std::span<std::byte const, key_bytes_min>;
    static constexpr std::uint16_t magic = 0x6b6e; // "nk"
    static constexpr std::uint16_t flag_compressed_name = 0x0020;

    KeyCell(std::uint32_t cell_offset, std::uint64_t content_bytes, Fields fields, ByteView name)
        : m_cell_offset(cell_offset)
        , m_content_bytes(content_bytes)
        , m_fields(fields)
        , m_name(name)
    {
    }

    std::uint32_t m_cell_offset;
    std::uint64_t m_content_bytes;
    Fields m_fields;
    ByteView m_name;
};

// A key value, all of whose fixed fields and name are there. Where its data lies is only what it says.
class ValueCell {
public:
    static std::optional<ValueCell> read(std::uint32_t cell_offset, ByteView content)
    {
        if (content.size() < value_bytes_min)
            return std::nullopt;
        auto const fields = content.first<value_bytes_min>();
        auto const behind = content.last(content.size() - value_bytes_min);
        auto const name_size = field<std::uint16_t, 2>(fields);
        if (field<std::uint16_t, 0>(fields) != magic || name_size > behind.size())
            return std::nullopt;
        return ValueCell { cell_offset, content.size(), fields, behind.first(name_size) };
    }

    std::uint32_t cell_offset() const { return m_cell_offset; }
    std::uint64_t size_bytes() const { return m_content_bytes + 4; } // of the cell
    bool is_resident() const { return (field<std::uint32_t, 4>(m_fields) & resident_flag) != 0; }
    std::uint32_t data_size() const { return field<std::uint32_t, 4>(m_fields) & ~resident_flag; }
    std::uint32_t data_offset() const { return field<std::uint32_t, 8>(m_fields); }
    ByteView resident_data() const { return m_fields.subspan<8, 4>().first(std::min<std::size_t>(data_size(), 4)); }
    std::uint32_t type() const { return field<std::uint32_t, 12>(m_fields); }
    std::uint16_t flags() const { return field<std::uint16_t, 16>(m_fields); }
    StoredName name() const { return { m_name, (flags() & flag_compressed_name) != 0 }; }

private:
    using Fields = std::span<std::byte const, value_bytes_min>;
    static constexpr std::uint16_t magic = 0x6b76; // "vk"
    static constexpr std::uint16_t flag_compressed_name = 0x0001;
    static constexpr std::uint32_t resident_flag = 0x8000'0000;

    ValueCell(std::uint32_t cell_offset, std::uint64_t content_bytes, Fields fields, ByteView name)
        : m_cell_offset(cell_offset)
        , m_content_bytes(content_bytes)
        , m_fields(fields)
        , m_name(name)
    {
    }

    std::uint32_t m_cell_offset;
    std::uint64_t m_content_bytes;
    Fields m_fields;
    ByteView m_name;
};

}
