// Sigma filters: conditions of an organisation that are added to the rules of others.
// Not exclusion lists by themselves: [filters 2.1] the filter's condition is ANDed as written, so most say `not
// selection`.
#pragma once
#include "rules/sigma/rule.hpp"
#include <span>
#include <string>
#include <vector>

namespace konseki::sigma {

struct FilterReport {
    std::size_t applied = 0; // filters that changed at least one rule
    std::vector<Problem> problems; // filters that name a rule that is not there, or fit no rule; they change nothing
};

// True when rules of `rule` lie within `filter`: each part that the filter names is the same.
bool is_within(LogSource const& rule, LogSource const& filter);
// Adds the filter's selections and (rule condition) and (filter condition).
void add_filter(Rule& rule, Filter const& filter);
// Every filter to every rule it names (by id or name, or all with `rules: any`) whose log source it includes, in the
// order given.
FilterReport apply_filters(std::span<Rule> rules, std::span<Filter const> filters);

}
