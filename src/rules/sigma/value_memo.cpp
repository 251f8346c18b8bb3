#include "rules/sigma/value_memo.hpp"
#include <algorithm>
#include <array>
#include <cstring>

namespace konseki::sigma {

namespace {

constexpr std::uint64_t multiplier = 0x9e3779b97f4a7c15ULL;

std::uint64_t mixed(std::uint64_t a, std::uint64_t b)
{
    // the high and the low half of a 128-bit product, folded
    auto const product = static_cast<unsigned __int128>(a ^ multiplier) * (b ^ 0xe7037ed1a0b428dbULL);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t word_at(std::byte const* bytes)
{
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    return word;
}

std::uint64_t hash_of(std::uint32_t name, ValueType type, ByteView bytes)
{
    auto hash = mixed((std::uint64_t { name } << 8) | static_cast<std::uint64_t>(type), bytes.size());
    std::size_t at = 0;
    for (; at + 16 <= bytes.size(); at += 16)
        hash = mixed(hash ^ word_at(bytes.data() + at), word_at(bytes.data() + at + 8));
    std::array<std::byte, 16> rest {};
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), rest.begin());
    hash = mixed(hash ^ word_at(rest.data()), word_at(rest.data() + 8));
    return hash == 0 ? 1 : hash;
}

}

ValueMemo::Entry const* ValueMemo::find(std::uint32_t name, ValueType type, ByteView bytes)
{
    if (bytes.size() > key_bytes_max) {
        m_last_hash = 0;
        return nullptr;
    }
    if (m_entries.empty())
        m_entries.resize(entries_max * 2);
    auto const mask = m_entries.size() - 1;
    m_last_hash = hash_of(name, type, bytes);
    for (m_last_place = m_last_hash & mask; m_entries[m_last_place].hash != 0;
         m_last_place = (m_last_place + 1) & mask) {
        auto const& entry = m_entries[m_last_place];
        if (entry.hash == m_last_hash && entry.name == name && entry.type == type && entry.key_size == bytes.size()
            && (bytes.empty() || std::memcmp(m_keys.data() + entry.key_offset, bytes.data(), bytes.size()) == 0))
            return &entry;
    }
    return nullptr;
}

void ValueMemo::remember(std::uint32_t name, ValueType type, ByteView bytes, std::span<std::uint32_t const> rules)
{
    if (m_last_hash == 0)
        return;
    bool const is_full = m_count >= entries_max || m_keys.size() + bytes.size() > bytes_max
        || (m_rules.size() + rules.size()) * sizeof(std::uint32_t) > bytes_max;
    if (is_full) {
        forget();
        m_last_place = m_last_hash & (m_entries.size() - 1);
    }
    m_entries[m_last_place]
        = { m_last_hash, static_cast<std::uint32_t>(m_keys.size()), static_cast<std::uint32_t>(bytes.size()),
              static_cast<std::uint32_t>(m_rules.size()), static_cast<std::uint32_t>(rules.size()), name, type };
    m_keys.insert(m_keys.end(), bytes.begin(), bytes.end());
    m_rules.insert(m_rules.end(), rules.begin(), rules.end());
    ++m_count;
}

void ValueMemo::forget()
{
    std::fill(m_entries.begin(), m_entries.end(), Entry {});
    m_keys.clear();
    m_rules.clear();
    m_count = 0;
}

}
