// The rows that gathering derives: what the state of each host holds, not yet weighed. What is counted over hosts has
// its key here, so that a fleet is compared without the evidence. Not the ranking: analysers/ranking/schemas.hpp.
#pragma once
#include "record/schema.hpp"

namespace konseki::host_state {

struct StateRow {
    Symbol host {};
    std::uint64_t number = 0;
    Symbol kind {};
    std::string_view key {}, title {}, command {}, target {};
    Symbol location {}, attack {}, features {};
    Timestamp first_at {}, last_at {}, came_at {};
    std::uint64_t traces = 0;
    std::string_view path_key {}, content_key {};
    Symbol signer {}, place_key {};
    std::string_view pair_key {}, command_key {};
    Symbol package {};
    std::string_view story {};
};

inline constexpr auto state_schema = schema("host.state",
    "Everything that the state of each host holds: what starts, ran, may log on, is set; its row stands at its first "
    "trace. host_item ranks what matters of it",
    field("host", &StateRow::host, "Host as its evidence names it; empty: not known"),
    field("number", &StateRow::number, "Number of the item on this host, in the order of gathering"),
    field("kind", &StateRow::kind,
        "autostart, service, task, wmi, program, account, setting, activity, process, file, kernel"),
    field("key", &StateRow::key, "The same thing on another host has the same key"),
    field("title", &StateRow::title, "What it is"), field("command", &StateRow::command, "What it starts, as written"),
    field("target", &StateRow::target,
        "The file it leads to, brought to one form: lower case, without drive C, variables resolved"),
    field("location", &StateRow::location, "Number of the persistence location (docs/persistence.md)"),
    field("attack", &StateRow::attack, "ATT&CK techniques, a blank between"),
    field("features", &StateRow::features, "Reasons that it bears, a blank between; details in host_state_term"),
    field("first_at", &StateRow::first_at, "Earliest time that its traces tell"),
    field("last_at", &StateRow::last_at, "Latest time that its traces tell"),
    field("came_at", &StateRow::came_at,
        "Since when it is there, by the file table's time of the name or its registration; empty: only its use is "
        "seen"),
    field("traces", &StateRow::traces, "How many traces it stands on"),
    field("path_key", &StateRow::path_key, "Its target without users, numbers and random parts; a program's is key"),
    field("content_key", &StateRow::content_key, "Name and digest of its target"),
    field("signer", &StateRow::signer, "Who signed its target, or made it as its version information says"),
    field("place_key", &StateRow::place_key, "Its location and the folder of its target"),
    field("pair_key", &StateRow::pair_key, "Program and library that lie together, with their folder"),
    field("command_key", &StateRow::command_key, "Shape of its command"),
    field("package", &StateRow::package, "Package that owns its target"),
    field("story", &StateRow::story,
        "What belongs together has the same: a program's own folder, a pair of program and library, a file, or its "
        "key"));

struct StateTermRow {
    Symbol host {};
    std::uint64_t number = 0;
    Symbol feature {};
    std::uint64_t ordinal = 0;
    std::string_view detail {};
};

inline constexpr auto state_term_schema = schema("host.state_term",
    "Reasons with a detail or a place of their own: the others are named in host_state alone and stand at its place",
    field("host", &StateTermRow::host, "Host of the item"),
    field("number", &StateTermRow::number, "Number of the item on that host"),
    field("feature", &StateTermRow::feature, "Kind of reason"),
    field("ordinal", &StateTermRow::ordinal, "Its place among the item's reasons, from 0"),
    field("detail", &StateTermRow::detail, "What exactly"));

struct StateTraceRow {
    Symbol host {};
    std::uint64_t number = 0;
};

inline constexpr auto state_trace_schema = schema("host.state_trace",
    "Traces that an item of host_state stands on, beside its first, which is where its own row stands",
    field("host", &StateTraceRow::host, "Host of the item"),
    field("number", &StateTraceRow::number, "Number of the item on that host"));

}
