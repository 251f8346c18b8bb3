#include "base/text.hpp"
#include "rules/sigma/correlation.hpp"
#include "rules/sigma/correlation_group.hpp"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <queue>
#include <unordered_map>

namespace konseki::sigma {

namespace {

// Who listens to a rule or correlation, and under which names it finds its values there.
struct Listener {
    std::uint32_t correlation = 0;
    std::uint32_t slot = 0;
    std::vector<std::string> group_fields; // as the source names them, in the order of group_by
    std::vector<std::string> value_fields;
};

// An event or the hit of an inner correlation on its way to the listeners.
struct Signal {
    bool is_correlation = false;
    std::uint32_t source = 0;
    std::int64_t at = 0;
    TraceId trace;
    std::uint32_t hit = no_hit;
    bool is_new_hit = true; // false: an open hit went on
    std::uint32_t host = 0;
    NamedValues values;
};

struct OpenHit {
    CorrelationHit hit;
    std::vector<std::uint32_t> inner; // hits it stands on
    std::uint32_t host = 0;
    bool has_host = false;
    bool has_several_hosts = false;
    bool is_listed = true; // false: traces are only counted from some point on
};

// A moment at which a group may have become complete or forgotten.
struct Timer {
    std::int64_t at = 0;
    std::uint32_t correlation = 0;
    std::uint64_t serial = 0;
    std::string key;
    bool operator>(Timer const& other) const
    {
        return std::tie(at, correlation, serial) > std::tie(other.at, other.correlation, other.serial);
    }
};

std::string const* find_value(NamedValues const& values, std::string_view name)
{
    for (auto const& [key, value] : values)
        if (equals_ignoring_case(key, name))
            return &value;
    return nullptr;
}

std::optional<double> number_in(std::string const& text)
{
    if (auto const whole = parse_uint(text)) // 0x… too
        return static_cast<double>(*whole);
    char* end = nullptr;
    auto const value = std::strtod(text.c_str(), &end);
    if (text.empty() || end != text.c_str() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::string_view field_at_source(
    Correlation const& correlation, RuleHead const& source, std::string_view reference, std::string_view name)
{
    for (auto const& alias : correlation.aliases)
        if (alias.name == name)
            for (auto const& [rule, field] : alias.fields)
                if (rule == reference
                    || (!rule.empty() && (rule == source.name || equals_ignoring_case(rule, source.id))))
                    return field;
    return name;
}

// Keys ignore ASCII case, as Sigma's values do: the same account is written in many ways.
std::string key_of(NamedValues const& group)
{
    std::string key;
    for (auto const& [name, value] : group) {
        key += ascii_lower(value);
        key += '\0';
    }
    return key;
}

bool counts_hits_once(CorrelationType type)
{
    return type != CorrelationType::temporal && type != CorrelationType::temporal_ordered;
}

}

struct CorrelationEngine::State {
    std::span<Correlation const> correlations;
    Limits limits;
    std::vector<CorrelationProgram> programs;
    std::vector<std::vector<Listener>> rule_listeners, correlation_listeners;
    std::vector<std::unordered_map<std::string, CorrelationGroup>> groups; // by correlation; never iterated into output
    std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers;
    std::vector<OpenHit> hits; // all, open and closed
    std::vector<std::string> hosts;
    std::unordered_map<std::string, std::uint32_t> host_numbers;
    std::vector<Signal> pending;
    CorrelationOutcome outcome;
    std::uint64_t next_serial = 0;
    std::size_t state_bytes = 0; // of groups
    std::size_t listed_bytes = 0; // of traces in hits
    std::int64_t now = 0;

    State(std::span<Correlation const> all, std::span<Rule const> rules, Limits const& given_limits);
    std::uint32_t host_number(std::string_view host);
    void advance(std::int64_t at);
    void run(Signal first);
    void deliver(Signal const& signal, Listener const& listener);
    void judge(std::uint32_t correlation, CorrelationGroup& group, std::int64_t at);
    void record(OpenHit& hit, CorrelationGroup& group, std::uint64_t first_sequence);
    void fire(Timer const& timer);
    void count_bytes(CorrelationGroup& group);
    void make_room();
    void drain();
    std::vector<std::uint32_t> hits_below(std::uint32_t top) const;
    CorrelationHit assemble(std::uint32_t number);
};

CorrelationEngine::State::State(
    std::span<Correlation const> all, std::span<Rule const> rules, Limits const& given_limits)
    : correlations(all)
    , limits(given_limits)
    , rule_listeners(rules.size())
    , correlation_listeners(all.size())
    , groups(all.size())
{
    programs.reserve(all.size());
    for (std::uint32_t i = 0; i < all.size(); ++i) {
        programs.emplace_back(all[i]);
        // Backwards: one event that serves two places of an ordered correlation must not follow itself.
        for (auto slot = static_cast<std::uint32_t>(all[i].rules.size()); slot-- > 0;) {
            auto const& source = all[i].rules[slot];
            RuleHead const& head
                = source.is_correlation ? static_cast<RuleHead const&>(all[source.index]) : rules[source.index];
            Listener listener { i, slot, {}, {} };
            for (auto const& name : all[i].group_by)
                listener.group_fields.emplace_back(field_at_source(all[i], head, source.name, name));
            for (auto const& name : all[i].value_fields)
                listener.value_fields.emplace_back(field_at_source(all[i], head, source.name, name));
            (source.is_correlation ? correlation_listeners : rule_listeners)[source.index].push_back(
                std::move(listener));
        }
    }
}

std::uint32_t CorrelationEngine::State::host_number(std::string_view host)
{
    auto const [place, is_new] = host_numbers.try_emplace(std::string(host), static_cast<std::uint32_t>(hosts.size()));
    if (is_new)
        hosts.emplace_back(host);
    return place->second;
}

// Everything that became complete up to this moment is judged first, so that chained correlations see time go forwards.
void CorrelationEngine::State::advance(std::int64_t at)
{
    now = std::max(now, at);
    while (!timers.empty() && timers.top().at <= at) {
        auto const timer = timers.top();
        timers.pop();
        fire(timer);
        drain();
    }
}

void CorrelationEngine::State::run(Signal first)
{
    pending.push_back(std::move(first));
    drain();
}

// A chain's signals are worked off in order, without recursion.
void CorrelationEngine::State::drain()
{
    for (std::size_t next = 0; next < pending.size(); ++next) {
        auto const signal = std::move(pending[next]); // deliver() may add to pending
        auto const& listeners = (signal.is_correlation ? correlation_listeners : rule_listeners)[signal.source];
        for (auto const& listener : listeners)
            deliver(signal, listener);
    }
    pending.clear();
}

void CorrelationEngine::State::deliver(Signal const& signal, Listener const& listener)
{
    auto const& correlation = correlations[listener.correlation];
    auto const& program = programs[listener.correlation];
    if (!signal.is_new_hit && counts_hits_once(correlation.type))
        return;
    NamedValues group_values;
    for (std::size_t i = 0; i < correlation.group_by.size(); ++i) {
        auto const* value = find_value(signal.values, listener.group_fields[i]);
        if (value == nullptr) {
            ++outcome.without_group;
            return;
        }
        group_values.emplace_back(correlation.group_by[i], *value);
    }
    std::string counted;
    double number = 0;
    for (auto const& field : listener.value_fields) {
        auto const* value = find_value(signal.values, field);
        if (value == nullptr)
            return; // nothing to count or sum
        counted += ascii_lower(*value);
        counted += '\0';
        if (correlation.type != CorrelationType::value_count) {
            auto const parsed = number_in(*value);
            if (!parsed)
                return;
            number = *parsed;
        }
    }
    auto key = key_of(group_values);
    auto place = groups[listener.correlation].find(key);
    if (place == groups[listener.correlation].end()) {
        place = groups[listener.correlation].try_emplace(key, std::move(group_values), next_serial++, program).first;
        place->second.window_start = signal.at;
        auto const keep = correlation.timespan_ticks + (program.judges_complete_windows ? 0 : 1);
        timers.push({ signal.at + keep, listener.correlation, place->second.serial, std::move(key) });
    }
    auto& group = place->second;
    if (group.is_empty())
        group.window_start = signal.at;
    auto const is_repeated = !group.is_empty() && signal.hit == no_hit && group.newest().hit == no_hit
        && group.newest().trace == signal.trace;
    if (is_repeated && counts_hits_once(correlation.type))
        return; // one event that several of the rules match counts once
    if (!program.judges_complete_windows)
        group.drop_before(program, signal.at - correlation.timespan_ticks);
    CorrelationEntry entry;
    entry.at = signal.at;
    entry.trace = signal.trace;
    entry.slot = listener.slot;
    entry.hit = signal.hit;
    entry.number = number;
    entry.host = signal.host;
    group.add(program, entry, counted);
    if (!correlation_listeners[listener.correlation].empty())
        group.last_values = signal.values;
    count_bytes(group);
    if (!program.judges_complete_windows)
        judge(listener.correlation, group, signal.at);
    if (state_bytes > limits.correlation_state_bytes_max)
        make_room();
}

void CorrelationEngine::State::judge(std::uint32_t correlation, CorrelationGroup& group, std::int64_t at)
{
    auto const& program = programs[correlation];
    auto const judgement = group.judge(program);
    if (!judgement.holds)
        return;
    // Windows that share events are one hit; complete windows share none and are one hit when they follow each other at
    // once.
    bool is_new = group.open_hit == no_hit || judgement.first_sequence >= group.recorded_sequence;
    if (is_new) {
        group.open_hit = static_cast<std::uint32_t>(hits.size());
        hits.emplace_back();
        hits.back().hit.correlation = correlation;
        hits.back().hit.group = group.key;
        hits.back().hit.measured = judgement.measured;
    }
    auto& hit = hits[group.open_hit];
    hit.hit.measured = std::max(hit.hit.measured, judgement.measured);
    record(hit, group, is_new ? judgement.first_sequence : std::max(judgement.first_sequence, group.recorded_sequence));
    if (correlation_listeners[correlation].empty())
        return;
    Signal signal;
    signal.is_correlation = true;
    signal.source = correlation;
    signal.at = at;
    signal.trace = group.newest().trace;
    signal.hit = group.open_hit;
    signal.is_new_hit = is_new;
    signal.host = group.newest().host;
    signal.values = group.key; // first, so that the group's own names win
    signal.values.insert(signal.values.end(), group.last_values.begin(), group.last_values.end());
    pending.push_back(std::move(signal));
}

void CorrelationEngine::State::record(OpenHit& hit, CorrelationGroup& group, std::uint64_t first_sequence)
{
    for (auto sequence = std::max(first_sequence, group.first_sequence()); sequence < group.next_sequence();
         ++sequence) {
        auto const& entry = group.entry(sequence);
        if (entry.hit != no_hit) {
            if (hit.inner.empty() || hit.inner.back() != entry.hit)
                hit.inner.push_back(entry.hit);
            continue;
        }
        if (hit.hit.trace_total++ == 0)
            hit.hit.first_at = { entry.at };
        hit.hit.last_at = { entry.at };
        hit.has_several_hosts |= hit.has_host && hit.host != entry.host;
        hit.host = entry.host;
        hit.has_host = true;
        hit.is_listed &= hit.hit.traces.size() < traces_max && listed_bytes < limits.correlation_state_bytes_max;
        if (!hit.is_listed)
            continue;
        hit.hit.traces.push_back(entry.trace);
        listed_bytes += sizeof(TraceId);
    }
    group.recorded_sequence = group.next_sequence();
}

void CorrelationEngine::State::fire(Timer const& timer)
{
    auto& own = groups[timer.correlation];
    auto const place = own.find(timer.key);
    if (place == own.end() || place->second.serial != timer.serial)
        return; // dropped meanwhile
    auto& group = place->second;
    auto const& program = programs[timer.correlation];
    auto const timespan = correlations[timer.correlation].timespan_ticks;
    auto due = group.last_at + timespan + 1;
    if (program.judges_complete_windows) {
        if (!group.is_empty() && group.window_start + timespan <= timer.at) {
            judge(timer.correlation, group, timer.at);
            group.clear();
            group.open_hit = no_hit;
            count_bytes(group);
        }
        due = group.is_empty() ? timer.at : group.window_start + timespan;
    }
    if (due > timer.at) {
        auto again = timer;
        again.at = due;
        timers.push(std::move(again));
        return;
    }
    state_bytes -= group.counted_bytes;
    own.erase(place);
}

void CorrelationEngine::State::count_bytes(CorrelationGroup& group)
{
    auto const bytes = group.state_bytes();
    state_bytes += bytes;
    state_bytes -= group.counted_bytes;
    group.counted_bytes = bytes;
}

// Gives up the groups that were silent for longest, until half of the room is free again.
void CorrelationEngine::State::make_room()
{
    struct Victim {
        std::int64_t last_at;
        std::uint64_t serial;
        std::uint32_t correlation;
        std::string const* key;
    };
    std::vector<Victim> victims;
    for (std::uint32_t i = 0; i < groups.size(); ++i)
        for (auto const& [key, group] : groups[i])
            victims.push_back({ group.last_at, group.serial, i, &key });
    std::sort(victims.begin(), victims.end(),
        [](Victim const& a, Victim const& b) { return std::tie(a.last_at, a.serial) < std::tie(b.last_at, b.serial); });
    if (outcome.groups_dropped == 0)
        outcome.dropped_first_at = { now };
    for (auto const& victim : victims) {
        if (state_bytes <= limits.correlation_state_bytes_max / 2)
            break;
        auto& own = groups[victim.correlation];
        auto const place = own.find(*victim.key);
        state_bytes -= place->second.counted_bytes;
        own.erase(place);
        ++outcome.groups_dropped;
    }
}

std::vector<std::uint32_t> CorrelationEngine::State::hits_below(std::uint32_t top) const
{
    std::vector<std::uint32_t> found { top };
    std::vector<bool> is_seen(hits.size(), false);
    is_seen[top] = true;
    for (std::size_t next = 0; next < found.size(); ++next)
        for (auto const inner : hits[found[next]].inner)
            if (!is_seen[inner]) {
                is_seen[inner] = true;
                found.push_back(inner);
            }
    return found;
}

CorrelationHit CorrelationEngine::State::assemble(std::uint32_t number)
{
    auto result = hits[number].hit;
    bool is_one_host = true;
    std::optional<std::uint32_t> host;
    for (auto const below : hits_below(number)) {
        auto const& part = hits[below];
        if (part.has_host) {
            is_one_host &= !part.has_several_hosts && (!host || *host == part.host);
            host = part.host;
        }
        if (below == number)
            continue;
        result.trace_total += part.hit.trace_total;
        if (part.hit.first_at.is_set() && (!result.first_at.is_set() || part.hit.first_at < result.first_at))
            result.first_at = part.hit.first_at;
        result.last_at = std::max(result.last_at, part.hit.last_at);
        auto const room = traces_max - std::min(traces_max, result.traces.size());
        auto const count = std::min(room, part.hit.traces.size());
        result.traces.insert(
            result.traces.end(), part.hit.traces.begin(), part.hit.traces.begin() + static_cast<std::ptrdiff_t>(count));
    }
    std::sort(result.traces.begin(), result.traces.end());
    auto const listed = result.traces.size();
    result.traces.erase(std::unique(result.traces.begin(), result.traces.end()), result.traces.end());
    result.trace_total -= listed - result.traces.size();
    if (host && is_one_host)
        result.host = hosts[*host];
    return result;
}

CorrelationEngine::CorrelationEngine(
    std::span<Correlation const> correlations, std::span<Rule const> rules, Limits const& limits)
    : m_state(std::make_unique<State>(correlations, rules, limits))
{
}

CorrelationEngine::~CorrelationEngine() = default;

void CorrelationEngine::add(RuleMatch const& match)
{
    if (match.rule >= m_state->rule_listeners.size() || m_state->rule_listeners[match.rule].empty())
        return;
    m_state->advance(match.at.ticks);
    Signal signal;
    signal.source = match.rule;
    signal.at = match.at.ticks;
    signal.trace = match.trace;
    signal.host = m_state->host_number(match.host);
    signal.values.assign(match.values.begin(), match.values.end());
    m_state->run(std::move(signal));
}

CorrelationOutcome CorrelationEngine::finish()
{
    auto& state = *m_state;
    while (!state.timers.empty())
        state.advance(state.timers.top().at);
    for (std::uint32_t i = 0; i < state.hits.size(); ++i)
        state.outcome.hits.push_back(state.assemble(i));
    // A stable order that does not depend on how hits opened.
    std::stable_sort(
        state.outcome.hits.begin(), state.outcome.hits.end(), [](CorrelationHit const& a, CorrelationHit const& b) {
            return std::tie(a.correlation, a.first_at, a.group) < std::tie(b.correlation, b.first_at, b.group);
        });
    return std::move(state.outcome);
}

}
