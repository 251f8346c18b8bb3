#include "app/rule_coverage.hpp"
#include "base/text.hpp"
#include <algorithm>

namespace konseki::app {

static Result<std::vector<sigma::SeenEvents>> seen_events(store::Case const& source)
{
    auto rows = TRY(
        source.query("SELECT channel, provider, event_id, count(*) FROM windows_event GROUP BY ALL ORDER BY ALL"));
    std::vector<sigma::SeenEvents> seen;
    while (rows.next())
        seen.push_back({ std::string(rows.text(0)), std::string(rows.text(1)),
            static_cast<std::uint32_t>(rows.unsigned_integer(2)), rows.unsigned_integer(3) });
    TRY(rows.status());
    return seen;
}

std::string first_ones(std::vector<std::string> const& texts, std::size_t count)
{
    std::string joined;
    for (std::size_t index = 0; index < std::min(count, texts.size()); ++index)
        append_format(joined, "{}{}", joined.empty() ? "" : ", ", texts[index]);
    if (texts.size() > count)
        append_format(joined, " and {} more", texts.size() - count);
    return joined;
}

Result<std::vector<sigma::SourceCoverage>> coverage_of(sigma::RuleSet const& set, store::Case const& source)
{
    auto const seen = TRY(seen_events(source));
    return sigma::coverage(set, seen);
}

Result<std::string> coverage_fact(sigma::RuleSet const& set, store::Case const& source)
{
    std::string text = "[";
    for (auto const& entry : TRY(coverage_of(set, source))) {
        if (entry.rules_without_events.empty())
            continue;
        append_format(text, "{}{{\"source\":{},\"rules\":{},\"looked_for\":{}}}", text.size() > 1 ? "," : "",
            json_string(to_string(entry.source)), entry.rules_without_events.size(),
            json_string(first_ones(entry.looked_for, 3)));
    }
    return text + "]";
}

}
