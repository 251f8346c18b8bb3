// What to look at first in the whole fleet, each story once: its heaviest item on any host speaks for it, and on how
// many hosts it stands. Not keys that hosts share: campaigns.hpp.
#pragma once
#include "analysers/catalogue.hpp"
#include "analysers/ranking/write.hpp"

namespace konseki::ranking {

class Leads {
public:
    explicit Leads(FleetState const& state)
        : m_state(state)
    {
    }
    void note(std::size_t host, ToldItem const& item); // hosts in the order of the fleet, items by rank
    void write(DerivedRows& derived) const;

private:
    struct Lead {
        std::string story {}, title {}, reasons {}, reasons_ja {}; // of the heaviest item
        ItemKind kind {};
        double score = 0;
        std::size_t host = 0;
        std::uint64_t rank = 0, items = 0;
        TraceId trace {};
        Timestamp first_at {}, last_at {};
        std::vector<std::size_t> hosts {}; // in the order of the fleet, each once
        double shared = 0; // set when all are known
    };
    std::vector<Lead> ranked() const;

    FleetState const& m_state;
    std::map<std::string, Lead> m_leads {}; // by story
};

}
