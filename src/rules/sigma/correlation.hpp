// The engine that evaluates Sigma 2.1 correlation rules over matches of plain rules in time order, and what compiling
// one needs. Not the matcher (matcher.hpp) and not the store: the engine sees (rule, time, trace, values) and knows
// nothing else.
#pragma once
#include "base/identity.hpp"
#include "base/limits.hpp"
#include "base/timestamp.hpp"
#include "rules/sigma/rule.hpp"
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::sigma {

// --- compiling ---

bool parse_correlation_type(std::string_view text, CorrelationType& type); // "value_count"
bool parse_bound(std::string_view key, Comparison& comparison); // gt gte lt lte eq neq
// "90m", "1h", "7d" ([2.1] s m h d; pySigma reads w M y as well). Ticks; nothing for anything else and for zero.
std::optional<std::int64_t> parse_timespan(std::string_view text);
// Rule names of an extended temporal condition, in order of appearance; nothing when it does not parse.
std::optional<std::vector<std::string>> names_in_expression(std::string_view expression);
// What is wrong with a correlation by itself, or nothing: a kind without its field, no rules, an expression that names
// strangers …
std::optional<std::string> problem_of(Correlation const& correlation);

struct CorrelationProblem {
    std::uint32_t correlation = 0; // index into the span given
    std::string detail;
};
// Resolves every Reference by id, then by name, and sets is_silent of rules and correlations that only serve
// correlations without `generate` [2.1, generate]. An extended condition without `rules` names its rules itself.
// Correlations named in the result (unknown reference, a chain that leads back to itself, a chain that stands on a
// broken one) must not be run.
std::vector<CorrelationProblem> resolve_correlations(std::span<Correlation> correlations, std::span<Rule> rules);

// Names of the fields whose values a match of each rule must carry for the correlations over it (sorted, distinct), by
// rule index.
std::vector<std::vector<std::string>> fields_needed(
    std::span<Correlation const> correlations, std::span<Rule const> rules);

// --- evaluating ---

// One match of a plain rule. Views are valid for the call.
struct RuleMatch {
    std::uint32_t rule = 0;
    Timestamp at;
    TraceId trace;
    std::string_view host;
    std::span<std::pair<std::string, std::string> const>
        values; // by the rule's field names; an absent field is not in it
};

struct CorrelationHit {
    std::uint32_t correlation = 0; // index into the correlations
    std::vector<std::pair<std::string, std::string>> group; // group-by field -> value
    std::string host; // when all contributing events come from one
    Timestamp first_at, last_at; // of contributing events
    std::vector<TraceId> traces; // contributing events, distinct, in order of TraceId; at most traces_max
    std::uint64_t trace_total = 0; // all contributing events
    double measured = 0; // the largest count, sum … that fulfilled the condition
};

struct CorrelationOutcome {
    std::vector<CorrelationHit> hits; // by correlation, first_at, group
    std::uint64_t without_group = 0; // matches that lacked a group-by field and so belong to no group
    std::uint64_t groups_dropped = 0; // open groups given up because limits.correlation_state_bytes_max was reached
    Timestamp dropped_first_at; // the first moment this happened, in event time
};

// Overlapping windows that fulfil the condition are one hit, from the first to the last contributing event.
// What later events of the same window cannot undo (event_count, value_count, value_sum with gt or gte; temporal
// without `not`) is judged at each event over the timespan before it. Everything else (lt, lte, eq, neq, averages,
// percentiles, `not`) is judged when a window is complete: such windows begin with the first event that no earlier
// window covers. In a chain, counts and sums see a hit once, when it begins; temporal correlations see every event that
// keeps it going.
class CorrelationEngine {
public:
    static constexpr std::size_t traces_max = 100'000; // listed per hit; trace_total goes on counting

    // Views the correlations and rules, which must outlive the engine and be resolved.
    CorrelationEngine(
        std::span<Correlation const> correlations, std::span<Rule const> rules, Limits const& limits = default_limits);
    ~CorrelationEngine();
    CorrelationEngine(CorrelationEngine const&) = delete;
    CorrelationEngine& operator=(CorrelationEngine const&) = delete;

    void add(RuleMatch const& match); // in order of (time, evidence, offset, rule)
    CorrelationOutcome finish(); // once, at the end

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}
