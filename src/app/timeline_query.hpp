// The timeline as one statement over the store: events, every timestamp of every state trace, findings, by time.
// Not the writing of it: timeline_command.cpp; not a judgement on clocks: a row says what its time is the time of.
#pragma once
#include "record/schema.hpp"
#include "store/rows.hpp"
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::app {

struct TimelineChoice {
    bool has_events = true, has_state = true, has_findings = true;
    bool is_of_findings_only = false; // of events and state only the traces that findings stand on
    std::vector<std::string> hosts {}; // LIKE patterns with ! as escape; empty: any
    std::optional<Timestamp> from {}, until {}; // half-open; state traces and findings to 1 µs
    std::string_view language = "en";
};

struct TimelineQuery {
    std::string sql;
    std::vector<store::Parameter> parameters;
};

// Columns: datetime, timestamp_desc, message, data_type, host, computer, channel, provider, event_id, record_id, level,
// user_sid, recovered, trace, findings; in total order.
TimelineQuery timeline_query(TimelineChoice const& choice, std::span<Schema const* const> state_schemas);

// Schemas of traces that are no events: what parsers and registry artefacts leave, without those of the event log.
std::vector<Schema const*> const& state_schemas();

// What a column's time is the time of, short: its meaning up to the first remark. "When the change was journalled".
std::string_view time_words(Column const& column);

}
