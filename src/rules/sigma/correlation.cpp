#include "rules/sigma/correlation.hpp"
#include "base/text.hpp"
#include "rules/sigma/correlation_expression.hpp"
#include <algorithm>
#include <array>
#include <limits>

namespace konseki::sigma {

namespace {

constexpr std::array<std::string_view, 8> type_names { "event_count", "value_count", "temporal", "temporal_ordered",
    "value_sum", "value_avg", "value_percentile", "value_median" };
constexpr std::array<std::pair<std::string_view, Comparison>, 6> bound_names { { { "gt", Comparison::greater },
    { "gte", Comparison::greater_or_equal }, { "lt", Comparison::less }, { "lte", Comparison::less_or_equal },
    { "eq", Comparison::equal }, { "neq", Comparison::not_equal } } };

// M and y as pySigma counts them: a twelfth of a Gregorian year, and a Gregorian year.
constexpr std::array<std::pair<char, std::int64_t>, 7> unit_seconds { { { 's', 1 }, { 'm', 60 }, { 'h', 3'600 },
    { 'd', 86'400 }, { 'w', 604'800 }, { 'M', 2'629'746 }, { 'y', 31'556'952 } } };

bool needs_field(CorrelationType type)
{
    return type != CorrelationType::event_count && type != CorrelationType::temporal
        && type != CorrelationType::temporal_ordered;
}

bool is_temporal(CorrelationType type)
{
    return type == CorrelationType::temporal || type == CorrelationType::temporal_ordered;
}

std::optional<std::uint32_t> find_head(auto const& items, std::string_view reference)
{
    for (std::uint32_t i = 0; i < items.size(); ++i)
        if (!items[i].id.empty() && equals_ignoring_case(items[i].id, reference))
            return i;
    for (std::uint32_t i = 0; i < items.size(); ++i)
        if (!items[i].name.empty() && items[i].name == reference)
            return i;
    return std::nullopt;
}

// References of one correlation; the sentence for people when one is not there.
std::optional<std::string> resolve_references(Correlation& correlation, std::uint32_t own_index,
    std::span<Correlation const> correlations, std::span<Rule const> rules)
{
    if (correlation.rules.empty() && !correlation.expression.empty())
        for (auto& name : names_in_expression(correlation.expression).value_or(std::vector<std::string> {}))
            correlation.rules.push_back({ std::move(name), false, 0 });
    for (auto& reference : correlation.rules) {
        // What a deprecated aggregation was made of shares the id: the plain rule is meant.
        auto const rule = find_head(rules, reference.name);
        auto const other = find_head(correlations, reference.name);
        if (rule && (!other || *other == own_index || correlation.is_from_aggregation)) {
            reference.is_correlation = false;
            reference.index = *rule;
        } else if (other) {
            // An aggregated rule is meant as a whole when others refer to it.
            reference.is_correlation = true;
            reference.index = *other;
        } else {
            return format("refers to the rule '{}', which is not among the rules that can run", reference.name);
        }
    }
    return std::nullopt;
}

// Every correlation whose sources all run gets a place in the order; what is left over stands on itself or on a broken
// one.
std::vector<bool> find_runnable(std::span<Correlation const> correlations, std::vector<bool> const& is_broken)
{
    std::vector<bool> is_runnable(correlations.size(), false);
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < correlations.size(); ++i) {
            if (is_runnable[i] || is_broken[i])
                continue;
            auto const& sources = correlations[i].rules;
            if (std::all_of(sources.begin(), sources.end(),
                    [&](Reference const& source) { return !source.is_correlation || is_runnable[source.index]; })) {
                is_runnable[i] = true;
                changed = true;
            }
        }
    }
    return is_runnable;
}

void mark_silent(std::span<Correlation> correlations, std::span<Rule> rules, std::vector<bool> const& is_runnable)
{
    std::vector<bool> rule_used(rules.size(), false);
    std::vector<bool> rule_reported(rules.size(), false);
    std::vector<bool> used(correlations.size(), false);
    std::vector<bool> reported(correlations.size(), false);
    for (std::size_t i = 0; i < correlations.size(); ++i) {
        if (!is_runnable[i])
            continue;
        for (auto const& source : correlations[i].rules) {
            (source.is_correlation ? used : rule_used)[source.index] = true;
            if (correlations[i].generate)
                (source.is_correlation ? reported : rule_reported)[source.index] = true;
        }
    }
    for (std::size_t i = 0; i < rules.size(); ++i)
        rules[i].is_silent = rule_used[i] && !rule_reported[i];
    for (std::size_t i = 0; i < correlations.size(); ++i)
        correlations[i].is_silent = used[i] && !reported[i];
}

}

bool parse_correlation_type(std::string_view text, CorrelationType& type)
{
    for (std::size_t i = 0; i < type_names.size(); ++i) {
        if (equals_ignoring_case(type_names[i], text)) {
            type = static_cast<CorrelationType>(i);
            return true;
        }
    }
    return false;
}

bool parse_bound(std::string_view key, Comparison& comparison)
{
    for (auto const& [name, value] : bound_names) {
        if (name == key) {
            comparison = value;
            return true;
        }
    }
    return false;
}

