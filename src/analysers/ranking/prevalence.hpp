// How telling it is that few hosts have an item: surprise at each granularity, shrunk from stratum to system to fleet,
// then compared with how rare the items of this fleet are anyhow. Most singletons are benign (62 to 80 % of names on 16
// real machines), so rarity weighs what it is worth here, not what a count suggests [fsa 5c; decision 0008].
#pragma once
#include "analysers/ranking/rates.hpp"
#include "analysers/stacking/baseline.hpp"
#include "record/finding.hpp"
#include <array>

namespace konseki::ranking {

using ItemKeys = std::array<stacking::KeyHash, stacking::granularity_count>; // zero: none of that granularity

struct PrevalenceTerm {
    Feature const* feature = nullptr; // nullptr: says nothing
    double weight = 0; // nats, before the family's cap
    Words detail {};
};

class Prevalence {
public:
    // `counts`: hosts of the case that have a key, in_stratum(). All must outlive this.
    Prevalence(stacking::Fleet const& fleet, stacking::KeyCounts const& counts, stacking::Baseline const* baseline);

    // What the counts say of an item's keys: asked once, for each key costs a place in memory.
    struct Measured {
        std::array<double, stacking::granularity_count> shares {}; // shrunken; of keys that are there
        std::array<std::uint8_t, stacking::granularity_count> bins {}; // of the surprise
        std::uint32_t hosts = 0; // of the case that have the item's own key
    };
    Measured measure(std::size_t stratum, ItemKind kind, ItemKeys const& keys) const;
    // Few hosts have it, or have it lead to this file.
    static bool is_rare(Measured const& measured);
    // Most hosts have it, few have it lead to this file.
    static bool differs(Measured const& measured);

    // First every look of items with how many rows have it, then settle() once.
    void count(ItemKind kind, Measured const& measured, std::uint64_t rows);
    void settle();
    // Again all of them: how rare is the rarest key of an item, compared with others, and what the baseline lacks.
    void count_rarest(
        std::size_t stratum, ItemKind kind, ItemKeys const& keys, Measured const& measured, std::uint64_t rows);

    // At most three: how many hosts have it, that others have it lead elsewhere, and what the baseline says.
    enum class Details : std::uint8_t { no, yes };
    std::vector<PrevalenceTerm> terms(
        std::size_t stratum, ItemKind kind, ItemKeys const& keys, Measured const& measured, Details details) const;

    std::uint32_t hosts_of(stacking::KeyHash key) const; // of the case, any stratum

private:
    struct Seen {
        std::uint32_t hosts = 0, able = 0; // in the stratum
        std::uint32_t everywhere = 0; // hosts of the case in any stratum
        double share = 0; // shrunken
    };
    static constexpr std::size_t bins = 64;
    using Histogram = std::array<std::uint64_t, bins>;

    Seen seen(std::size_t stratum, ItemKind kind, stacking::KeyHash key) const;
    double rarity(ItemKind kind, Measured const& measured, std::size_t& rarest) const;
    std::uint32_t able(std::size_t stratum, ItemKind kind) const;
    bool baseline_has(std::size_t stratum, stacking::KeyHash key) const;
    std::uint32_t baseline_able(std::size_t stratum, ItemKind kind) const;
    enum class Known : std::uint8_t { not_asked, known, unknown };
    Known known(std::size_t stratum, ItemKind kind, ItemKeys const& keys) const;
    PrevalenceTerm of_fleet(
        std::size_t stratum, ItemKind kind, ItemKeys const& keys, Measured const& measured, Details details) const;
    PrevalenceTerm of_difference(
        std::size_t stratum, ItemKind kind, ItemKeys const& keys, Measured const& measured, Details details) const;
    PrevalenceTerm of_baseline(std::size_t stratum, ItemKind kind, ItemKeys const& keys, Details details) const;

    stacking::Fleet const& m_fleet;
    stacking::KeyCounts const& m_counts;
    stacking::Baseline const* m_baseline;
    std::vector<bool> m_has_stratum;
    std::vector<Histogram> m_surprises; // by kind and granularity: rows
    std::vector<Histogram> m_rarities; // by kind: rows
    Feature const* m_rare;
    Feature const* m_common;
    Feature const* m_differs;
    std::array<std::uint64_t, stacking::kinds_max> m_asked {}, m_lacking {}; // shares of keys, fixed point
    std::array<std::uint64_t, stacking::kinds_max> m_led {}, m_differing {}; // the same, of items that lead to a file
};

}
