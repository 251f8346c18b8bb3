// Statements over the state of hosts that several commands ask. Not the questions of one command alone.
#pragma once
#include "analysers/stacking/fleet.hpp"
#include "analysers/stacking/keys.hpp"

namespace konseki::app {

struct Question {
    std::string sql {};
    std::vector<store::Parameter> parameters {};
};

struct StackChoice {
    stacking::GranularityFacts facts {};
    std::string host {}, kind {}; // empty: all
    bool is_by_surprise = false;
    std::uint64_t limit = 0; // 0: all
};
// Each value with the hosts that have it.
Question stack_question(stacking::Fleet const& fleet, StackChoice const& choice);

// Items that one of two hosts has alone, or that differ.
Question compare_question(std::string const& one, std::string const& other, bool has_same);

}
