// The rows that the analyser derives: every start of a process with its place in the tree.
#pragma once
#include "record/schema.hpp"

namespace konseki::process_tree {

struct ProcessRow {
    Symbol host {};
    Timestamp started_at {}, ended_at {};
    std::uint64_t process_id = 0;
    Symbol image {}, parent_image {};
    std::string_view parent {};
    std::uint64_t depth = 0, children = 0;
    std::string_view ancestry {};
    Symbol linked_by {};
};

inline constexpr auto process_schema = schema("host.process",
    "A process in its tree, rebuilt from starts in the logs (Sysmon 1, Security 4688) and from what a collector saw "
    "running; its row stands at the start event (windows_process_start) or the line of the list (collector_process)",
    field("host", &ProcessRow::host, "Machine it ran on"), field("started_at", &ProcessRow::started_at, "Start, UTC"),
    field("ended_at", &ProcessRow::ended_at, "End, UTC, where it was logged"),
    field("process_id", &ProcessRow::process_id, "Process id"), field("image", &ProcessRow::image, "Program"),
    field("parent_image", &ProcessRow::parent_image, "Program of its parent, as the event or the parent's start says"),
    field("parent", &ProcessRow::parent, "Trace of the parent's start; absent where that was not logged"),
    field("depth", &ProcessRow::depth, "Steps to the oldest ancestor whose start was logged"),
    field("children", &ProcessRow::children, "Processes it started"),
    field("ancestry", &ProcessRow::ancestry, "File names of the ancestors, oldest first, ' > ' between, itself last"),
    field("linked_by", &ProcessRow::linked_by,
        "guid: Sysmon's identifier; process_id: the latest start of that number before; absent: no parent"));

}
