// Which rules could not fire because the logs they look at are not in the evidence.
// Not detection: it only compares log sources with what was seen.
#pragma once
#include "rules/sigma/rule_set.hpp"
#include <string>
#include <vector>

namespace konseki::sigma {

// One kind of event that the evidence holds.
struct SeenEvents {
    std::string channel, provider;
    std::uint32_t event_id = 0;
    std::uint64_t count = 0;
};

struct SourceCoverage {
    LogSource source;
    std::vector<std::string> looked_for; // "Microsoft-Windows-Sysmon/Operational 1", "Security 4688"
    std::uint64_t events_seen = 0; // that this log source takes in
    std::vector<std::uint32_t> rules_covered; // indexes into rules()
    std::vector<std::uint32_t> rules_without_events;
};

// Sorted by log source. Every rule of the set is in exactly one list of one entry.
std::vector<SourceCoverage> coverage(RuleSet const& rules, std::span<SeenEvents const> seen);

}
