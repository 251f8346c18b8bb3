// Which rules had events of their logs to look at in a case, and the note about it that the report reads.
// Not the question whether a rule can run at all: rule_loading.hpp.
#pragma once
#include "rules/sigma/coverage.hpp"
#include "store/case.hpp"
#include <string>
#include <vector>

namespace konseki::app {

Result<std::vector<sigma::SourceCoverage>> coverage_of(sigma::RuleSet const& set, store::Case const& source);

// The fact "rules.coverage": a JSON array of log sources that lack events, with how many rules that silences.
Result<std::string> coverage_fact(sigma::RuleSet const& set, store::Case const& source);

std::string first_ones(std::vector<std::string> const& texts, std::size_t count); // "a, b and 3 more"

}
