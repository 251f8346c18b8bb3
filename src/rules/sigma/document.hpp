// YAML text to rules, correlations and filters, one file at a time. What cannot be read becomes a Problem.
// Not log sources, references or pipelines: rule_set.cpp joins those.
#pragma once
#include "base/limits.hpp"
#include "rules/sigma/rule.hpp"
#include <vector>

namespace konseki::sigma {

struct Documents {
    std::vector<Rule> rules;
    std::vector<Correlation> correlations;
    std::vector<Filter> filters;
    std::vector<Problem> problems;
    std::size_t document_count = 0;
};

// Appends to target. Understands several documents in one file, and `action: global / reset / repeat` of old
// collections. A deprecated aggregation gives its rule (silent) and a correlation with the rule's id.
void parse_file(RuleFile const& file, Limits const& limits, Documents& target);

}
