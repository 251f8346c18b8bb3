// Which leads are one habit of a fleet: the same but for one word (a department, a product, a name made anew), with
// nothing that sets one of them apart, and come over years. Not their order: leads.hpp.
#pragma once
#include "analysers/ranking/rates.hpp"
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace konseki::ranking {

// An intruder's things come within half a year; what comes over longer is somebody's habit [decision 0008, 7].
inline constexpr std::uint32_t days_of_intrusion = 180;

struct LeadShape {
    std::string text {}; // what is compared, word by word
    std::vector<Feature const*> reasons {}; // that weigh something
    std::uint32_t second = 0; // when it came, since 1970; 0: not known
};

// `leads`: the heaviest first. For each the place of the one that it is told with: its own where it stands for itself.
std::vector<std::size_t> told_with(std::span<LeadShape const> leads);

// Days between these times but for the first and the last `part`th of them; sorts them. 0: none.
std::uint32_t days_within(std::vector<std::uint32_t>& seconds, std::size_t part);
inline std::uint32_t days_between_quarters(std::vector<std::uint32_t>& seconds)
{
    return days_within(seconds, 4);
}

}
