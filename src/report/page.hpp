// The report's contents as one HTML page that is also well-formed XML, and as JSON.
// Not the gathering: contents.hpp does that; these are pure.
#pragma once
#include "report/contents.hpp"
#include "report/markup.hpp"
#include <string>

namespace konseki::report {

std::string html_page(Contents const& contents);
std::string json_document(Contents const& contents);

// The sections, in the order of the page.
void append_findings(Markup& page, Contents const& contents);
void append_fleet(Markup& page, Contents const& contents); // nothing where there is one host
void append_host_states(Markup& page, Contents const& contents);
void append_techniques(Markup& page, Contents const& contents);
void append_timeline(std::string& target, Contents const& contents);
void append_hosts(std::string& target, Contents const& contents);
void append_logons(Markup& page, Contents const& contents);
void append_rules(Markup& page, Contents const& contents);
void append_evidence(Markup& page, Contents const& contents);

}
