#include "rules/sigma/coverage.hpp"
#include "base/text.hpp"
#include "rules/sigma/plan.hpp"
#include <algorithm>
#include <map>

namespace konseki::sigma {

namespace {

bool takes_in(SourceVariant const& variant, std::optional<std::vector<std::uint32_t>> const& ids, Event const& event,
    LogSources const& sources)
{
    SourceVariant without_values = variant; // what `where` looks at is not known for kinds of events
    without_values.where.clear();
    return is_from_variant(event, without_values, sources)
        && (!ids || std::binary_search(ids->begin(), ids->end(), event.event_id));
}

std::string name_of_place(SourceVariant const& variant, LogSources const& sources)
{
    std::string name = variant.log == any_log ? "any log" : sources.logs()[variant.log].channels.front();
    for (auto const id : variant.event_ids)
        name += format(" {}", id);
    return name;
}

}

std::vector<SourceCoverage> coverage(RuleSet const& rules, std::span<SeenEvents const> seen)
{
    auto const& plan = rules.plan();
    std::map<std::string, SourceCoverage> by_source;
    for (std::uint32_t index = 0; index < rules.rules().size(); ++index) {
        auto const& rule = rules.rules()[index];
        auto& entry = by_source[to_string(rule.logsource)];
        auto const& variants = plan.variants[index];
        if (entry.looked_for.empty()) {
            entry.source = rule.logsource;
            for (auto const& variant : variants)
                entry.looked_for.push_back(name_of_place(variant, plan.sources));
            for (auto const& kind : seen) {
                Event event;
                event.channel = kind.channel;
                event.provider = kind.provider;
                event.event_id = kind.event_id;
                if (std::any_of(variants.begin(), variants.end(),
                        [&](auto const& variant) { return takes_in(variant, std::nullopt, event, plan.sources); }))
                    entry.events_seen += kind.count;
            }
        }
        auto const ids = necessary_event_ids(rule);
        bool const is_covered = std::any_of(seen.begin(), seen.end(), [&](SeenEvents const& kind) {
            Event event;
            event.channel = kind.channel;
            event.provider = kind.provider;
            event.event_id = kind.event_id;
            return std::any_of(variants.begin(), variants.end(),
                [&](auto const& variant) { return takes_in(variant, ids, event, plan.sources); });
        });
        (is_covered ? entry.rules_covered : entry.rules_without_events).push_back(index);
    }
    std::vector<SourceCoverage> all;
    all.reserve(by_source.size());
    for (auto& [name, entry] : by_source)
        all.push_back(std::move(entry));
    return all;
}

}
