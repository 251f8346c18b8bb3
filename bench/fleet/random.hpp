// Numbers that look random and are the same on every machine for the same seed.
// Not for keys: anybody can predict them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace konseki::fleet {

class Random {
public:
    explicit Random(std::uint64_t seed)
        : m_state(seed)
    {
    }
    // Another stream for a part that must not shift when something before it draws more numbers.
    Random stream(std::string_view name) const
    {
        std::uint64_t hash = m_state ^ 0xcbf29ce484222325ULL;
        for (auto const c : name)
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
        return Random(hash);
    }
    std::uint64_t next() // splitmix64
    {
        m_state += 0x9e3779b97f4a7c15ULL;
        auto z = m_state;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31U);
    }
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }
    std::size_t between(std::size_t least, std::size_t most) { return least + below(most - least + 1); }
    double share() { return static_cast<double>(next() >> 11U) / 9007199254740992.0; }
    bool chance(double probability) { return share() < probability; }
    template <typename Container> auto const& pick(Container const& all) { return all[below(all.size())]; }

    std::string from(std::string_view alphabet, std::size_t count)
    {
        std::string text;
        for (std::size_t at = 0; at < count; ++at)
            text += alphabet[below(alphabet.size())];
        return text;
    }
    std::string hex(std::size_t digits) { return from("0123456789abcdef", digits); }
    std::string digits(std::size_t count) { return from("123456789", 1) + from("0123456789", count - 1); }
    std::string letters(std::size_t count) { return from("abcdefghijklmnopqrstuvwxyz", count); }
    std::string guid() { return hex(8) + "-" + hex(4) + "-4" + hex(3) + "-a" + hex(3) + "-" + hex(12); }

private:
    std::uint64_t m_state;
};

}
