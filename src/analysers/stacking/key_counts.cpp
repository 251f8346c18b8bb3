#include "analysers/stacking/key_counts.hpp"
#include <algorithm>
#include <cstring>

namespace konseki::stacking {

namespace {

constexpr std::uint64_t factor = 0x9e37'79b9'7f4a'7c15; // 2^64 divided by the golden ratio

constexpr std::uint64_t mixed(std::uint64_t value)
{
    value ^= value >> 32;
    value *= 0xd6e8'feb8'6659'fd93;
    value ^= value >> 29;
    value *= 0xd6e8'feb8'6659'fd93;
    return value ^ value >> 32;
}

// Eight bytes at a time, least significant first on every machine that we build for.
std::uint64_t text_hash(std::string_view text, std::uint64_t seed)
{
    auto hash = seed ^ text.size() * factor;
    while (text.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        hash = mixed(hash ^ word) + factor;
        text.remove_prefix(8);
    }
    std::uint64_t rest = 0;
    std::memcpy(&rest, text.data(), text.size());
    return mixed(hash ^ rest);
}

}

KeyHash story_hash(std::string_view story)
{
    return story.empty() ? 0 : text_hash(story, factor);
}

KeyHash key_hash(Granularity granularity, host_state::ItemKind kind, std::string_view key)
{
    if (key.empty())
        return 0;
    auto const of_kind = counts_over_kinds(granularity) ? 0xff : static_cast<std::uint64_t>(kind);
    auto const seed = (static_cast<std::uint64_t>(granularity) << 8 | of_kind) + 1;
    return std::max<std::uint64_t>(text_hash(key, mixed(seed * factor)), 1);
}

KeyHash in_stratum(KeyHash key, std::size_t stratum)
{
    return key == 0 ? 0 : std::max<std::uint64_t>(mixed(key + (stratum + 1) * factor), 1);
}

KeyCounts::Slot& KeyCounts::slot(KeyHash key)
{
    constexpr std::size_t fullness_numerator = 7, fullness_denominator = 10;
    if (m_slots.empty() || (m_used + 1) * fullness_denominator > m_slots.size() * fullness_numerator)
        grow();
    auto const mask = m_slots.size() - 1;
    auto at = static_cast<std::size_t>(key) & mask;
    while (m_slots[at].key != key && m_slots[at].key != 0)
        at = (at + 1) & mask;
    if (m_slots[at].key == 0) {
        m_slots[at].key = key;
        ++m_used;
    }
    return m_slots[at];
}

void KeyCounts::see(KeyHash key, std::uint32_t host)
{
    if (key == 0)
        return;
    auto& found = slot(key);
    if (found.last_host == host + 1)
        return;
    found.last_host = host + 1;
    ++found.hosts;
}

void KeyCounts::add(KeyHash key, std::uint32_t hosts)
{
    if (key != 0 && hosts != 0)
        slot(key).hosts += hosts;
}

std::uint32_t KeyCounts::hosts(KeyHash key) const
{
    if (m_slots.empty() || key == 0)
        return 0;
    auto const mask = m_slots.size() - 1;
    auto at = static_cast<std::size_t>(key) & mask;
    while (m_slots[at].key != key && m_slots[at].key != 0)
        at = (at + 1) & mask;
    return m_slots[at].hosts;
}

void KeyCounts::grow()
{
    constexpr std::size_t first_slots = 1U << 16;
    std::vector<Slot> before(m_slots.empty() ? first_slots : m_slots.size() * 2);
    before.swap(m_slots);
    auto const mask = m_slots.size() - 1;
    for (auto const& one : before) {
        if (one.key == 0)
            continue;
        auto at = static_cast<std::size_t>(one.key) & mask;
        while (m_slots[at].key != 0)
            at = (at + 1) & mask;
        m_slots[at] = one;
    }
}

}
