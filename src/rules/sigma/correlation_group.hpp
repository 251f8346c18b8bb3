// The events of one correlation that share their group-by values and lie in the current window, and what they add up
// to. Not the engine (correlation.hpp): a group knows no other group and closes nothing by itself.
#pragma once
#include "base/identity.hpp"
#include "rules/sigma/correlation_expression.hpp"
#include "rules/sigma/rule.hpp"
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace konseki::sigma {

using NamedValues = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::uint32_t no_hit = 0xffff'ffff;

struct CorrelationEntry {
    std::int64_t at = 0; // ticks
    TraceId trace; // of a plain rule's event
    std::uint32_t slot = 0; // which of the correlation's rules
    std::uint32_t hit = no_hit; // the hit of an inner correlation instead of an event
    double number = 0; // value_sum and its kin
    std::map<std::string, std::uint32_t>::iterator value {}; // value_count: its node in the group's values
    std::uint32_t host = 0;
};

// What a correlation needs for judging, prepared once.
struct CorrelationProgram {
    Correlation const* correlation = nullptr;
    std::optional<CorrelationExpression> expression;
    std::vector<std::uint32_t> slot_bits; // slot -> bit of the expression's name
    std::size_t slot_count = 0;
    std::size_t entries_max = 100'000; // kept per window; older ones already belong to an open hit
    bool judges_complete_windows = false;

    explicit CorrelationProgram(Correlation const& source);
    bool bounds_hold(double value) const;
};

class CorrelationGroup {
public:
    CorrelationGroup(NamedValues key, std::uint64_t serial, CorrelationProgram const& program);

    // Puts an event into the window. Events before `oldest` leave first.
    void add(CorrelationProgram const& program, CorrelationEntry entry, std::string_view value);
    void drop_before(CorrelationProgram const& program, std::int64_t oldest);
    void clear();
    // Whether the window fulfils the condition, what was measured, and the first entry (sequence) that counts.
    struct Judgement {
        bool holds = false;
        double measured = 0;
        std::uint64_t first_sequence = 0;
    };
    Judgement judge(CorrelationProgram const& program) const;

    bool is_empty() const { return m_head == m_entries.size(); }
    CorrelationEntry const& entry(std::uint64_t sequence) const
    {
        return m_entries[static_cast<std::size_t>(sequence - m_first_sequence) + m_head];
    }
    CorrelationEntry const& newest() const { return m_entries.back(); }
    std::uint64_t first_sequence() const { return m_first_sequence; }
    std::uint64_t next_sequence() const { return m_first_sequence + (m_entries.size() - m_head); }
    std::size_t state_bytes() const;

    NamedValues key;
    std::uint64_t serial; // order of creation
    std::int64_t window_start = 0; // complete windows only
    std::int64_t last_at = 0;
    NamedValues last_values; // of the newest event: what a chained correlation sees
    std::uint32_t open_hit = no_hit;
    std::uint64_t recorded_sequence = 0; // entries before it are in the open hit
    std::size_t counted_bytes = 0; // state_bytes() as the engine last counted it

private:
    // The latest start of an ordered chain: sequence and time; time is unset_time when there is none.
    struct Chain {
        std::uint64_t sequence = 0;
        std::int64_t at = 0;
        bool is_set = false;
    };

    void remove_front(CorrelationProgram const& program);
    void extend_chains(CorrelationProgram const& program, CorrelationEntry const& entry);
    void extend_masks(CorrelationProgram const& program, CorrelationEntry const& entry);
    std::uint64_t seen_mask(CorrelationProgram const& program) const;
    Judgement judge_ordered(CorrelationProgram const& program) const;
    Judgement judge_ordered_expression(CorrelationProgram const& program) const;
    double statistic(CorrelationProgram const& program) const;

    std::vector<CorrelationEntry> m_entries;
    std::size_t m_head = 0; // entries before it have left the window
    std::uint64_t m_first_sequence = 0; // of m_entries[m_head]
    std::vector<std::uint32_t> m_slot_counts;
    std::map<std::string, std::uint32_t> m_values; // value_count: how often each is in the window
    std::size_t m_value_bytes = 0;
    double m_sum = 0;
    std::vector<Chain> m_chains; // [length-1][slot], temporal_ordered
    std::vector<Chain> m_masks; // by set of rules, temporal_ordered with an expression
};

}
