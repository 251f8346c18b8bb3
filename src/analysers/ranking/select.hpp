// Which items of a host are kept, in which order: the heaviest first, lifted by what was set up at the same time.
// Not their texts: details.hpp fetches those.
#pragma once
#include "analysers/ranking/stories.hpp"

namespace konseki::ranking {

inline constexpr std::size_t ranked_items_per_host_max = 500; // and all that are worth a look: nothing is lost, for
                                                              // host.state holds every item
// Scores are log likelihood ratios. With one implant among some thousand items (prior odds of about e^-8) a score of 8
// makes both equally likely; 5.5 is worth an analyst's look.
inline constexpr double high_score = 8;
inline constexpr double medium_score = 5.5;

struct KeptItem {
    std::uint64_t number = 0; // in host.state
    HostItem item {};
    double score = 0;
    LookTerms terms {}; // weights after the caps
    std::vector<std::uint64_t> same_time {}; // numbers of items that it is coupled with
};

// By rank.
std::vector<KeptItem> select_items(FleetState const& state, Stories const& stories, std::size_t host);

// Logarithm of the sum of the likelihood ratios of the ten heaviest: one item of 9 is more than ten of 6.
double host_score(std::span<KeptItem const> items);

}
