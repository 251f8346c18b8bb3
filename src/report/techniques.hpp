// Names of ATT&CK techniques, for those that our rules, SigmaHQ's and the persistence catalogue name.
// Not the knowledge base: what a technique is, is said by MITRE.
#pragma once
#include <string>
#include <string_view>

namespace konseki::report {

// "T1070.001" -> "Indicator Removal: Clear Windows Event Logs"; empty: not known.
std::string technique_name(std::string_view id);

}
