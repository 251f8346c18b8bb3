#include "rules/search/raw_scanner.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace konseki::search {

namespace {

// How often a character stands in event logs, roughly; only ratios count. Measured by eye on the sample logs: path
// separators, digits and e t o i s n are everywhere, and so are zeros in UTF-16.
int weight(std::uint16_t unit)
{
    if (unit == 0)
        return 40;
    if (unit > 0xff)
        return 1;
    auto const c = ascii_lower(static_cast<char>(unit & 0x7f));
    constexpr std::string_view common = "eitonsra0";
    constexpr std::string_view usual = "cldmp1\\. u-";
    constexpr std::string_view rare = "jqzxkvyw";
    if (common.find(c) != std::string_view::npos)
        return 16;
    if (usual.find(c) != std::string_view::npos)
        return 8;
    return rare.find(c) != std::string_view::npos ? 2 : 4;
}

constexpr std::uint64_t wide_case_bits = 0x0020002000200020ULL;
constexpr std::uint32_t narrow_case_bits = 0x20202020U;

std::size_t hash_of(std::uint64_t units)
{
    return static_cast<std::size_t>((units * 0x9e3779b97f4a7c15ULL) >> 49); // 15 bits
}

}

UnitScanner::UnitScanner(std::vector<RawPattern> patterns, std::size_t unit_bytes)
    : m_unit_bytes(unit_bytes)
{
    for (auto& pattern : patterns) {
        VERIFY(!pattern.units.empty());
        m_patterns.push_back({ std::move(pattern), 0, 0 });
    }
    place();
}

void UnitScanner::place()
{
    bool has_short = false;
    for (auto& placed : m_patterns) {
        auto const& units = placed.pattern.units;
        placed.window_size = std::min(window_units, units.size());
        has_short = has_short || placed.window_size < window_units;
        int lightest = INT32_MAX;
        for (std::size_t begin = 0; begin + placed.window_size <= units.size(); ++begin) {
            int product = 1;
            for (std::size_t i = begin; i < begin + placed.window_size; ++i)
                product *= weight(units[i].front());
            if (product < lightest) {
                lightest = product;
                placed.window = begin;
            }
        }
    }
    // neighbours in the order of their windows share a bucket: its tables then allow fewer bytes
    std::stable_sort(m_patterns.begin(), m_patterns.end(), [](Placed const& a, Placed const& b) {
        auto const key = [](Placed const& placed, std::size_t i) {
            return i < placed.window_size ? placed.pattern.units[placed.window + i].back() : 0;
        };
        for (std::size_t i = 0; i < window_units; ++i) {
            if (key(a, i) != key(b, i))
                return key(a, i) < key(b, i);
        }
        return false;
    });
    if (!has_short)
        m_bitmap.assign(bitmap_bits / 64, 0);
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        m_first[bucket] = bucket * m_patterns.size() / buckets;
        m_first[bucket + 1] = (bucket + 1) * m_patterns.size() / buckets;
        for (auto i = m_first[bucket]; i < m_first[bucket + 1]; ++i) {
            enter(bucket, m_patterns[i]);
            if (!has_short)
                enter_bitmap(m_patterns[i]);
        }
    }
}

void UnitScanner::enter(std::size_t bucket, Placed const& placed)
{
    auto const bit = static_cast<std::uint8_t>(1U << bucket);
    for (std::size_t i = 0; i < window_units; ++i) {
        if (i >= placed.window_size) { // a short needle: anything may follow
            for (auto& mask : m_by_byte[i])
                mask |= bit;
            for (std::size_t nibble = 0; nibble < 16; ++nibble) {
                m_by_low_nibble[i][nibble] |= bit;
                m_by_high_nibble[i][nibble] |= bit;
            }
            continue;
        }
        for (auto const unit : placed.pattern.units[placed.window + i]) {
            auto const low_byte = static_cast<std::size_t>(unit & 0xff);
            m_by_byte[i][low_byte] |= bit;
            m_by_low_nibble[i][low_byte & 15] |= bit;
            m_by_high_nibble[i][low_byte >> 4] |= bit;
        }
    }
}

void UnitScanner::enter_bitmap(Placed const& placed)
{
    std::vector<std::uint64_t> keys { 0 };
    for (std::size_t i = 0; i < window_units; ++i) {
        std::vector<std::uint64_t> longer;
        for (auto const unit : placed.pattern.units[placed.window + i]) {
            for (auto const key : keys)
                longer.push_back(key | (static_cast<std::uint64_t>(unit | 0x20) << (8 * m_unit_bytes * i)));
        }
        std::sort(longer.begin(), longer.end());
        longer.erase(std::unique(longer.begin(), longer.end()), longer.end());
        keys = std::move(longer);
    }
    for (auto const key : keys)
        m_bitmap[hash_of(key) / 64] |= 1ULL << (hash_of(key) % 64);
}

