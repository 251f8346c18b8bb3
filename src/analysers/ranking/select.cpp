#include "analysers/ranking/select.hpp"
#include "analysers/host_state/features.hpp"
#include <algorithm>
#include <cmath>

namespace konseki::ranking {

namespace {

constexpr std::uint32_t together_seconds = 600;
constexpr double worth_coupling = 3; // lighter items have nothing to lend
constexpr std::size_t crowd = 12; // so many items in that time are a setup, not somebody's work

bool is_heavier(KeptItem const& a, KeptItem const& b)
{
    return a.score != b.score ? a.score > b.score : a.number < b.number;
}

std::vector<KeptItem> heaviest(FleetState const& state, std::size_t host)
{
    std::vector<KeptItem> kept;
    auto const& items = state.items(host);
    kept.reserve(items.size());
    for (std::size_t at = 0; at < items.size(); ++at)
        if (items[at].look != no_look)
            kept.push_back({ at + 1, items[at], state.look(items[at]).score, {}, {} });
    if (kept.size() > ranked_items_per_host_max) {
        auto const end = kept.begin() + static_cast<std::ptrdiff_t>(ranked_items_per_host_max);
        std::nth_element(kept.begin(), end, kept.end(), is_heavier);
        auto const worth
            = std::partition(end, kept.end(), [](KeptItem const& one) { return one.score >= medium_score; });
        kept.erase(worth, kept.end());
    }
    std::sort(kept.begin(), kept.end(), is_heavier);
    return kept;
}

bool can_be_coupled(FleetState const& state, KeptItem const& item)
{
    return item.item.second != 0 && item.score >= worth_coupling
        && state.look(item.item).kind != ItemKind::activity; // findings of rules come in bursts
}

// Items of weight whose first times lie within ten times, unless half the system was set up then.
void couple_by_time(FleetState const& state, std::size_t host, std::vector<KeptItem>& kept)
{
    std::vector<std::size_t> weighty;
    for (std::size_t at = 0; at < kept.size(); ++at)
        if (can_be_coupled(state, kept[at]))
            weighty.push_back(at);
    if (weighty.size() < 2)
        return;
    std::vector<std::uint32_t> times;
    for (auto const& item : state.items(host))
        if (item.second != 0)
            times.push_back(item.second);
    std::sort(times.begin(), times.end());
    for (auto const at : weighty) {
        auto const second = kept[at].item.second;
        auto const from = std::lower_bound(times.begin(), times.end(), second - std::min(second, together_seconds));
        auto const to = std::upper_bound(times.begin(), times.end(), std::uint64_t { second } + together_seconds);
        if (static_cast<std::size_t>(to - from) > crowd)
            continue;
        for (auto const other : weighty) {
            auto const distance = std::max(second, kept[other].item.second) - std::min(second, kept[other].item.second);
            auto const& look = state.look(kept[at].item);
            auto const& other_look = state.look(kept[other].item);
            // Values of one key of the registry have one time: that of the last of them.
            bool const has_own_time = distance > 0 || look.kind != other_look.kind;
            // Files of one product come together anyhow.
            if (other != at && distance <= together_seconds && has_own_time && look.story != other_look.story)
                kept[at].same_time.push_back(kept[other].number);
        }
    }
}

void weigh(FleetState const& state, Stories const& stories, KeptItem& item)
{
    auto const& look = state.look(item.item);
    item.terms = terms_of(state, look, Prevalence::Details::yes);
    if (!item.same_time.empty()) {
        auto const& feature = host_state::feature("coupling.same_time");
        auto const place = item.terms.terms.end() - static_cast<std::ptrdiff_t>(item.terms.fleet_details.size());
        item.terms.terms.insert(place, { &feature, std::log(feature.implant_rate / feature.harmless_rate) });
    }
    // What the clean hosts of a baseline lack is not excused by time: an implant in the golden image has it, too.
    bool const is_new = std::any_of(item.terms.terms.begin(), item.terms.terms.end(),
        [](WeighedTerm const& term) { return term.feature->id == "prevalence.baseline_lacks" && term.weight > 0; });
    if (auto spread = stories.spread(look.story, Prevalence::Details::yes); spread.feature != nullptr && !is_new) {
        item.terms.terms.push_back({ spread.feature, spread.weight });
        item.terms.fleet_details.push_back(std::move(spread.detail));
    }
    item.score = cap_families(item.terms.terms);
}

}

std::vector<KeptItem> select_items(FleetState const& state, Stories const& stories, std::size_t host)
{
    auto kept = heaviest(state, host);
    couple_by_time(state, host, kept);
    for (auto& item : kept)
        weigh(state, stories, item);
    std::sort(kept.begin(), kept.end(), is_heavier);
    return kept;
}

double host_score(std::span<KeptItem const> items)
{
    constexpr std::size_t heaviest_items = 10;
    if (items.empty())
        return 0;
    auto const top = items.front().score;
    double sum = 0;
    for (auto const& item : items.first(std::min(items.size(), heaviest_items)))
        sum += std::exp(item.score - top);
    return top + std::log(sum);
}

}
