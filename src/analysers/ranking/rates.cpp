#include "analysers/ranking/rates.hpp"
#include "analysers/host_state/features.hpp"
#include <algorithm>
#include <array>
#include <cmath>

namespace konseki::ranking {

namespace {

using stacking::kinds_max;

constexpr std::uint64_t one_item = 1ULL << 24; // sums of shares must not depend on the order

// The table's rate counts as if it had been seen on so many items: at least 30, and enough that three implants in a row
// do not make a rare reason look common.
constexpr double least_strength = 30;
constexpr double seen_before_it_moves = 3;

std::size_t index_of(Feature const& feature)
{
    return static_cast<std::size_t>(&feature - host_state::features().data());
}

double shares_without_one(std::uint64_t count)
{
    return static_cast<double>(count > one_item ? count - one_item : 0) / static_cast<double>(one_item);
}

}

FamilyCap cap_of(Family family)
{
    switch (family) {
    case Family::path: return { -2.5, 3 };
    case Family::name: return { 0, 5.5 };
    case Family::command:
    case Family::content:
    case Family::rule: return { 0, 5 };
    case Family::identity: return { -2.5, 3 };
    case Family::location: return { -4, 4 };
    case Family::contradiction: return { 0, 4.5 };
    case Family::time: return { 0, 4 };
    case Family::execution: return { 0, 0.7 };
    case Family::coupling: return { 0, 2.5 };
    case Family::prevalence: return { -3.5, 3 }; // rarity and nothing else stays below 5.5
    }
    return {};
}

FeatureRates::FeatureRates()
    : m_feature_count(host_state::features().size())
    , m_items((stacking::strata().size() + 1) * kinds_max)
    , m_fired(m_items.size() * m_feature_count)
    , m_has_stratum(stacking::strata().size() + 1)
{
}

std::uint64_t& FeatureRates::fired(std::size_t stratum, ItemKind kind, std::size_t feature)
{
    return m_fired[(stratum * kinds_max + static_cast<std::size_t>(kind)) * m_feature_count + feature];
}

void FeatureRates::count(std::size_t stratum, ItemKind kind, std::span<Feature const* const> features,
    std::uint64_t rows, std::uint32_t hosts)
{
    auto const share = rows * one_item / std::max<std::uint32_t>(hosts, 1);
    m_has_stratum[stratum] = true;
    for (auto const level : { stratum, stacking::strata().size() }) {
        m_items[level * kinds_max + static_cast<std::size_t>(kind)] += share;
        for (std::size_t at = 0; at < features.size(); ++at)
            if (std::find(features.begin(), features.begin() + static_cast<std::ptrdiff_t>(at), features[at])
                == features.begin() + static_cast<std::ptrdiff_t>(at))
                fired(level, kind, index_of(*features[at])) += share;
    }
}

// The fleet can take weight away from a reason, but give it no more than half the table's harmless rate would, and it
// cannot turn a reason for harmless into one against.
double FeatureRates::weight(std::size_t stratum, ItemKind kind, Feature const& feature) const
{
    auto const strength = std::max(least_strength, seen_before_it_moves / feature.harmless_rate);
    auto rate = feature.harmless_rate;
    auto const fleet = stacking::strata().size();
    bool const is_mixed = std::count(m_has_stratum.begin(), m_has_stratum.end(), true) > 1;
    for (auto const level : { fleet, stratum }) {
        if (level != fleet && !is_mixed)
            break; // the stratum is the fleet
        auto const place = level * kinds_max + static_cast<std::size_t>(kind);
        auto const seen = shares_without_one(m_fired[place * m_feature_count + index_of(feature)]);
        rate = (seen + strength * rate) / (shares_without_one(m_items[place]) + strength);
    }
    bool const speaks_for_harmless = feature.harmless_rate > feature.implant_rate;
    auto const weight = std::log(feature.implant_rate / std::max(rate, feature.harmless_rate / 2));
    return speaks_for_harmless ? std::min(weight, 0.0) : std::max(weight, 0.0);
}

std::vector<WeighedTerm> weighed_terms(
    FeatureRates const& rates, std::size_t stratum, ItemKind kind, std::span<Feature const* const> features)
{
    std::vector<WeighedTerm> terms;
    terms.reserve(features.size());
    for (auto const* feature : features) {
        bool const is_repeated
            = std::any_of(terms.begin(), terms.end(), [&](WeighedTerm const& term) { return term.feature == feature; });
        terms.push_back({ feature, is_repeated ? 0 : rates.weight(stratum, kind, *feature) });
    }
    return terms;
}

double cap_families(std::span<WeighedTerm> terms)
{
    std::array<double, host_state::family_count> sums {};
    for (auto const& term : terms)
        sums.at(static_cast<std::size_t>(term.feature->family)) += term.weight;
    double score = 0;
    for (std::size_t family = 0; family < sums.size(); ++family) {
        auto const cap = cap_of(static_cast<Family>(family));
        auto const capped = std::clamp(sums.at(family), cap.least, cap.most);
        score += capped;
        if (capped != sums.at(family)) // the terms shown add up to the score
            for (auto& term : terms)
                if (static_cast<std::size_t>(term.feature->family) == family)
                    term.weight *= capped / sums.at(family);
    }
    return score;
}

}