std::uint16_t UnitScanner::unit_at(ByteView bytes, std::size_t position) const
{
    auto const low = std::to_integer<unsigned>(bytes[position]);
    return static_cast<std::uint16_t>(
        m_unit_bytes == 1 ? low : low | (std::to_integer<unsigned>(bytes[position + 1]) << 8));
}

std::size_t UnitScanner::hash_at(ByteView bytes, std::size_t position) const
{
    if (m_unit_bytes == 1) {
        std::uint32_t units = 0;
        std::memcpy(&units, bytes.data() + position, sizeof(units));
        return hash_of(units | narrow_case_bits);
    }
    std::uint64_t units = 0;
    std::memcpy(&units, bytes.data() + position, sizeof(units));
    return hash_of(units | wide_case_bits);
}

bool UnitScanner::matches(ByteView bytes, std::size_t position, Placed const& placed) const
{
    auto const& units = placed.pattern.units;
    auto const before = placed.window * m_unit_bytes;
    if (position < before || bytes.size() - (position - before) < units.size() * m_unit_bytes)
        return false;
    auto const start = position - before;
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (!std::binary_search(units[i].begin(), units[i].end(), unit_at(bytes, start + i * m_unit_bytes)))
            return false;
    }
    return true;
}

bool UnitScanner::confirm(ByteView bytes, std::size_t position, std::uint32_t bucket_mask) const
{
    if (!m_bitmap.empty()) {
        if (bytes.size() - position < window_units * m_unit_bytes)
            return false;
        auto const hash = hash_at(bytes, position);
        if (((m_bitmap[hash / 64] >> (hash % 64)) & 1) == 0)
            return false;
    }
    for (; bucket_mask != 0; bucket_mask &= bucket_mask - 1) {
        auto const bucket = static_cast<std::size_t>(__builtin_ctz(bucket_mask));
        for (auto i = m_first[bucket]; i < m_first[bucket + 1]; ++i) {
            if (matches(bytes, position, m_patterns[i]))
                return true;
        }
    }
    return false;
}

// Positions near the end, where not all window bytes exist: what is missing counts as allowed.
bool UnitScanner::scan_portable(ByteView bytes, std::size_t begin, std::size_t end) const
{
    for (auto position = begin; position < end; ++position) {
        std::uint32_t mask = 0xff;
        for (std::size_t i = 0; i < window_units && mask != 0; ++i) {
            auto const at = position + i * m_unit_bytes;
            if (at < bytes.size())
                mask &= m_by_byte[i][std::to_integer<std::size_t>(bytes[at])];
        }
        if (mask != 0 && confirm(bytes, position, mask))
            return true;
    }
    return false;
}

bool UnitScanner::contains_portable(ByteView bytes) const
{
    return !is_empty() && scan_portable(bytes, 0, bytes.size());
}

#if defined(__x86_64__)

namespace {

struct NibbleTables {
    __m256i low[4], high[4];
};

__attribute__((target("avx2"))) inline __m256i buckets_at(
    unsigned char const* at, __m256i low_table, __m256i high_table)
{
    auto const nibble = _mm256_set1_epi8(15);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how intrinsics load
    auto const bytes = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(at));
    auto const low = _mm256_shuffle_epi8(low_table, _mm256_and_si256(bytes, nibble));
    auto const high = _mm256_shuffle_epi8(high_table, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
    return _mm256_and_si256(low, high);
}

// Buckets that may begin at each of 32 positions; Stride is a constant so that the four loads are plain displacements.
template <std::size_t Stride>
__attribute__((target("avx2"))) inline __m256i candidates_at(unsigned char const* at, NibbleTables const& tables)
{
    auto found = buckets_at(at, tables.low[0], tables.high[0]);
    found = _mm256_and_si256(found, buckets_at(at + Stride, tables.low[1], tables.high[1]));
    found = _mm256_and_si256(found, buckets_at(at + 2 * Stride, tables.low[2], tables.high[2]));
    return _mm256_and_si256(found, buckets_at(at + 3 * Stride, tables.low[3], tables.high[3]));
}

__attribute__((target("avx2"))) inline __m256i table_of(std::array<std::uint8_t, 16> const& nibbles)
{
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how intrinsics load
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<__m128i const*>(nibbles.data())));
}

}

