// Sigma 2.1 correlation rules: what one says, and the engine that evaluates them over matches of plain rules in time order.
// Not the matcher (matcher.hpp) and not the store: the engine sees (rule, time, trace, values) and knows nothing else.
#pragma once
#include "base/identity.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace konseki::sigma {

enum class CorrelationKind : std::uint8_t {
    event_count,
    value_count,
    temporal,
    temporal_ordered,
    value_sum,
    value_avg,
    value_percentile,
    value_median,
};
std::string_view correlation_kind_name(CorrelationKind kind);
bool parse_correlation_kind(std::string_view text, CorrelationKind& kind);

enum class Comparison : std::uint8_t { gt, gte, lt, lte, eq, neq };
std::string_view comparison_name(Comparison comparison);
bool parse_comparison(std::string_view text, Comparison& comparison);
bool compare(double value, Comparison comparison, double bound);

// How the timespan lies on the events. Sliding is the specification's; the other two are an extension that other engines share.
enum class CorrelationWindow : std::uint8_t { sliding, tumbling, session };

struct CorrelationBound {
    Comparison comparison = Comparison::gte;
    double value = 0;
};

// [Correlation rules 2.1, condition] Several bounds are a range: all must hold.
struct CorrelationCondition {
    std::vector<CorrelationBound> bounds;
    std::vector<std::string> fields; // value_*: what is counted or summed; several fields count as one tuple
    double percentile = 50; // value_percentile
    std::string expression; // extended temporal condition: "rule_a and (rule_b or not rule_c)"; empty: bounds
};

struct CorrelationAlias {
    std::string name;
    std::vector<std::pair<std::string, std::string>> fields; // rule reference (id or name) -> field of its events
};

// The `correlation:` part of a document, as written. A deprecated "| count() by x > n" becomes one as well.
struct Correlation {
    CorrelationKind kind = CorrelationKind::event_count;
    std::vector<std::string> rules; // references: id or name of rules and of other correlations
    std::vector<std::string> group_by;
    std::vector<CorrelationAlias> aliases;
    std::int64_t timespan_ticks = 0;
    CorrelationWindow window = CorrelationWindow::sliding;
    std::int64_t session_gap_ticks = 0; // session windows: the silence that ends one
    CorrelationCondition condition;
    bool generate = false; // true: the rules referred to are reported on their own as well
};

// "90m", "1h", "7d" ([2.1] s m h d; pySigma also reads w M y). Ticks, or nothing for anything else and for zero.
std::optional<std::int64_t> parse_timespan(std::string_view text);

// What is wrong with a correlation by itself, or nothing: a kind without its field, no rules, an expression that names strangers …
std::optional<std::string> problem_of(Correlation const& correlation);

// Where a reference of a correlation points.
struct CorrelationSource {
    bool is_correlation = false;
    std::uint32_t index = 0; // into the rules, or into the correlations
};

// A correlation whose references are resolved. sources has as many items as correlation->rules, in their order.
struct CorrelationPlan {
    Correlation const* correlation = nullptr; // not owned
    std::vector<CorrelationSource> sources;
};

struct NamedRule {
    std::string_view id, name;
};

// Resolves references by id, then by name. A correlation whose references are missing, or that leads back to itself, gets an
// empty plan (correlation == nullptr) and a message in `problems` at the same index.
std::vector<CorrelationPlan> resolve_correlations(std::span<Correlation const> correlations, std::span<NamedRule const> correlation_names,
    std::span<NamedRule const> rules, std::vector<std::string>& problems);

// Names of the fields whose values a match of each rule must carry for these plans (sorted, distinct); empty for most rules.
std::vector<std::vector<std::string>> fields_needed(std::span<CorrelationPlan const> plans, std::size_t rule_count);

// True for rules that only serve correlations without `generate`: their matches are not findings of their own [2.1, generate].
std::vector<bool> rules_without_output(std::span<CorrelationPlan const> plans, std::size_t rule_count);

// One match of a plain rule. Views are valid for the call.
struct RuleMatch {
    std::uint32_t rule = 0;
    Timestamp at;
    TraceId trace;
    std::string_view host;
    std::span<std::pair<std::string, std::string> const> values; // by field name; an absent field is not in it
};

struct CorrelationHit {
    std::uint32_t correlation = 0; // index of the plan
    std::vector<std::pair<std::string, std::string>> group; // group-by field -> value
    std::string host; // when all contributing events come from one
    Timestamp first_at, last_at; // of contributing events
    std::vector<TraceId> traces; // contributing events, distinct, in time order; at most traces_max
    std::uint64_t trace_total = 0; // all contributing events
    double measured = 0; // the largest value that fulfilled the condition (smallest for lt and lte)
};

struct CorrelationOutcome {
    std::vector<CorrelationHit> hits; // by correlation, first_at, group
    std::uint64_t without_group = 0; // matches that lacked a group-by field and so belong to no group
    std::uint64_t groups_dropped = 0; // open groups given up because limits.correlation_state_bytes_max was reached
    Timestamp dropped_first_at; // the first moment this happened, in event time
};

// Overlapping windows that fulfil the condition are one hit, from the first to the last contributing event.
// What later events of the same window cannot undo (event_count, value_count, value_sum with gt or gte; temporal without `not`) is
// judged at each event; everything else (lt, lte, eq, neq, averages, percentiles, `not`) when its window is complete: windows then
// begin with the first event that no earlier window covers. A chained correlation counts hits; a temporal one sees their last event.
class CorrelationEngine {
public:
    static constexpr std::size_t traces_max = 100'000; // listed per hit; trace_total goes on counting

    // The plans must outlive the engine.
    CorrelationEngine(std::span<CorrelationPlan const> plans, Limits const& limits = default_limits);
    ~CorrelationEngine();
    CorrelationEngine(CorrelationEngine const&) = delete;
    CorrelationEngine& operator=(CorrelationEngine const&) = delete;

    void add(RuleMatch const& match); // in order of (time, evidence, offset, rule)
    CorrelationOutcome finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}
