#include "analysers/process_tree/tree.hpp"
#include <algorithm>
#include <map>
#include <unordered_map>

namespace konseki::process_tree {

namespace {

// Sysmon and Security write the same start within moments of each other.
constexpr std::int64_t twin_ticks = 2LL * 10'000'000;

bool are_twins(Process const& a, Process const& b)
{
    return a.process_id == b.process_id && a.image == b.image && a.guid.empty() != b.guid.empty()
        && b.started_at.ticks - a.started_at.ticks <= twin_ticks;
}

}

void merge_twins(std::vector<Process>& processes)
{
    std::vector<bool> is_twin(processes.size());
    std::unordered_map<std::uint64_t, std::size_t> latest; // by process id
    for (std::size_t at = 0; at < processes.size(); ++at) {
        auto const [place, is_new] = latest.try_emplace(processes[at].process_id, at);
        if (is_new)
            continue;
        auto& earlier = processes[place->second];
        auto& later = processes[at];
        if (!are_twins(earlier, later)) {
            place->second = at;
            continue;
        }
        if (earlier.guid.empty()) { // Sysmon's word in the place of the earlier one: times stay in order
            auto const started_at = earlier.started_at;
            earlier = later;
            earlier.started_at = started_at;
        }
        is_twin[at] = true;
    }
    std::size_t kept = 0;
    for (std::size_t at = 0; at < processes.size(); ++at)
        if (!is_twin[at]) {
            if (kept != at)
                processes[kept] = std::move(processes[at]);
            ++kept;
        }
    processes.resize(kept);
}

void link(std::vector<Process>& processes)
{
    std::unordered_map<std::string, std::size_t> by_guid;
    std::unordered_map<std::uint64_t, std::size_t> latest;
    for (std::size_t at = 0; at < processes.size(); ++at) {
        auto& process = processes[at];
        if (auto const known = by_guid.find(process.parent_guid);
            !process.parent_guid.empty() && known != by_guid.end()) {
            process.parent = known->second;
            process.linked_by = Link::guid;
        } else if (auto const holder = latest.find(process.parent_process_id); holder != latest.end()) {
            auto const& parent = processes[holder->second];
            bool const had_ended = parent.ended_at.is_set() && parent.ended_at < process.started_at;
            bool const is_other
                = parent.image != 0 && process.parent_image != 0 && parent.image != process.parent_image;
            // A parent that the event names by guid, but whose start was not logged, is not some other process.
            if (process.parent_guid.empty() && !had_ended && !is_other) {
                process.parent = holder->second;
                process.linked_by = Link::process_id;
            }
        }
        if (process.parent != SIZE_MAX) {
            process.depth = processes[process.parent].depth + 1;
            ++processes[process.parent].children;
        }
        if (!process.guid.empty())
            by_guid[process.guid] = at;
        latest[process.process_id] = at;
    }
}

}
