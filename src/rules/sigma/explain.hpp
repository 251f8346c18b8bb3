// Why a rule matches an event or does not: each term's truth and the value the field had, as text for people.
#pragma once
#include "record/event.hpp"
#include "rules/sigma/rule_set.hpp"
#include <string>

namespace konseki::sigma {

// Both evaluate with the reference interpreter, not with the matcher.
std::string explain(RuleSet const& rules, std::uint32_t rule, Event const& event); // several lines

// One object: rule, title, event, matches, and per place where the rule looks: is_from, holds, and the selections with
// their alternatives of terms: {"term", "values", "field", "found", "holds"}.
std::string explain_as_json(RuleSet const& rules, std::uint32_t rule, Event const& event);

}
