// Which fields of an event made a rule match, with their values, for people and for the match row.
#pragma once
#include "record/event.hpp"
#include "rules/sigma/rule_set.hpp"
#include <string>
#include <utility>
#include <vector>

namespace konseki::sigma {

// Fields of the terms that hold and are not under a `not`: name as the event has it, text. Nothing when the rule does
// not match.
void collect_matched_fields(RuleSet const& rules, std::uint32_t rule, Event const& event,
    std::vector<std::pair<std::string, std::string>>& fields);

}
