// The texts and traces of kept items, read from the store for a batch of hosts. Not their weights: select.hpp.
#pragma once
#include "analysers/ranking/select.hpp"
#include <map>

namespace konseki::ranking {

struct TermPlace {
    std::string detail {};
    TraceId trace {};
};

struct ItemText {
    TraceId trace {}; // its row's
    std::string key {}, title {}, command {}, target {}, location {}, attack {}, story {};
    std::array<std::string, stacking::granularity_count> keys {}; // by granularity
    Timestamp first_at {}, last_at {};
    std::uint64_t traces_total = 0;
    std::vector<TermPlace> terms {}; // by the item's own features, in their order
    std::vector<TraceId> traces {}; // all, the principal one first
};

struct WantedItems {
    std::string host {};
    std::vector<std::uint64_t> numbers {};
};
using ItemTexts = std::map<std::pair<std::string, std::uint64_t>, ItemText>; // by host and number
Result<ItemTexts> read_details(
    store::Case const& source, std::span<WantedItems const> wanted, std::stop_token const& stop);

}
