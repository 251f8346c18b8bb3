// The XML text of one Windows event, as Splunk keeps it in "_raw", turned into JSON of evtx_dump's shape, so that one
// builder reads both. Not an XML parser: only what Windows writes for events; comments, CDATA and DOCTYPE are refused.
#pragma once
#include "base/limits.hpp"
#include <optional>
#include <string>
#include <string_view>

namespace konseki::event_json {

bool is_event_xml(std::string_view text); // begins with <Event

// Nothing when it is not well-formed, or nested deeper than depth_max. Elements with a Name (Data, ComplexData) get it
// as their key. [MS-EVEN6, 2.2.13 and the event schema of Windows]
std::optional<std::string> json_of_event_xml(std::string_view text, Limits const& limits);

}
