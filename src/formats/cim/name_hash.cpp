#include "base/utf8.hpp"
#include "bytes/sha256.hpp"
#include "bytes/utf16.hpp"
#include "formats/cim/cim.hpp"
#include <array>
#include <bit>
#include <cmath>

namespace konseki::cim {

namespace {

// [RFC 1321] 3.4. Names are short: no streaming. Not for identities of evidence, only for what Windows XP named so.
class Md5 {
public:
    std::array<std::uint8_t, 16> digest(std::string_view text)
    {
        std::string padded { text };
        padded += '\x80';
        while (padded.size() % block_bytes != block_bytes - 8)
            padded += '\0';
        auto const bits = static_cast<std::uint64_t>(text.size()) * 8;
        for (unsigned i = 0; i < 8; ++i)
            padded += static_cast<char>((bits >> (8 * i)) & 0xff);
        for (std::size_t at = 0; at < padded.size(); at += block_bytes)
            add_block(std::string_view(padded).substr(at, block_bytes));
        std::array<std::uint8_t, 16> result {};
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = static_cast<std::uint8_t>(m_state[i / 4] >> (8 * (i % 4)));
        return result;
    }

private:
    static constexpr std::size_t block_bytes = 64;

    static std::uint32_t constant(unsigned step)
    {
        return static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(step) + 1)) * 0x1p32));
    }

    void add_block(std::string_view block)
    {
        static constexpr std::array<std::array<int, 4>, 4> shifts { { { 7, 12, 17, 22 }, { 5, 9, 14, 20 },
            { 4, 11, 16, 23 }, { 6, 10, 15, 21 } } };
        std::array<std::uint32_t, 16> words {};
        for (std::size_t i = 0; i < block_bytes; ++i)
            words[i / 4] |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(block[i])) << (8 * (i % 4));
        auto [a, b, c, d] = m_state;
        for (unsigned step = 0; step < block_bytes; ++step) {
            std::uint32_t mixed = 0;
            unsigned word = 0;
            switch (step / 16) {
            case 0: mixed = (b & c) | (~b & d), word = step; break;
            case 1: mixed = (d & b) | (~d & c), word = 5 * step + 1; break;
            case 2: mixed = b ^ c ^ d, word = 3 * step + 5; break;
            default: mixed = c ^ (b | ~d), word = 7 * step; break;
            }
            auto const rotated = std::rotl(a + mixed + constant(step) + words[word % 16], shifts[step / 16][step % 4]);
            a = d;
            d = c;
            c = b;
            b += rotated;
        }
        m_state = { m_state[0] + a, m_state[1] + b, m_state[2] + c, m_state[3] + d };
    }

    std::array<std::uint32_t, 4> m_state { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
};

std::string hex_of(ByteView bytes)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (auto const byte : bytes) {
        text += digits[std::to_integer<std::size_t>(byte) >> 4];
        text += digits[std::to_integer<std::size_t>(byte) & 0xf];
    }
    return text;
}

// ASCII, Latin-1, and the plain halves of Greek and Cyrillic: what names of classes and namespaces are made of. A name
// in other letters that have a case gets a hash of its own, and its namespace is then shown as one that nothing names.
std::uint32_t upper(std::uint32_t unit)
{
    bool const is_latin = (unit >= 'a' && unit <= 'z') || (unit >= 0xe0 && unit <= 0xfe && unit != 0xf7);
    if (is_latin || (unit >= 0x3b1 && unit <= 0x3c9 && unit != 0x3c2) || (unit >= 0x430 && unit <= 0x44f))
        return unit - 0x20;
    return unit >= 0x450 && unit <= 0x45f ? unit - 0x50 : unit;
}

}

std::string name_hash(std::string_view name, HashKind kind)
{
    auto utf16 = utf16le_from_utf8(name);
    for (std::size_t i = 0; i + 1 < utf16.size(); i += 2) {
        auto const unit = static_cast<std::uint32_t>(
            static_cast<std::uint8_t>(utf16[i]) | (static_cast<std::uint8_t>(utf16[i + 1]) << 8));
        auto const changed = upper(unit);
        utf16[i] = static_cast<char>(changed & 0xff);
        utf16[i + 1] = static_cast<char>(changed >> 8);
    }
    if (kind == HashKind::md5) {
        auto const digest = Md5 {}.digest(utf16);
        return hex_of(std::as_bytes(std::span { digest }));
    }
    return hex_of(sha256(as_bytes(utf16)).bytes);
}

}
