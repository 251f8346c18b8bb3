// What belongs together over the whole fleet (stacking::Keys::story): on which hosts each story stands and since when.
// Software that is handed out comes to each host in its own time, over years; an intruder comes within months. Not the
// list of leads: leads.hpp.
#pragma once
#include "analysers/ranking/fleet_state.hpp"
#include <unordered_map>

namespace konseki::ranking {

// What it says that half of so many hosts got a thing within so many days, in nats: none or less.
inline constexpr double most_for_spread = -2.5; // log(0.06 / 0.7)
double weight_of_spread(std::size_t hosts, std::uint32_t days);

class Stories {
public:
    explicit Stories(FleetState const& state); // after FleetState::weigh()

    // Says that a story came over a long time, nothing otherwise. The weight is 0 or below, before the family's cap.
    PrevalenceTerm spread(stacking::KeyHash story, Prevalence::Details details) const;

private:
    struct Story {
        std::uint32_t hosts = 0; // that have items of weight of it, with a time
        std::uint32_t days = 0; // between the first and the third quarter of its hosts
    };
    std::unordered_map<stacking::KeyHash, Story> m_stories {};
    Feature const* m_spread;
};

}
