// Bytes of XML or JSON text in the making, and binary values written straight into it: UTF-16 to escaped UTF-8 without
// a text in between, numbers without a formatter. Not a std::string: nothing is zeroed and every write may run 16 bytes
// over. What a value reads like is value_format's business; both give the same.
#pragma once
#include "formats/evtx/program.hpp"
#include <cstring>
#include <memory>

namespace konseki::evtx {

enum class Escape : std::uint8_t { xml_text, xml_attribute, json };

class TextBuffer {
public:
    TextBuffer();
    void clear() { m_size = 0; }
    std::size_t size() const { return m_size; }
    void shrink(std::size_t size) { m_size = size; }
    char back() const { return m_size == 0 ? '\0' : m_bytes[m_size - 1]; }
    void set_back(char c) { m_bytes[m_size - 1] = c; }
    std::string_view view() const { return { m_bytes.get(), m_size }; }
    void erase(std::size_t place, std::size_t count);

    // `bytes` can be read up to a multiple of 16.
    void put_padded(char const* bytes, std::size_t size)
    {
        reserve(size);
        auto* const out = m_bytes.get() + m_size;
        for (std::size_t i = 0; i < size; i += 16)
            std::memcpy(out + i, bytes + i, 16);
        m_size += size;
    }
    void put(char c)
    {
        reserve(1);
        m_bytes[m_size++] = c;
    }
    template <std::size_t N> void put(char const (&text)[N])
    {
        reserve(N);
        std::memcpy(m_bytes.get() + m_size, text, N - 1);
        m_size += N - 1;
    }
    // The text of a value that is no array. `readable_end`: where the memory behind the value ends.
    void put_shown(Slot slot, Escape escape, std::byte const* readable_end);
    // The same as a JSON value, with quotes where they belong.
    void put_typed(Slot slot, std::byte const* readable_end);

private:
    static constexpr std::size_t slack_bytes = 64;
    void reserve(std::size_t size)
    {
        if (m_capacity - m_size < size + slack_bytes) [[unlikely]]
            grow(size);
    }
    void grow(std::size_t size);
    template <Escape escape> void put_utf16(ByteView bytes, std::byte const* readable_end);
    void put_utf8(std::string_view text, Escape escape);
    bool put_number(Slot slot);
    bool put_fixed(Slot slot);
    template <typename T> void put_integer(Slot slot);
    template <typename T> void put_hex(Slot slot);
    void put_sid(Slot slot);
    void put_hex_bytes(Slot slot);

    std::unique_ptr<char[]> m_bytes;
    std::size_t m_size = 0, m_capacity = 0;
    std::string m_text, m_escaped; // of odd types
};

}
