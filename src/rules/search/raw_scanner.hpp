// Says whether raw bytes may hold one of many needles, as UTF-16LE, as 8-bit text, or as exact bytes, caseless where it
// is text. Not a matcher of events: a hit here may lie in bytes that no field shows. False is certain, true is not.
#pragma once
#include "base/byte_view.hpp"
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::search {

// One way a needle lies in memory: units at a fixed distance, each with the values it may take.
struct RawPattern {
    std::vector<std::vector<std::uint16_t>> units; // alternatives of each unit, ascending
};

// The needles of one unit width, found by a SIMD shuffle over four bytes ("Teddy": two nibble tables a byte, eight
// buckets), a bitmap over four units, then a comparison unit by unit. [Intel Hyperscan, "fdr/teddy"; the idea, not the
// code]
class UnitScanner {
public:
    UnitScanner() = default;
    UnitScanner(std::vector<RawPattern> patterns, std::size_t unit_bytes);

    bool contains(ByteView bytes) const; // the fastest way this processor has
    bool contains_portable(ByteView bytes) const; // the same answer on any processor
    bool is_empty() const { return m_patterns.empty(); }

private:
    static constexpr std::size_t window_units = 4;
    static constexpr std::size_t buckets = 8;
    static constexpr std::size_t bitmap_bits = 1U << 15;

    struct Placed {
        RawPattern pattern;
        std::size_t window = 0; // first unit of the rarest stretch of window_units units
        std::size_t window_size = 0; // units in it; less for short needles
    };

    void place();
    void enter(std::size_t bucket, Placed const& placed);
    void enter_bitmap(Placed const& placed);
    std::uint16_t unit_at(ByteView bytes, std::size_t position) const;
    std::size_t hash_at(ByteView bytes, std::size_t position) const;
    bool confirm(ByteView bytes, std::size_t position, std::uint32_t bucket_mask) const;
    bool matches(ByteView bytes, std::size_t position, Placed const& placed) const;
    bool scan_portable(ByteView bytes, std::size_t begin, std::size_t end) const;
    bool scan_avx2(ByteView bytes) const;

    std::size_t m_unit_bytes = 1;
    std::vector<Placed> m_patterns; // sorted by bucket
    std::array<std::size_t, buckets + 1> m_first {}; // patterns of a bucket
    std::array<std::array<std::uint8_t, 256>, window_units>
        m_by_byte {}; // buckets that allow a low byte at a window place
    std::array<std::array<std::uint8_t, 16>, window_units> m_by_low_nibble {}, m_by_high_nibble {};
    std::vector<std::uint64_t> m_bitmap; // empty when a needle is shorter than the window
};

class RawScanner {
public:
    RawScanner();
    // Text is added folded (base/text.hpp).
    void add_text(std::u32string const& folded);
    void add_bytes(std::string_view bytes);
    void finish();

    bool contains(ByteView bytes) const { return m_wide.contains(bytes) || m_narrow.contains(bytes); }
    bool contains_portable(ByteView bytes) const
    {
        return m_wide.contains_portable(bytes) || m_narrow.contains_portable(bytes);
    }

private:
    std::vector<std::uint16_t> variants_of(char32_t folded) const;

    std::vector<std::pair<char32_t, char32_t>> m_unfolded; // folded, other: the code points that folding changes
    std::vector<RawPattern> m_wide_patterns, m_narrow_patterns; // until finish()
    UnitScanner m_wide, m_narrow;
};

}
