#include "rules/sigma/filters.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::sigma {

namespace {

bool names_rule(std::string_view reference, Rule const& rule)
{
    return (!rule.id.empty() && equals_ignoring_case(reference, rule.id))
        || (!rule.name.empty() && reference == rule.name);
}

Problem problem_with(Filter const& filter, Reason reason, std::string detail)
{
    return { filter.path, filter.document, filter.id, filter.title, filter.line, reason, std::move(detail) };
}

bool says_not(Condition const& condition)
{
    return std::any_of(condition.nodes.begin(), condition.nodes.end(),
        [](ConditionNode const& node) { return node.kind == ConditionNode::Kind::negation; });
}

}

bool is_within(LogSource const& rule, LogSource const& filter)
{
    return (filter.category.empty() || filter.category == rule.category)
        && (filter.product.empty() || filter.product == rule.product)
        && (filter.service.empty() || filter.service == rule.service);
}

void add_filter(Rule& rule, Filter const& filter)
{
    if (rule.condition.nodes.empty() || filter.condition.nodes.empty())
        return;
    auto const first_selection = static_cast<std::uint32_t>(rule.selections.size());
    for (auto selection : filter.selections) {
        // Nothing looks selections up by name after parsing; the name says where the term came from when people ask
        // why.
        selection.name = format("filter '{}': {}", filter.title.empty() ? filter.id : filter.title, selection.name);
        rule.selections.push_back(std::move(selection));
    }
    auto& nodes = rule.condition.nodes;
    auto const rule_root = static_cast<std::uint32_t>(nodes.size() - 1);
    auto const first_node = static_cast<std::uint32_t>(nodes.size());
    for (auto node : filter.condition.nodes) {
        node.selection += node.kind == ConditionNode::Kind::selection ? first_selection : 0;
        for (auto& child : node.children)
            child += first_node;
        nodes.push_back(std::move(node));
    }
    auto const filter_root = static_cast<std::uint32_t>(nodes.size() - 1);
    nodes.push_back({ ConditionNode::Kind::all, 0, { rule_root, filter_root } });
    rule.condition.text = format("({}) and ({})", rule.condition.text, filter.condition.text);
}

FilterReport apply_filters(std::span<Rule> rules, std::span<Filter const> filters)
{
    FilterReport report;
    for (auto const& filter : filters) {
        std::size_t changed = 0;
        for (auto const& reference : filter.rules)
            if (std::none_of(rules.begin(), rules.end(), [&](Rule const& rule) { return names_rule(reference, rule); }))
                report.problems.push_back(problem_with(
                    filter, Reason::reference, format("the rule '{}' that it filters is not there", reference)));
        for (auto& rule : rules) {
            auto const is_named = filter.applies_to_all
                || std::any_of(filter.rules.begin(), filter.rules.end(),
                    [&](std::string const& reference) { return names_rule(reference, rule); });
            if (!is_named || !is_within(rule.logsource, filter.logsource))
                continue;
            add_filter(rule, filter);
            ++changed;
        }
        if (changed > 0)
            ++report.applied;
        else if (filter.applies_to_all || report.problems.empty())
            report.problems.push_back(
                problem_with(filter, Reason::filter, "fits no rule: none that it names has its log source"));
        if (changed > 0 && !says_not(filter.condition))
            report.problems.push_back(problem_with(filter, Reason::filter,
                format("applied, but its condition '{}' has no `not`: only events that fulfil it are still reported",
                    filter.condition.text)));
    }
    return report;
}

}
