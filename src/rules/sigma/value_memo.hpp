// Remembers which rules' literals a value holds: 88 % of all values in logs are repeats. Bounded: full means forgotten
// at once. Not a cache of texts: the raw bytes are the key, compared in full, so that no crafted collision can hide a
// match.
#pragma once
#include "record/event.hpp"
#include <span>
#include <vector>

namespace konseki::sigma {

class ValueMemo {
public:
    static constexpr std::size_t key_bytes_max = 1024; // longer values (script blocks) seldom repeat
    static constexpr std::size_t bytes_max = 8U << 20;
    static constexpr std::size_t entries_max = 1U << 16;

    struct Entry {
        std::uint64_t hash = 0; // 0: free
        std::uint32_t key_offset = 0, key_size = 0;
        std::uint32_t first_rule = 0, rule_count = 0;
        std::uint32_t name = 0;
        ValueType type = ValueType::null;
    };

    // Valid until remember() is called.
    Entry const* find(std::uint32_t name, ValueType type, ByteView bytes);
    std::span<std::uint32_t const> rules(Entry const& entry) const
    {
        return std::span(m_rules).subspan(entry.first_rule, entry.rule_count);
    }
    // For the value that find() was asked for last, and did not know.
    void remember(std::uint32_t name, ValueType type, ByteView bytes, std::span<std::uint32_t const> rules);

private:
    void forget();

    std::vector<Entry> m_entries;
    std::vector<std::byte> m_keys;
    std::vector<std::uint32_t> m_rules;
    std::size_t m_count = 0;
    std::uint64_t m_last_hash = 0;
    std::size_t m_last_place = 0;
};

}
