// Rare things of weight that several hosts share: the same hand may have been there. Not attribution.
#pragma once
#include "analysers/catalogue.hpp"
#include "analysers/ranking/write.hpp"

namespace konseki::ranking {

class Campaigns {
public:
    explicit Campaigns(FleetState const& state)
        : m_state(state)
    {
    }
    void note(std::size_t host, ToldItem const& item); // hosts in the order of the fleet
    void write(DerivedRows& derived) const;

private:
    struct Shared {
        stacking::Granularity granularity {};
        std::string key {}, title {}; // of the heaviest item
        ItemKind kind {};
        double score = 0;
        TraceId trace {}; // of the first item
        Timestamp first_at {}, last_at {};
        std::vector<std::size_t> hosts {}; // in the order of the fleet, each once
    };
    FleetState const& m_state;
    std::map<stacking::KeyHash, Shared> m_shared {};
};

}
