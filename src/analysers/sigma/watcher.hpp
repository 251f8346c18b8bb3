// Runs the Sigma rules over every event while it is parsed (in the worker) and leaves a sigma.match row for each match.
// Not findings: analyser.hpp folds the rows when everything is parsed.
#pragma once
#include "record/event.hpp"
#include "record/trace_batch.hpp"
#include "rules/sigma/matcher.hpp"
#include "rules/sigma/rule_set.hpp"
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace konseki::sigma {

// Views the rule set and the sink, which must outlive it. One per worker and EventShapes.
class MatchWatcher final : public EventWatcher {
public:
    MatchWatcher(RuleSet const& rules, TraceSink& sink);

    void on_event(Event const& event, TraceOrigin const& origin) override;
    MatcherCounters const& counters() const { return m_matcher.counters(); }

private:
    RuleSet const& m_rules;
    TraceSink& m_sink;
    Matcher m_matcher;
    std::vector<std::vector<std::string>> m_fields_needed; // by rule: values that correlations ask for
    std::vector<std::pair<std::string, std::string>> m_matched; // reused
    std::string m_fields_json, m_group_json; // reused
};

}
