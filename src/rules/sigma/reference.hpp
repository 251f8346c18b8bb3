// The reference interpreter: a rule on an event straight from what the document says, one obvious step after the other.
// Not fast: the matcher is, and must agree with this on everything (tests and fuzzers compare them). `explain` prints
// its answers.
#pragma once
#include "record/event.hpp"
#include "rules/sigma/log_source.hpp"
#include <span>
#include <vector>

namespace konseki::sigma {

// What was found for one term. Terms are in document order: selection, block, term.
struct TermTruth {
    bool holds = false;
    std::vector<std::string> texts; // of the field; empty: absent (or keywords)
};

struct RuleTruth {
    bool holds = false;
    std::vector<std::vector<std::vector<TermTruth>>> terms; // [selection][block][term]
    std::vector<bool> selections;
};

bool pattern_matches(Pattern const& pattern, std::string_view text, bool is_cased);
bool term_holds(Term const& term, FieldMap const& fields, Event const& event);
// The rule's condition with fields named by the map; the log source is not asked.
RuleTruth evaluate(Rule const& rule, FieldMap const& fields, Event const& event);
// Any of the rule's places.
bool matches(Rule const& rule, std::span<SourceVariant const> variants, LogSources const& sources, Event const& event);

}
