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

std::uint64_t weight_of_thing(std::uint32_t hosts)
{
    return static_cast<std::uint64_t>(std::llround(std::sqrt(std::max(hosts, 1U)) * static_cast<double>(one_item)));
}

double without(std::uint64_t count, std::uint64_t own)
{
    return static_cast<double>(count > own ? count - own : 0) / static_cast<double>(one_item);
}

constexpr std::size_t all_kinds = kinds_max - 1, whatever_known = 0, knowns = 3;
static_assert(static_cast<std::size_t>(ItemKind::kernel) < all_kinds);

// The last stratum is the whole fleet.
std::size_t place_of(std::size_t stratum, bool is_rare, std::size_t known, std::size_t kind)
{
    return ((stratum * 2 + (is_rare ? 1 : 0)) * knowns + known) * kinds_max + kind;
}

std::size_t place_of(std::size_t stratum, Population const& population)
{
    return place_of(stratum, population.is_rare, whatever_known, static_cast<std::size_t>(population.kind));
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

FileKnown needed_for(Feature const& feature)
{
    static constexpr std::array<std::string_view, 7> of_bytes { "identity.signed", "identity.unsigned",
        "identity.no_embedded_signature", "identity.unsigned_of_windows", "identity.signature_broken",
        "identity.self_signed", "content.packed" };
    static constexpr std::array<std::string_view, 2> of_inventory { "time.other_clock",
        "contradiction.no_maker_in_windows" };
    if (std::find(of_bytes.begin(), of_bytes.end(), feature.id) != of_bytes.end())
        return FileKnown::signature;
    bool const is_told = feature.family == Family::identity
        || std::find(of_inventory.begin(), of_inventory.end(), feature.id) != of_inventory.end();
    return is_told ? FileKnown::version : FileKnown::no;
}

FileKnown file_known(std::span<Feature const* const> features)
{
    auto known = FileKnown::no;
    for (auto const* feature : features)
        known = std::max(known, needed_for(*feature));
    return known;
}

FeatureRates::FeatureRates()
    : m_feature_count(host_state::features().size())
    , m_items((stacking::strata().size() + 1) * 2 * knowns * kinds_max)
    , m_fired(m_items.size() * m_feature_count)
    , m_has_stratum(stacking::strata().size() + 1)
{
}

std::uint64_t& FeatureRates::fired(std::size_t place, std::size_t feature)
{
    return m_fired[place * m_feature_count + feature];
}

void FeatureRates::count(
    Population const& population, std::span<Feature const* const> features, std::uint64_t rows, std::uint32_t hosts)
{
    auto const share = rows * weight_of_thing(hosts) / std::max(hosts, 1U);
    m_has_stratum[population.stratum] = true;
    auto const fleet = stacking::strata().size();
    auto const kind = static_cast<std::size_t>(population.kind);
    std::vector<std::size_t> places { place_of(population.stratum, population), place_of(fleet, population) };
    for (std::size_t known = 1; known <= static_cast<std::size_t>(population.known); ++known)
        for (auto const place : { place_of(population.stratum, population.is_rare, known, kind),
                 place_of(fleet, population.is_rare, known, kind),
                 place_of(fleet, population.is_rare, known, all_kinds) })
            places.push_back(place);
    for (auto const place : places) {
        m_items[place] += share;
        for (std::size_t at = 0; at < features.size(); ++at)
            if (std::find(features.begin(), features.begin() + static_cast<std::ptrdiff_t>(at), features[at])
                == features.begin() + static_cast<std::ptrdiff_t>(at))
                fired(place, index_of(*features[at])) += share;
    }
}

double FeatureRates::counted(
    std::size_t place, Feature const& feature, std::uint64_t own, double rate, double strength) const
{
    auto const seen = without(m_fired[place * m_feature_count + index_of(feature)], own);
    return (seen + strength * rate) / (without(m_items[place], own) + strength);
}

// Among items of which as much is known as it takes: of all kinds first, for what a file tells is much the same whether
// a service starts it or a task, and then of the kind.
double FeatureRates::rate_where_read(
    Population const& population, Feature const& feature, std::uint64_t own, double rate) const
{
    auto const fleet = stacking::strata().size();
    auto const known = static_cast<std::size_t>(needed_for(feature));
    auto const kind = static_cast<std::size_t>(population.kind);
    bool const is_mixed = std::count(m_has_stratum.begin(), m_has_stratum.end(), true) > 1;
    for (auto const place :
        { place_of(fleet, population.is_rare, known, all_kinds), place_of(fleet, population.is_rare, known, kind),
            place_of(population.stratum, population.is_rare, known, kind) }) {
        if (place == place_of(population.stratum, population.is_rare, known, kind) && !is_mixed)
            break; // the stratum is the fleet
        rate = counted(place, feature, own, rate, std::max(least_strength, seen_before_it_moves / rate));
    }
    return rate;
}

// The fleet can take weight away from a reason, but give it no more than half the table's harmless rate would, and it
// cannot turn a reason for harmless into one against.
double FeatureRates::weight(Population const& population, Feature const& feature, std::uint32_t hosts) const
{
    bool const speaks_for_harmless = feature.harmless_rate > feature.implant_rate;
    // Among what few hosts have, hardly anything may bear what speaks for harmless: it says nothing until some do.
    bool const must_show = speaks_for_harmless && population.is_rare;
    auto const strength = std::max(least_strength, seen_before_it_moves / feature.harmless_rate);
    auto const own = weight_of_thing(hosts);
    auto rate = must_show ? feature.implant_rate : feature.harmless_rate;
    auto const fleet = stacking::strata().size();
    bool const is_mixed = std::count(m_has_stratum.begin(), m_has_stratum.end(), true) > 1;
    if (needed_for(feature) != FileKnown::no)
        rate = rate_where_read(population, feature, own, rate);
    else
        for (auto const level : { fleet, population.stratum })
            if (level == fleet || is_mixed) // otherwise the stratum is the fleet
                rate = counted(place_of(level, population), feature, own, rate, strength);
    auto const weight = std::log(feature.implant_rate / std::max(rate, must_show ? 0.0 : feature.harmless_rate / 2));
    return speaks_for_harmless ? std::min(weight, 0.0) : std::max(weight, 0.0);
}

std::vector<WeighedTerm> weighed_terms(FeatureRates const& rates, Population const& population,
    std::span<Feature const* const> features, std::uint32_t hosts)
{
    std::vector<WeighedTerm> terms;
    terms.reserve(features.size());
    for (auto const* feature : features) {
        bool const is_repeated
            = std::any_of(terms.begin(), terms.end(), [&](WeighedTerm const& term) { return term.feature == feature; });
        terms.push_back({ feature, is_repeated ? 0 : rates.weight(population, *feature, hosts) });
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
