// JSON events of OTRF/Security-Datasets (winlogbeat and nxlog shapes) as events for the EVTX writer.
// Not the program's JSON reader (formats/event_json): it shares no code with it.
#pragma once
#include "support/evtx_writer.hpp"
#include "tools/identities.hpp"
#include <simdjson.h>

namespace konseki::test {

struct OtrfLine {
    Timestamp written_at;
    std::string host;
    std::string_view line; // views the caller's text
};

// Host and time for sorting, and the names for the identities; false when the line is not an event.
bool survey(simdjson::dom::parser& parser, std::string_view line, OtrfLine& found, Identities& identities);
// The whole event. False when the line is not one.
bool convert(simdjson::dom::parser& parser, std::string_view line, Identities const& identities, WrittenEvent& event);

}
