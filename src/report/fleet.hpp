// The fleet as the report shows it: where to look first among the hosts and among what they hold, and what several of
// them share. Read from what analysers/ranking left; not a weighing.
#pragma once
#include "store/case.hpp"
#include <cstdint>
#include <string>
#include <vector>

namespace konseki::report {

inline constexpr std::size_t fleet_rows_max = 25; // of each table; the rest is counted and its command named

struct FleetHost {
    std::string name, machines, top_title;
    double score = 0, top_score = 0;
    std::uint64_t rank = 0, items = 0, medium = 0, high = 0;
};

struct FleetLead {
    TraceId trace; // of its heaviest item
    std::string kind, title, story, host, host_names; // title and host of its heaviest item
    std::uint64_t rank = 0, hosts = 0, items = 0, item_rank = 0; // item_rank: on `host`
    double score = 0;
    Timestamp first_at, last_at;
    std::string alike_stories; // of the leads that are told with it
};

struct FleetCampaign {
    TraceId trace;
    std::string kind, granularity, key, title, host_names;
    std::uint64_t hosts = 0, keys = 0;
    double score = 0;
    Timestamp first_at, last_at;
};

struct FleetContents {
    std::uint64_t hosts_total = 0, leads_total = 0, campaigns_total = 0;
    std::vector<FleetHost> hosts; // by rank
    std::vector<FleetLead> leads; // by rank
    std::vector<FleetCampaign> campaigns; // by rank
    bool is_shown() const { return hosts_total > 1; }
};

Result<FleetContents> gather_fleet(store::Case const& source);

}
