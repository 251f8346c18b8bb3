// Links process starts to their parents. Pure: no store, no rows.
// Process ids are used again: a parent is the latest process of that number that started before and had not ended.
#pragma once
#include "base/identity.hpp"
#include "base/timestamp.hpp"
#include <cstdint>
#include <string>
#include <vector>

namespace konseki::process_tree {

enum class Link : std::uint8_t { none, guid, process_id };

struct Process {
    TraceId trace {};
    Timestamp started_at {}, ended_at {};
    std::uint64_t process_id = 0, parent_process_id = 0;
    std::string guid {}, parent_guid {}; // empty: not Sysmon
    std::uint32_t image = 0, parent_image = 0; // numbers of names; 0: not known
    // Set by link().
    std::size_t parent = SIZE_MAX; // index; SIZE_MAX: its start was not logged
    Link linked_by = Link::none;
    std::uint32_t depth = 0, children = 0;
};

// Starts of one machine in the order of their times. A start that both Sysmon and Security logged is kept once, with
// Sysmon's word. Afterwards parents stand before their children.
void merge_twins(std::vector<Process>& processes);
void link(std::vector<Process>& processes);

}
