// Charts as inline SVG without style attributes: findings and events over time, and the small strip of one host.
// Not an axis library: fixed sizes, whole numbers, the same bytes for the same contents.
#pragma once
#include "report/contents.hpp"
#include <string>

namespace konseki::report {

void append_findings_chart(std::string& target, Timeline const& timeline);
void append_events_chart(std::string& target, Timeline const& timeline);
void append_strip(std::string& target, std::vector<std::uint64_t> const& bins);

}
