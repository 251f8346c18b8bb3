// What to look at first in the whole fleet, each story once: its heaviest item on any host speaks for it, and on how
// many hosts it stands; stories that are one habit of the fleet stand under the heaviest of them. Not keys that hosts
// share: campaigns.hpp.
#pragma once
#include "analysers/catalogue.hpp"
#include "analysers/ranking/alike.hpp"
#include "analysers/ranking/write.hpp"

namespace konseki::ranking {

// Since when a lead is on its hosts.
class Since {
public:
    void note(std::size_t host, HostItem const& item); // hosts one after another; of each the earliest counts
    void add(Since const& other); // of other hosts
    bool is_of_stores() const; // stores tell since when it is there, not only its use since when it was seen
    std::optional<std::uint32_t> days() const; // in which most hosts got it; nothing where fewer than two tell
    // To most of its hosts, two at the least, within an hour of the other. Both: hosts in the order of the fleet.
    bool came_with(Since const& other, std::size_t hosts) const;

private:
    struct Seen {
        std::size_t host = 0;
        std::uint32_t second = 0;
        bool is_of_store = false;
    };
    std::vector<Seen> m_seen {};
};

class Leads {
public:
    explicit Leads(FleetState const& state)
        : m_state(state)
    {
    }
    void note(std::size_t host, ToldItem const& item); // hosts in the order of the fleet, items by rank
    void write(DerivedRows& derived); // once, when all are noted

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
        Since since {};
        LeadShape shape {};
        double spread = 0; // what the time over hosts weighs already in the score
        bool is_new = false; // a baseline lacks it
        bool is_habit = false; // others that are the same but for one word are told with it
        double shared = 0, came = 0; // set when all are known
        std::vector<Lead const*> alike {}; // told with it: the same but for one word, or came with it
    };
    static std::vector<std::size_t> hosts_of(Lead const& lead); // and of those told with it
    void fold();
    void fold_company();
    double trust() const; // in what the hosts of this fleet say of one another
    void weigh_sharing();
    void weigh_arrivals();
    void weigh();
    void add_row(DerivedRows& derived, Lead const& lead, std::uint64_t rank, std::uint64_t under) const;

    FleetState const& m_state;
    std::map<std::string, Lead> m_leads {}; // by story
    std::vector<Lead*> m_heads {}; // that stand for themselves, by score
    std::vector<Lead const*> m_folded {};
};

}
