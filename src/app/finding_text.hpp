// A finding as people read it and as other programs do. Not the report: report/ writes HTML.
#pragma once
#include "app/output.hpp"
#include "app/row_writer.hpp"
#include "record/finding.hpp"

namespace konseki::app {

std::string json_array(std::vector<std::string> const& texts);
std::string because_json(Finding const& finding); // [{"trace":…,"schema":…,"at":…,"fields":{…}}]
// All of it, in several lines.
void write_finding(Output& out, Finding const& finding, std::string_view language, TimeZone zone);

}
