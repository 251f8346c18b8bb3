// A small, seeded source of numbers that gives the same sequence on every machine and compiler.
// Not for secrets, and not <random>: its distributions differ between standard libraries.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace konseki::test {

class Random {
public:
    explicit Random(std::uint64_t seed)
        : m_state(seed)
    {
    }

    std::uint64_t next() // splitmix64
    {
        m_state += 0x9e3779b97f4a7c15ULL;
        auto mixed = m_state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
        return mixed ^ (mixed >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return limit == 0 ? 0 : next() % limit; }
    std::uint64_t between(std::uint64_t first, std::uint64_t last) { return first + below(last - first + 1); }
    bool chance(std::uint32_t percent) { return below(100) < percent; }
    template <typename T> T const& pick(std::span<T const> items)
    {
        return items[static_cast<std::size_t>(below(items.size()))];
    }

private:
    std::uint64_t m_state;
};

}
