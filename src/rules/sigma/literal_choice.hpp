// Which literals a match of a rule needs: the cheapest set of which at least one must be in the event.
// Not matching: plan.cpp puts the chosen sets of all rules into automatons.
#pragma once
#include "rules/sigma/rule.hpp"
#include <optional>
#include <unordered_map>

namespace konseki::sigma {

struct NeededLiteral {
    std::string field; // of the rule; empty: keywords
    std::string text; // folded
    bool at_start = false, at_end = false;
};

// How many rules hold a literal: what many rules look for is common in logs as well.
using LiteralCounts = std::unordered_map<std::string, std::uint32_t>;
void count_literals(Rule const& rule, LiteralCounts& counts);

// Nothing: the rule can match without any literal.
std::optional<std::vector<NeededLiteral>> needed_literals(Rule const& rule, LiteralCounts const& counts);

// Literals that every match of a regular expression holds, folded, of two bytes or more.
std::vector<std::string> literals_in_regex(Value const& value);

// No text shorter than this many bytes can match: what `.{1000,}` asks before it is run.
std::size_t size_min_of_regex(Value const& value);

// n of a regular expression that is `.{n,}` or `.{n}`, else 0. RE2 makes states by the thousand of these.
std::size_t run_min_of_regex(Value const& value);

}
