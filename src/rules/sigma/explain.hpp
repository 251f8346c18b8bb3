// Why a rule matches an event or does not: each term's truth and the value the field had, as text for people.
#pragma once
#include "record/event.hpp"
#include "rules/sigma/rule_set.hpp"
#include <string>

namespace konseki::sigma {

// Several lines. Evaluates with the reference interpreter, not with the matcher.
std::string explain(RuleSet const& rules, std::uint32_t rule, Event const& event);

}
