// From terms to a score: weights of evidence with rates counted in the case itself, capped per family [fsa 5c].
// Not a probability: no prior odds are in it.
#pragma once
#include "analysers/host_state/item.hpp"
#include <span>

namespace konseki::host_state {

struct FamilyCap {
    double least = 0, most = 0; // nats
};
FamilyCap cap_of(Family family);

// Sets weights, scores and ranks. `by_host`: the items of each host. The harmless rate of a feature is counted over all
// items of the same kind in the case, starting from the table's rate, and leaving out the item itself: a reason that
// holds for many items of a host loses its weight by itself.
void score(std::span<std::vector<Item>* const> by_host);

}
