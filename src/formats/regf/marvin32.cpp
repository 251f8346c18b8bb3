#include "formats/regf/marvin32.hpp"
#include <bit>
#include <cstring>

namespace konseki::regf {

namespace {

struct State {
    std::uint32_t low, high;

    void mix(std::uint32_t value)
    {
        low += value;
        high ^= low;
        low = std::rotl(low, 20) + high;
        high = std::rotl(high, 9) ^ low;
        low = std::rotl(low, 27) + high;
        high = std::rotl(high, 19);
    }
};

// The specification prints the seed in byte order (82 EF 4D 88 7A 4E 55 C5); as a number it reads so. Proven on
// SYSTEM_B.LOG1.
constexpr std::uint64_t seed = 0x82EF'4D88'7A4E'55C5;

}

std::uint64_t marvin32(ByteView bytes)
{
    State state { static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32) };
    std::size_t position = 0;
    for (; bytes.size() - position >= 4; position += 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, bytes.data() + position, 4);
        state.mix(word);
    }
    // The last 0 to 3 bytes, with 0x80 behind them.
    std::uint32_t last = 0x80;
    for (auto i = bytes.size(); i > position; --i)
        last = (last << 8) | std::to_integer<std::uint32_t>(bytes[i - 1]);
    state.mix(last);
    state.mix(0);
    return (std::uint64_t { state.high } << 32) | state.low;
}

}
