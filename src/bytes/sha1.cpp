#include "bytes/sha1.hpp"
#include "base/text.hpp"
#include <bit>
#include <vector>

namespace konseki {

namespace {

constexpr std::size_t block_bytes = 64;

struct State {
    std::array<std::uint32_t, 5> words { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };

    void add(ByteView block) // [FIPS 180-4, 6.1.2]
    {
        std::array<std::uint32_t, 80> schedule {};
        for (std::size_t i = 0; i < block_bytes; ++i)
            schedule[i / 4] = schedule[i / 4] << 8 | std::to_integer<std::uint32_t>(block[i]);
        for (std::size_t i = 16; i < schedule.size(); ++i)
            schedule[i] = std::rotl(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
        auto [a, b, c, d, e] = words;
        for (std::size_t i = 0; i < schedule.size(); ++i) {
            std::uint32_t mixed = b ^ c ^ d, constant = i < 40 ? 0x6ed9eba1 : 0xca62c1d6;
            if (i < 20) {
                mixed = (b & c) | (~b & d);
                constant = 0x5a827999;
            } else if (i >= 40 && i < 60) {
                mixed = (b & c) | (b & d) | (c & d);
                constant = 0x8f1bbcdc;
            }
            auto const next = std::rotl(a, 5) + mixed + e + constant + schedule[i];
            e = d;
            d = c;
            c = std::rotl(b, 30);
            b = a;
            a = next;
        }
        words = { words[0] + a, words[1] + b, words[2] + c, words[3] + d, words[4] + e };
    }
};

}

Sha1 sha1(ByteView bytes)
{
    State state;
    auto rest = bytes;
    for (; rest.size() >= block_bytes; rest = rest.subspan(block_bytes))
        state.add(rest.first(block_bytes));
    std::vector<std::byte> tail { rest.begin(), rest.end() };
    tail.push_back(std::byte { 0x80 });
    while (tail.size() % block_bytes != block_bytes - 8)
        tail.push_back(std::byte {});
    for (unsigned i = 0; i < 8; ++i)
        tail.push_back(static_cast<std::byte>((std::uint64_t { bytes.size() } * 8) >> (56 - 8 * i)));
    for (std::size_t at = 0; at < tail.size(); at += block_bytes)
        state.add(ByteView(tail).subspan(at, block_bytes));
    Sha1 digest {};
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::byte>(state.words[i / 4] >> (24 - 8 * (i % 4)));
    return digest;
}

std::string to_string(Sha1 const& digest)
{
    std::string text;
    for (auto const byte : digest)
        append_format(text, "{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

}