std::optional<std::int64_t> parse_timespan(std::string_view text)
{
    if (text.size() < 2)
        return std::nullopt;
    auto const count = parse_int(text.substr(0, text.size() - 1));
    for (auto const& [unit, seconds] : unit_seconds) {
        if (text.back() != unit)
            continue;
        if (!count || *count <= 0
            || *count > std::numeric_limits<std::int64_t>::max() / 4 / (seconds * ticks_per_second))
            return std::nullopt;
        return *count * seconds * ticks_per_second;
    }
    return std::nullopt;
}

std::optional<std::vector<std::string>> names_in_expression(std::string_view expression)
{
    auto const parsed = CorrelationExpression::parse(expression);
    if (!parsed)
        return std::nullopt;
    return parsed->names();
}

std::optional<std::string> problem_of(Correlation const& correlation)
{
    auto const type = correlation.type;
    if (correlation.timespan_ticks <= 0)
        return "has no timespan";
    if (!correlation.expression.empty()) {
        if (!is_temporal(type))
            return "a condition in words is only for temporal and temporal_ordered";
        auto const names = names_in_expression(correlation.expression);
        if (!names)
            return format("the condition '{}' does not parse", correlation.expression);
        if (type == CorrelationType::temporal_ordered && names->size() > CorrelationExpression::ordered_names_max)
            return format(
                "an ordered condition in words may name at most {} rules", CorrelationExpression::ordered_names_max);
        for (auto const& name : *names)
            if (!correlation.rules.empty()
                && std::none_of(correlation.rules.begin(), correlation.rules.end(),
                    [&](Reference const& rule) { return rule.name == name; }))
                return format("the condition names '{}', which is not among its rules", name);
        for (auto const& rule : correlation.rules)
            if (std::find(names->begin(), names->end(), rule.name) == names->end())
                return format("the condition does not use the rule '{}'", rule.name);
        return std::nullopt;
    }
    if (correlation.rules.empty())
        return "refers to no rules";
    if (correlation.rules.size() > 64)
        return "refers to more than 64 rules";
    if (correlation.bounds.empty() && !is_temporal(type))
        return "has no condition";
    if (needs_field(type) && correlation.value_fields.empty())
        return format("{} needs `field` in its condition", type_names[static_cast<std::size_t>(type)]);
    if (type == CorrelationType::value_percentile && !(correlation.percentile >= 0 && correlation.percentile <= 100))
        return "the percentile must lie between 0 and 100";
    return std::nullopt;
}

std::vector<CorrelationProblem> resolve_correlations(std::span<Correlation> correlations, std::span<Rule> rules)
{
    std::vector<CorrelationProblem> problems;
    std::vector<bool> is_broken(correlations.size(), false);
    for (std::uint32_t i = 0; i < correlations.size(); ++i) {
        auto problem = problem_of(correlations[i]);
        if (!problem)
            problem = resolve_references(correlations[i], i, correlations, rules);
        if (problem) {
            is_broken[i] = true;
            problems.push_back({ i, std::move(*problem) });
        }
    }
    auto const is_runnable = find_runnable(correlations, is_broken);
    for (std::uint32_t i = 0; i < correlations.size(); ++i)
        if (!is_runnable[i] && !is_broken[i])
            problems.push_back({ i, "stands on a correlation that cannot run, or leads back to itself" });
    std::sort(
        problems.begin(), problems.end(), [](auto const& a, auto const& b) { return a.correlation < b.correlation; });
    mark_silent(correlations, rules, is_runnable);
    return problems;
}

namespace {

// The field of a source's events that an alias (or plain name) of the correlation means.
std::string_view source_field(
    Correlation const& correlation, RuleHead const& source, std::string_view reference, std::string_view name)
{
    for (auto const& alias : correlation.aliases) {
        if (alias.name != name)
            continue;
        for (auto const& [rule, field] : alias.fields)
            if (rule == reference || (!rule.empty() && (rule == source.name || equals_ignoring_case(rule, source.id))))
                return field;
    }
    return name;
}

}

std::vector<std::vector<std::string>> fields_needed(
    std::span<Correlation const> correlations, std::span<Rule const> rules)
{
    std::vector<std::vector<std::string>> by_rule(rules.size());
    std::vector<std::vector<std::string>> by_correlation(correlations.size());
    auto add = [](std::vector<std::string>& names, std::string_view name) {
        auto const place = std::lower_bound(names.begin(), names.end(), name);
        if (place != names.end() && *place == name)
            return false;
        names.insert(place, std::string(name));
        return true;
    };
    // A chain hands down what it needs; repeated until nothing new appears (chains are short and have no circles).
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < correlations.size(); ++i) {
            auto names = by_correlation[i];
            names.insert(names.end(), correlations[i].group_by.begin(), correlations[i].group_by.end());
            names.insert(names.end(), correlations[i].value_fields.begin(), correlations[i].value_fields.end());
            for (auto const& source : correlations[i].rules) {
                if (source.index >= (source.is_correlation ? correlations.size() : rules.size())
                    || (source.is_correlation && source.index == i))
                    continue;
                RuleHead const& head = source.is_correlation ? static_cast<RuleHead const&>(correlations[source.index])
                                                             : rules[source.index];
                for (auto const& name : names)
                    changed |= add((source.is_correlation ? by_correlation : by_rule)[source.index],
                        source_field(correlations[i], head, source.name, name));
            }
        }
    }
    return by_rule;
}

}
