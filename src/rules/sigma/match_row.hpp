// The row that a match leaves in the store: which rule, when, where, and the fields that made it match.
// Not a finding: analysers/sigma folds rows into findings.
#pragma once
#include "record/schema.hpp"

namespace konseki::sigma {

// Views: valid until emit() returns. The origin of the row is the origin of the event.
struct MatchRow {
    Symbol rule;
    Timestamp written_at;
    Symbol computer;
    Symbol channel;
    std::uint32_t event_id = 0;
    std::string_view fields;
    std::string_view group;
};

inline constexpr auto match_schema = schema("sigma.match", "A Sigma rule matched an event",
    field("rule", &MatchRow::rule, "Id of the rule (its title where it has no id)"),
    field("written_at", &MatchRow::written_at, "When the event was written, UTC"),
    field("computer", &MatchRow::computer, "The event's Computer"),
    field("channel", &MatchRow::channel, "The event's Channel"),
    field("event_id", &MatchRow::event_id, "The event's EventID"),
    field("fields", &MatchRow::fields, "What matched: JSON array of [name, value]"),
    field(
        "group", &MatchRow::group, "Values that correlations over this rule need: JSON object; empty when none does"));

}
