// Which rules match an event: index by log, literals in the values, then the rule itself. One per worker, no locks.
// Not correlation: this looks at one event at a time and remembers nothing but decoded values.
#pragma once
#include "record/event.hpp"
#include "rules/sigma/rule_set.hpp"
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace konseki::sigma {

struct MatcherCounters {
    std::uint64_t events = 0;
    std::uint64_t events_without_rules = 0; // no rule of the set looks at their log
    std::uint64_t candidates = 0; // rules evaluated after the literals
    std::uint64_t matches = 0;
    std::uint64_t values_scanned = 0; // through an automaton
    std::uint64_t values_remembered = 0; // answered by the memo
};

// Views the rule set, which must outlive it.
class Matcher {
public:
    explicit Matcher(RuleSet const& rules);
    ~Matcher();
    Matcher(Matcher&&) noexcept;
    Matcher& operator=(Matcher&&) noexcept;

    // Indexes into rules(), ascending; valid until the next call. Plans are kept per id of a shape and made anew where
    // the names differ: events of several EventShapes are read rightly, only slower.
    std::span<std::uint32_t const> match(Event const& event);
    // What made the rule match: name as the event has it, text of the value. Call after match() on the same event.
    void matched_fields(
        std::uint32_t rule, Event const& event, std::vector<std::pair<std::string, std::string>>& fields);
    // The text of a field as the rule names it (the mapping of its log source applies); nothing when absent.
    // For group-by, aliases and values of correlations.
    std::optional<std::string> field_text(std::uint32_t rule, Event const& event, std::string_view field);
    MatcherCounters const& counters() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}
