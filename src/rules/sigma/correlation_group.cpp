#include "rules/sigma/correlation_group.hpp"
#include <algorithm>
#include <cmath>

namespace konseki::sigma {

namespace {

bool fulfils(double value, Comparison comparison, double bound)
{
    switch (comparison) {
    case Comparison::equal: return value == bound;
    case Comparison::not_equal: return value != bound;
    case Comparison::less: return value < bound;
    case Comparison::less_or_equal: return value <= bound;
    case Comparison::greater: return value > bound;
    case Comparison::greater_or_equal: return value >= bound;
    }
    return false;
}

bool only_grows(CorrelationType type)
{
    return type != CorrelationType::value_avg && type != CorrelationType::value_percentile
        && type != CorrelationType::value_median;
}

}

CorrelationProgram::CorrelationProgram(Correlation const& source)
    : correlation(&source)
    , slot_count(source.rules.size())
{
    if (!source.expression.empty()) {
        expression = CorrelationExpression::parse(source.expression);
        for (auto const& rule : source.rules) {
            auto const& names = expression->names();
            slot_bits.push_back(
                static_cast<std::uint32_t>(std::find(names.begin(), names.end(), rule.name) - names.begin()));
        }
        judges_complete_windows = expression->has_negation();
        return;
    }
    double largest = 0;
    for (auto const& [comparison, bound] : source.bounds) {
        largest = std::max(largest, bound);
        judges_complete_windows |= comparison != Comparison::greater && comparison != Comparison::greater_or_equal;
    }
    judges_complete_windows |= !only_grows(source.type);
    if (largest > static_cast<double>(entries_max) / 2 && largest < 1e9)
        entries_max = static_cast<std::size_t>(largest) * 2;
}

bool CorrelationProgram::bounds_hold(double value) const
{
    auto const& bounds = correlation->bounds;
    if (bounds.empty()) // temporal without a condition: all rules
        return value >= static_cast<double>(slot_count);
    return std::all_of(
        bounds.begin(), bounds.end(), [&](auto const& bound) { return fulfils(value, bound.first, bound.second); });
}

CorrelationGroup::CorrelationGroup(NamedValues group_key, std::uint64_t group_serial, CorrelationProgram const& program)
    : key(std::move(group_key))
    , serial(group_serial)
    , m_slot_counts(program.slot_count, 0)
{
    if (program.correlation->type != CorrelationType::temporal_ordered)
        return;
    if (program.expression)
        m_masks.resize(std::size_t { 1 } << program.expression->names().size());
    else
        m_chains.resize(program.slot_count * program.slot_count);
}

void CorrelationGroup::add(CorrelationProgram const& program, CorrelationEntry entry, std::string_view value)
{
    if (program.correlation->type == CorrelationType::value_count) {
        entry.value = m_values.try_emplace(std::string(value), 0).first;
        if (entry.value->second++ == 0)
            m_value_bytes += value.size() + 96; // a tree node
    }
    m_sum += entry.number;
    ++m_slot_counts[entry.slot];
    last_at = std::max(last_at, entry.at);
    m_entries.push_back(entry);
    if (!m_chains.empty())
        extend_chains(program, entry);
    if (!m_masks.empty())
        extend_masks(program, entry);
    // Judged windows may be longer than what is kept: what leaves here is part of the open hit already.
    while (
        m_entries.size() - m_head > program.entries_max && open_hit != no_hit && m_first_sequence < recorded_sequence)
        remove_front(program);
}

void CorrelationGroup::drop_before(CorrelationProgram const& program, std::int64_t oldest)
{
    while (!is_empty() && m_entries[m_head].at < oldest)
        remove_front(program);
}

void CorrelationGroup::remove_front(CorrelationProgram const& program)
{
    auto const& entry = m_entries[m_head];
    if (program.correlation->type == CorrelationType::value_count && --entry.value->second == 0) {
        m_value_bytes -= entry.value->first.size() + 96;
        m_values.erase(entry.value);
    }
    m_sum -= entry.number;
    --m_slot_counts[entry.slot];
    ++m_head;
    ++m_first_sequence;
    if (is_empty())
        m_sum = 0; // no rounding left over from what has gone
    if (m_head > 64 && m_head * 2 > m_entries.size()) {
        m_entries.erase(m_entries.begin(), m_entries.begin() + static_cast<std::ptrdiff_t>(m_head));
        m_head = 0;
    }
}

void CorrelationGroup::clear()
{
    m_first_sequence = next_sequence();
    m_entries.clear();
    m_head = 0;
    std::fill(m_slot_counts.begin(), m_slot_counts.end(), 0U);
    m_values.clear();
    m_value_bytes = 0;
    m_sum = 0;
    std::fill(m_chains.begin(), m_chains.end(), Chain {});
    std::fill(m_masks.begin(), m_masks.end(), Chain {});
}

// The later a chain began, the longer it stays within the timespan: only the latest start per length and last rule
// matters.
void CorrelationGroup::extend_chains(CorrelationProgram const& program, CorrelationEntry const& entry)
{
    auto const slots = program.slot_count;
    auto const oldest = entry.at - program.correlation->timespan_ticks;
    for (std::size_t length = std::min<std::size_t>(entry.slot + 1, slots); length >= 2; --length) {
        auto& best = m_chains[(length - 1) * slots + entry.slot];
        for (std::size_t before = 0; before < entry.slot; ++before) {
            auto const& shorter = m_chains[(length - 2) * slots + before];
            if (shorter.is_set && shorter.at >= oldest && (!best.is_set || shorter.sequence > best.sequence))
                best = shorter;
        }
    }
    m_chains[entry.slot] = { next_sequence() - 1, entry.at, true };
}

void CorrelationGroup::extend_masks(CorrelationProgram const& program, CorrelationEntry const& entry)
{
    auto const bit = std::size_t { 1 } << program.slot_bits[entry.slot];
    // Order is the order of `rules`: a set grows only by rules behind all it holds.
    std::size_t later = 0;
    for (std::size_t slot = entry.slot; slot < program.slot_bits.size(); ++slot)
        later |= std::size_t { 1 } << program.slot_bits[slot];
    auto const oldest = entry.at - program.correlation->timespan_ticks;
    for (std::size_t mask = 1; mask < m_masks.size(); ++mask) {
        auto const& shorter = m_masks[mask];
        if (!shorter.is_set || (mask & later) != 0 || shorter.at < oldest)
            continue;
        auto& longer = m_masks[mask | bit];
        if (!longer.is_set || shorter.sequence > longer.sequence)
            longer = shorter;
    }
    m_masks[bit] = { next_sequence() - 1, entry.at, true };
}

std::uint64_t CorrelationGroup::seen_mask(CorrelationProgram const& program) const
{
    std::uint64_t seen = 0;
    for (std::size_t slot = 0; slot < m_slot_counts.size(); ++slot)
        if (m_slot_counts[slot] > 0)
            seen |= std::uint64_t { 1 } << program.slot_bits[slot];
    return seen;
}

CorrelationGroup::Judgement CorrelationGroup::judge_ordered(CorrelationProgram const& program) const
{
    auto const slots = program.slot_count;
    auto const oldest = newest().at - program.correlation->timespan_ticks;
    for (std::size_t length = slots; length >= 1; --length) {
        Chain best;
        for (std::size_t slot = 0; slot < slots; ++slot) {
            auto const& chain = m_chains[(length - 1) * slots + slot];
            if (chain.is_set && chain.at >= oldest && (!best.is_set || chain.sequence > best.sequence))
                best = chain;
        }
        if (!best.is_set)
            continue;
        auto const measured = static_cast<double>(length);
        return { program.bounds_hold(measured), measured, std::max(best.sequence, m_first_sequence) };
    }
    return { program.bounds_hold(0), 0, m_first_sequence };
}

CorrelationGroup::Judgement CorrelationGroup::judge_ordered_expression(CorrelationProgram const& program) const
{
    auto const seen = seen_mask(program);
    auto const oldest = newest().at - program.correlation->timespan_ticks;
    for (std::size_t mask = 1; mask < m_masks.size(); ++mask) {
        auto const& chain = m_masks[mask];
        if (chain.is_set && chain.at >= oldest && program.expression->holds(mask, seen))
            return { true, static_cast<double>(__builtin_popcountll(mask)),
                std::max(chain.sequence, m_first_sequence) };
    }
    return { false, 0, m_first_sequence };
}

// Percentiles lie between the neighbours in proportion (as percentile_cont of SQL does); the median is the 50th.
double CorrelationGroup::statistic(CorrelationProgram const& program) const
{
    auto const count = m_entries.size() - m_head;
    if (count == 0)
        return 0;
    if (program.correlation->type == CorrelationType::value_avg)
        return m_sum / static_cast<double>(count);
    std::vector<double> numbers;
    numbers.reserve(count);
    for (auto i = m_head; i < m_entries.size(); ++i)
        numbers.push_back(m_entries[i].number);
    std::sort(numbers.begin(), numbers.end());
    auto const percentile
        = program.correlation->type == CorrelationType::value_median ? 50.0 : program.correlation->percentile;
    auto const position = percentile / 100 * static_cast<double>(count - 1);
    auto const lower = static_cast<std::size_t>(std::floor(position));
    auto const upper = std::min(lower + 1, count - 1);
    auto const share = position - static_cast<double>(lower);
    return numbers[lower] + (numbers[upper] - numbers[lower]) * share;
}

CorrelationGroup::Judgement CorrelationGroup::judge(CorrelationProgram const& program) const
{
    if (is_empty())
        return {};
    double measured = 0;
    switch (program.correlation->type) {
    case CorrelationType::event_count: measured = static_cast<double>(m_entries.size() - m_head); break;
    case CorrelationType::value_count: measured = static_cast<double>(m_values.size()); break;
    case CorrelationType::value_sum: measured = m_sum; break;
    case CorrelationType::value_avg:
    case CorrelationType::value_percentile:
    case CorrelationType::value_median: measured = statistic(program); break;
    case CorrelationType::temporal_ordered:
        return program.expression ? judge_ordered_expression(program) : judge_ordered(program);
    case CorrelationType::temporal:
        measured = static_cast<double>(
            std::count_if(m_slot_counts.begin(), m_slot_counts.end(), [](auto count) { return count > 0; }));
        if (program.expression) {
            auto const seen = seen_mask(program);
            return { program.expression->holds(seen, seen), measured, m_first_sequence };
        }
        break;
    }
    return { program.bounds_hold(measured), measured, m_first_sequence };
}

std::size_t CorrelationGroup::state_bytes() const
{
    std::size_t bytes = sizeof *this + 256; // the map's node and the timer
    for (auto const& [name, value] : key)
        bytes += 2 * (name.size() + value.size()) + 64;
    for (auto const& [name, value] : last_values)
        bytes += name.size() + value.size() + 64;
    return bytes + m_entries.capacity() * sizeof(CorrelationEntry) + m_value_bytes
        + (m_chains.size() + m_masks.size()) * sizeof(Chain) + m_slot_counts.size() * sizeof(std::uint32_t);
}

}
