// Known-good states: which keys clean hosts have, by kind of machine, as a file that can be carried from case to case
// (docs/formats/konseki-baseline.md). Hosts of a baseline count as hosts beside those of the case. Not a list of
// allowed things: an item that it knows only loses weight.
#pragma once
#include "analysers/stacking/fleet.hpp"
#include "analysers/stacking/key_counts.hpp"
#include "base/byte_view.hpp"
#include <span>
#include <string>

namespace konseki::stacking {

inline constexpr unsigned baseline_version = 2; // 2: keys keep "32" and "64"
inline constexpr std::string_view baseline_extension = ".konseki-baseline";
inline constexpr std::uint64_t baseline_text_bytes_max = 4ULL << 30; // unpacked
inline constexpr std::size_t baseline_line_bytes_max = 1U << 20;

struct Baseline {
    KeyCounts counts {}; // keys in_stratum()
    std::vector<std::array<std::uint32_t, kinds_max>> able = std::vector<std::array<std::uint32_t, kinds_max>>(
        strata().size()); // hosts by stratum and kind, as Fleet::able
    std::uint64_t hosts = 0, keys = 0;
};

// Adds what the file holds; several files add up. Keys of strata, kinds or granularities that this version does not
// know are left out. An error leaves the target with a part of the file: throw it away.
Result<void> read_baseline(ByteView file, Baseline& target);

// The state of these hosts of a case (all: none named) as a file. The same state gives the same bytes.
Result<std::string> make_baseline(
    store::Case const& source, std::span<std::string const> hosts, std::stop_token const& stop = {});

}
