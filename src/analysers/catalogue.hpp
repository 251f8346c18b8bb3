// The shape of an analyser, and every analyser the program contains (generated from the folders of src/analysers/).
#pragma once
#include "base/limits.hpp"
#include "record/finding.hpp"
#include "rules/sigma/rule_set.hpp"
#include "store/case.hpp"
#include <span>
#include <stop_token>
#include <string_view>

namespace konseki {

struct AnalyserInputs {
    store::Case const& store; // read only
    sigma::RuleSet const& sigma_rules;
    Limits const& limits = default_limits;
    std::stop_token stop;
};

struct Analyser {
    std::string_view name; // folder name
    std::string_view title;
    std::uint16_t version = 1;
    std::span<std::string_view const> needs; // schemas it reads
    Result<void> (*run)(AnalyserInputs const& inputs, FindingSink& findings)
        = nullptr; // deterministic: ORDER BY in every query
};

std::span<Analyser const* const> analysers();

}
