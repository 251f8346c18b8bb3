#include "analysers/ranking/stories.hpp"
#include "analysers/host_state/features.hpp"
#include "analysers/ranking/alike.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::ranking {

namespace {

constexpr double worth_following = 2; // lighter items do not make a story
constexpr std::size_t hosts_least = 4; // fewer have no quarters
constexpr double hosts_whole = 10; // so many more for the whole weight
// Published intrusions lasted months, few more than a year; machines and their software are replaced over years.
constexpr double days_from = days_of_intrusion, days_whole = 540;

struct Seen {
    stacking::KeyHash story = 0;
    std::uint32_t second = 0;
};

// The earliest time of each story on one host.
std::vector<Seen> stories_of(FleetState const& state, std::size_t host)
{
    std::vector<Seen> seen;
    for (auto const& item : state.items(host))
        if (item.look != no_look && item.since() != 0 && state.look(item).story != 0
            && state.look(item).score >= worth_following)
            seen.push_back({ state.look(item).story, item.since() });
    std::sort(seen.begin(), seen.end(),
        [](Seen const& a, Seen const& b) { return std::tie(a.story, a.second) < std::tie(b.story, b.second); });
    seen.erase(std::unique(seen.begin(), seen.end(), [](Seen const& a, Seen const& b) { return a.story == b.story; }),
        seen.end());
    return seen;
}

}

double weight_of_spread(std::size_t hosts, std::uint32_t days)
{
    if (hosts < hosts_least)
        return 0;
    auto const of_hosts = std::min(1.0, static_cast<double>(hosts - hosts_least + 1) / hosts_whole);
    return most_for_spread * of_hosts * std::clamp((days - days_from) / (days_whole - days_from), 0.0, 1.0);
}

Stories::Stories(FleetState const& state)
    : m_spread(&host_state::feature("prevalence.spread"))
{
    std::unordered_map<stacking::KeyHash, std::vector<std::uint32_t>> times;
    for (std::size_t host = 0; host < state.fleet().hosts.size(); ++host)
        for (auto const& one : stories_of(state, host))
            times[one.story].push_back(one.second);
    for (auto& [story, seconds] : times) {
        if (seconds.size() < hosts_least)
            continue;
        m_stories[story] = { static_cast<std::uint32_t>(seconds.size()), days_between_quarters(seconds) };
    }
}

PrevalenceTerm Stories::spread(stacking::KeyHash story, Prevalence::Details details) const
{
    auto const found = m_stories.find(story);
    if (found == m_stories.end())
        return {};
    auto const& about = found->second;
    PrevalenceTerm term;
    term.weight = weight_of_spread(about.hosts, about.days);
    if (term.weight == 0)
        return {};
    term.feature = m_spread;
    if (details == Prevalence::Details::yes)
        term.detail = { format("half of its {} hosts got it within {} days, the others before or after", about.hosts,
                            about.days),
            format("{} 台の半数に届くまでに {} 日の幅", about.hosts, about.days) };
    return term;
}

}
