// From reasons to a score: weights of evidence with rates counted in the fleet itself, capped per family [fsa 5c, 3].
// Not a probability: no prior odds are in it.
#pragma once
#include "analysers/host_state/item.hpp"
#include "analysers/stacking/fleet.hpp"
#include <span>
#include <vector>

namespace konseki::ranking {

using host_state::Family;
using host_state::Feature;
using host_state::ItemKind;

struct FamilyCap {
    double least = 0, most = 0; // nats
};
FamilyCap cap_of(Family family);

// How many harmless things show a feature, by kind of item, in the stratum of the host and in the whole fleet. A thing
// that is on many hosts counts once: an implant on nine hosts of ten does not make its own reasons look harmless.
class FeatureRates {
public:
    FeatureRates();
    // `rows` items of one look on hosts of a stratum; their key is on `hosts` hosts of the fleet.
    void count(std::size_t stratum, ItemKind kind, std::span<Feature const* const> features, std::uint64_t rows,
        std::uint32_t hosts);
    // Log likelihood ratio in nats. The rate starts from the table's, is counted in the fleet, then in the stratum, and
    // leaves out the item itself.
    double weight(std::size_t stratum, ItemKind kind, Feature const& feature) const;

private:
    std::uint64_t& fired(std::size_t stratum, ItemKind kind, std::size_t feature);

    std::size_t m_feature_count;
    std::vector<std::uint64_t> m_items; // by stratum (the last is the whole fleet) and kind; fixed point
    std::vector<std::uint64_t> m_fired; // by stratum, kind and feature
    std::vector<bool> m_has_stratum;
};

struct WeighedTerm {
    Feature const* feature = nullptr;
    double weight = 0; // nats
};

// The terms of an item by its features; the same reason twice says no more.
std::vector<WeighedTerm> weighed_terms(
    FeatureRates const& rates, std::size_t stratum, ItemKind kind, std::span<Feature const* const> features);
// Caps the families: afterwards the terms add up to the score that is returned.
double cap_families(std::span<WeighedTerm> terms);

}
