#include "formats/journal/hash.hpp"
#include <bit>
#include <cstring>

namespace konseki::journal {

namespace {

template <typename T> T load(std::byte const* from, std::size_t size = sizeof(T))
{
    T value = 0;
    std::memcpy(&value, from, size);
    return value;
}

struct Lookup3 {
    std::uint32_t a = 0, b = 0, c = 0;

    void mix()
    {
        a -= c, a ^= std::rotl(c, 4), c += b;
        b -= a, b ^= std::rotl(a, 6), a += c;
        c -= b, c ^= std::rotl(b, 8), b += a;
        a -= c, a ^= std::rotl(c, 16), c += b;
        b -= a, b ^= std::rotl(a, 19), a += c;
        c -= b, c ^= std::rotl(b, 4), b += a;
    }
    void finish()
    {
        c ^= b, c -= std::rotl(b, 14);
        a ^= c, a -= std::rotl(c, 11);
        b ^= a, b -= std::rotl(a, 25);
        c ^= b, c -= std::rotl(b, 16);
        a ^= c, a -= std::rotl(c, 4);
        b ^= a, b -= std::rotl(a, 14);
        c ^= b, c -= std::rotl(b, 24);
    }
};

struct SipState {
    std::uint64_t v0 = 0, v1 = 0, v2 = 0, v3 = 0;

    void round()
    {
        v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
        v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
    }
    void add(std::uint64_t word)
    {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }
};

}

std::uint64_t jenkins_hash64(ByteView bytes)
{
    auto const start = 0xdead'beefU + static_cast<std::uint32_t>(bytes.size());
    Lookup3 state { start, start, start };
    auto const* at = bytes.data();
    auto left = bytes.size();
    if (left == 0)
        return (std::uint64_t { state.c } << 32) | state.b;
    for (; left > 12; left -= 12, at += 12) {
        state.a += load<std::uint32_t>(at);
        state.b += load<std::uint32_t>(at + 4);
        state.c += load<std::uint32_t>(at + 8);
        state.mix();
    }
    // The last bytes, as if zeros followed.
    std::array<std::byte, 12> last {};
    std::memcpy(last.data(), at, left);
    state.a += load<std::uint32_t>(last.data());
    state.b += load<std::uint32_t>(last.data() + 4);
    state.c += load<std::uint32_t>(last.data() + 8);
    state.finish();
    return (std::uint64_t { state.c } << 32) | state.b;
}

std::uint64_t siphash24(ByteView bytes, std::array<std::byte, 16> const& key)
{
    auto const k0 = load<std::uint64_t>(key.data());
    auto const k1 = load<std::uint64_t>(key.data() + 8);
    SipState state { k0 ^ 0x736f'6d65'7073'6575ULL, k1 ^ 0x646f'7261'6e64'6f6dULL, k0 ^ 0x6c79'6765'6e65'7261ULL,
        k1 ^ 0x7465'6462'7974'6573ULL };
    std::size_t at = 0;
    for (; bytes.size() - at >= 8; at += 8)
        state.add(load<std::uint64_t>(bytes.data() + at));
    auto last = std::uint64_t { bytes.size() } << 56;
    if (at < bytes.size())
        last |= load<std::uint64_t>(bytes.data() + at, bytes.size() - at);
    state.add(last);
    state.v2 ^= 0xff;
    for (int i = 0; i < 4; ++i)
        state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}
