// The text of a Sigma condition to nodes in evaluation order, and the deprecated part behind its pipe.
// Not evaluation.
#pragma once
#include "rules/sigma/term.hpp"
#include <span>

namespace konseki::sigma {

// Several conditions of one rule are alternatives (OR). Nothing when one does not parse or names what is not there.
std::optional<Condition> parse_condition(
    std::span<std::string const> texts, std::span<Selection const> selections, Refusal& refusal);

// `selection | count(field) by group > n`, as rules before 2.0 wrote it.
struct Aggregation {
    std::string function; // count sum avg min max near
    std::string field;
    std::vector<std::string> group_by;
    Comparison comparison = Comparison::greater;
    double number = 0;
    std::vector<std::string> near; // near: selections that must also be seen
};
std::optional<Aggregation> parse_aggregation(std::string_view text, Refusal& refusal);

}