__attribute__((target("avx2"))) bool UnitScanner::scan_avx2(ByteView bytes) const
{
    NibbleTables tables {};
    for (std::size_t i = 0; i < window_units; ++i) {
        tables.low[i] = table_of(m_by_low_nibble[i]);
        tables.high[i] = table_of(m_by_high_nibble[i]);
    }
    auto const reach = 32 + (window_units - 1) * m_unit_bytes; // bytes a step looks at
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): intrinsics and character loads
    auto const* data = reinterpret_cast<unsigned char const*>(bytes.data());
    auto const zero = _mm256_setzero_si256();
    std::size_t position = 0;
    for (; position + reach <= bytes.size(); position += 32) {
        auto const found
            = m_unit_bytes == 2 ? candidates_at<2>(data + position, tables) : candidates_at<1>(data + position, tables);
        auto places = ~static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(found, zero)));
        if (places == 0)
            continue;
        alignas(32) std::array<std::uint8_t, 32> masks {};
        _mm256_store_si256(
            reinterpret_cast<__m256i*>(masks.data()), found); // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
        for (; places != 0; places &= places - 1) {
            auto const place = static_cast<std::size_t>(__builtin_ctz(places));
            if (confirm(bytes, position + place, masks[place]))
                return true;
        }
    }
    return scan_portable(bytes, position, bytes.size());
}

bool UnitScanner::contains(ByteView bytes) const
{
    if (is_empty())
        return false;
    return __builtin_cpu_supports("avx2") ? scan_avx2(bytes) : scan_portable(bytes, 0, bytes.size());
}

#else

bool UnitScanner::contains(ByteView bytes) const
{
    return contains_portable(bytes);
}

#endif

RawScanner::RawScanner()
{
    for (char32_t c = 0; c < 0x10000; ++c) {
        if (auto const folded = fold(c); folded != c)
            m_unfolded.emplace_back(folded, c);
    }
    std::sort(m_unfolded.begin(), m_unfolded.end());
}

// Every BMP code point that folds to the given one, ascending.
std::vector<std::uint16_t> RawScanner::variants_of(char32_t folded) const
{
    std::vector<std::uint16_t> variants;
    if (fold(folded) == folded)
        variants.push_back(static_cast<std::uint16_t>(folded));
    auto const first = std::lower_bound(m_unfolded.begin(), m_unfolded.end(), std::pair { folded, char32_t { 0 } });
    for (auto entry = first; entry != m_unfolded.end() && entry->first == folded; ++entry)
        variants.push_back(static_cast<std::uint16_t>(entry->second));
    std::sort(variants.begin(), variants.end());
    return variants;
}

void RawScanner::add_text(std::u32string const& folded)
{
    RawPattern wide;
    RawPattern narrow; // 8-bit text is shown as Latin-1 (record/event.cpp)
    for (auto const c : folded) {
        if (c > 0xffff) {
            wide.units.push_back({ static_cast<std::uint16_t>(0xd800 + ((c - 0x10000) >> 10)) });
            wide.units.push_back({ static_cast<std::uint16_t>(0xdc00 + ((c - 0x10000) & 0x3ff)) });
            narrow.units.emplace_back();
            continue;
        }
        auto variants = variants_of(c);
        std::vector<std::uint16_t> bytes;
        std::copy_if(variants.begin(), variants.end(), std::back_inserter(bytes),
            [](std::uint16_t unit) { return unit <= 0xff; });
        wide.units.push_back(std::move(variants));
        narrow.units.push_back(std::move(bytes));
    }
    auto const is_possible = [](RawPattern const& pattern) {
        return !pattern.units.empty()
            && std::none_of(pattern.units.begin(), pattern.units.end(), [](auto const& unit) { return unit.empty(); });
    };
    if (is_possible(wide))
        m_wide_patterns.push_back(std::move(wide));
    if (is_possible(narrow))
        m_narrow_patterns.push_back(std::move(narrow));
}

void RawScanner::add_bytes(std::string_view bytes)
{
    RawPattern pattern;
    for (auto const byte : bytes)
        pattern.units.push_back({ static_cast<std::uint16_t>(static_cast<unsigned char>(byte)) });
    if (!pattern.units.empty())
        m_narrow_patterns.push_back(std::move(pattern));
}

void RawScanner::finish()
{
    m_wide = UnitScanner { std::move(m_wide_patterns), 2 };
    m_narrow = UnitScanner { std::move(m_narrow_patterns), 1 };
}

}
