// On how many hosts each key is seen: 64-bit hashes in one flat table, so that ten million keys fit some hundred
// megabytes. Not exact: two keys of the same hash are one (one pair in a case of ten million keys in 350,000 such
// cases).
#pragma once
#include "analysers/stacking/keys.hpp"
#include <cstdint>
#include <string_view>
#include <vector>

namespace konseki::stacking {

using KeyHash = std::uint64_t; // zero: no key
// The same on every machine and in every version of a baseline file. Keys of different granularities and of different
// kinds of items are different keys.
KeyHash key_hash(Granularity granularity, host_state::ItemKind kind, std::string_view key);
KeyHash story_hash(std::string_view story); // of any kind of item
KeyHash in_stratum(KeyHash key, std::size_t stratum);

class KeyCounts {
public:
    // Once per host and key, however often the host has it, as long as hosts come one after the other.
    void see(KeyHash key, std::uint32_t host);
    void add(KeyHash key, std::uint32_t hosts); // hosts that are not at hand: a baseline's
    std::uint32_t hosts(KeyHash key) const;
    void expect(KeyHash key) const // will be asked or seen soon: memory is slow, and keys lie anywhere in it
    {
        if (!m_slots.empty())
            __builtin_prefetch(&m_slots[static_cast<std::size_t>(key) & (m_slots.size() - 1)]);
    }
    std::size_t size() const { return m_used; }

private:
    struct Slot {
        KeyHash key = 0;
        std::uint32_t hosts = 0;
        std::uint32_t last_host = 0; // plus one
    };
    Slot& slot(KeyHash key);
    void grow();

    std::vector<Slot> m_slots;
    std::size_t m_used = 0;
};

}
