#include "analysers/host_state/score.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace konseki::host_state {

namespace {

using Counted = std::map<std::pair<ItemKind, Feature const*>, std::size_t>;

struct Counts {
    std::map<ItemKind, std::size_t> items;
    Counted fired; // items that show the feature
};

Counts count(std::span<std::vector<Item>* const> by_host)
{
    Counts counts;
    for (auto const* items : by_host)
        for (auto const& item : *items) {
            ++counts.items[item.kind];
            std::vector<Feature const*> seen;
            for (auto const& term : item.terms)
                if (std::find(seen.begin(), seen.end(), term.feature) == seen.end()) {
                    seen.push_back(term.feature);
                    ++counts.fired[{ item.kind, term.feature }];
                }
        }
    return counts;
}

// The table's rate counts as if it had been seen on so many items: at least 30, and enough that three implants in a row
// do not make a rare reason look common.
constexpr double least_strength = 30;
constexpr double seen_before_it_moves = 3;

// The case can take weight away from a reason, but give it no more than half the table's harmless rate would, and it
// cannot turn a reason for harmless into one against.
double weight_of(Feature const& feature, double fired, double items)
{
    auto const strength = std::max(least_strength, seen_before_it_moves / feature.harmless_rate);
    auto const counted = (fired + strength * feature.harmless_rate) / (items + strength);
    bool const speaks_for_harmless = feature.harmless_rate > feature.implant_rate;
    auto const weight = std::log(feature.implant_rate / std::max(counted, feature.harmless_rate / 2));
    return speaks_for_harmless ? std::min(weight, 0.0) : std::max(weight, 0.0);
}

void score_item(Item& item, Counts const& counts)
{
    auto const items = static_cast<double>(counts.items.at(item.kind) - 1);
    std::array<double, 11> sums {};
    std::vector<Feature const*> seen;
    for (auto& term : item.terms) {
        bool const is_repeated = std::find(seen.begin(), seen.end(), term.feature) != seen.end();
        seen.push_back(term.feature);
        auto const fired = static_cast<double>(counts.fired.at({ item.kind, term.feature }) - 1);
        term.weight = is_repeated ? 0 : weight_of(*term.feature, fired, items); // the same reason twice says no more
        sums.at(static_cast<std::size_t>(term.feature->family)) += term.weight;
    }
    item.score = 0;
    for (std::size_t family = 0; family < sums.size(); ++family) {
        auto const cap = cap_of(static_cast<Family>(family));
        auto const capped = std::clamp(sums.at(family), cap.least, cap.most);
        item.score += capped;
        // The terms shown add up to the score.
        if (capped != sums.at(family))
            for (auto& term : item.terms)
                if (static_cast<std::size_t>(term.feature->family) == family)
                    term.weight *= capped / sums.at(family);
    }
}

void rank(std::vector<Item>& items)
{
    std::vector<Item*> order;
    order.reserve(items.size());
    for (auto& item : items)
        order.push_back(&item);
    std::stable_sort(order.begin(), order.end(), [](Item const* a, Item const* b) { return a->score > b->score; });
    for (std::size_t place = 0; place < order.size(); ++place)
        order[place]->rank = place + 1;
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
    }
    return {};
}

void score(std::span<std::vector<Item>* const> by_host)
{
    auto const counts = count(by_host);
    for (auto* items : by_host) {
        for (auto& item : *items)
            score_item(item, counts);
        rank(*items);
    }
}

}
