#include "base/text.hpp"
#include "rules/sigma/correlation.hpp"
#include "rules/sigma/correlation_expression.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::sigma {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t minute = 60 * ticks_per_second;

struct Story {
    std::vector<Rule> rules;
    std::vector<Correlation> correlations;
    Limits limits;
    struct Match {
        std::uint32_t rule;
        double at_minutes;
        std::vector<std::pair<std::string, std::string>> values;
        std::string host = "PC1";
    };
    std::vector<Match> matches;

    explicit Story(std::vector<std::string> const& names)
    {
        for (auto const& name : names) {
            Rule rule;
            rule.name = name;
            rule.id = "id-" + name;
            rules.push_back(rule);
        }
    }
    Correlation& add(
        CorrelationType type, std::vector<std::string> const& references, std::int64_t timespan = 10 * minute)
    {
        Correlation correlation;
        correlation.type = type;
        correlation.name = format("c{}", correlations.size());
        correlation.timespan_ticks = timespan;
        for (auto const& name : references)
            correlation.rules.push_back({ name, false, 0 });
        correlations.push_back(correlation);
        return correlations.back();
    }
    CorrelationOutcome outcome()
    {
        EXPECT_TRUE(resolve_correlations(correlations, rules).empty());
        CorrelationEngine engine(correlations, rules, limits);
        std::uint64_t offset = 0;
        for (auto const& match : matches) {
            auto const at = Timestamp { static_cast<std::int64_t>(match.at_minutes * static_cast<double>(minute)) + 1 };
            engine.add({ match.rule, at, { 1, ++offset }, match.host, match.values });
        }
        return engine.finish();
    }
};

std::vector<std::uint64_t> offsets(CorrelationHit const& hit)
{
    std::vector<std::uint64_t> result;
    for (auto const& trace : hit.traces)
        result.push_back(trace.offset);
    return result;
}

TEST(Correlation, TimespansAreReadAsTheSpecificationWritesThem)
{
    EXPECT_EQ(parse_timespan("90m"), 90 * minute);
    EXPECT_EQ(parse_timespan("1d"), 24 * 60 * minute);
    EXPECT_FALSE(parse_timespan("0s"));
    EXPECT_FALSE(parse_timespan("5"));
    EXPECT_FALSE(parse_timespan("5 m"));
    EXPECT_FALSE(parse_timespan("99999999999999999h"));
}

TEST(Correlation, EventCountSlidesAndFoldsOverlappingWindows)
{
    Story story({ "failed" });
    auto& correlation = story.add(CorrelationType::event_count, { "failed" });
    correlation.group_by = { "User" };
    correlation.bounds = { { Comparison::greater_or_equal, 3 } };
    // The window lies across any fixed boundary; the fourth event goes on with the same hit, the last three are
    // another.
    for (double const at : { 0.0, 8.0, 9.0, 10.0, 100.0, 101.0, 102.0 })
        story.matches.push_back({ 0, at, { { "User", "anna" } } });
    auto const outcome = story.outcome();
    ASSERT_EQ(outcome.hits.size(), 2U);
    EXPECT_THAT(offsets(outcome.hits[0]), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(outcome.hits[0].measured, 4);
    EXPECT_EQ(outcome.hits[0].host, "PC1");
    EXPECT_THAT(offsets(outcome.hits[1]), ElementsAre(5, 6, 7));
}

TEST(Correlation, GroupsAreKeptApartAndIgnoreCase)
{
    Story story({ "failed" });
    auto& correlation = story.add(CorrelationType::event_count, { "failed" });
    correlation.group_by = { "User" };
    correlation.bounds = { { Comparison::greater, 1 } };
    story.matches = { { 0, 0, { { "User", "anna" } } }, { 0, 1, { { "User", "bert" } } },
        { 0, 2, { { "User", "ANNA" } } }, { 0, 3, {} } };
    auto const outcome = story.outcome();
    ASSERT_EQ(outcome.hits.size(), 1U);
    EXPECT_THAT(outcome.hits[0].group, ElementsAre(std::pair<std::string, std::string> { "User", "anna" }));
    EXPECT_EQ(outcome.without_group, 1U);
}

TEST(Correlation, ValueCountCountsDistinctValuesOnly)
{
    Story story({ "failed" });
    auto& correlation = story.add(CorrelationType::value_count, { "failed" });
    correlation.group_by = { "Ip" };
    correlation.value_fields = { "User" };
    correlation.bounds = { { Comparison::greater_or_equal, 3 } };
    story.matches = { { 0, 0, { { "Ip", "1" }, { "User", "a" } } }, { 0, 1, { { "Ip", "1" }, { "User", "A" } } },
        { 0, 2, { { "Ip", "1" }, { "User", "b" } } } };
    EXPECT_TRUE(story.outcome().hits.empty());
    story.matches.push_back({ 0, 3, { { "Ip", "1" }, { "User", "c" } } });
    EXPECT_EQ(story.outcome().hits.size(), 1U);
    story.matches.back().at_minutes = 10.5; // "a" left the window at minute 10, its second sighting did not
    EXPECT_EQ(story.outcome().hits.size(), 1U);
    story.matches.back().at_minutes = 11.5;
    EXPECT_TRUE(story.outcome().hits.empty());
}

TEST(Correlation, RangesAndUpperBoundsWaitForTheWholeWindow)
{
    Story story({ "beat" });
    auto& correlation = story.add(CorrelationType::event_count, { "beat" });
    correlation.bounds = { { Comparison::greater, 1 }, { Comparison::less_or_equal, 3 } };
    story.matches = { { 0, 0, {} }, { 0, 1, {} }, { 0, 2, {} }, { 0, 3, {} }, { 0, 20, {} }, { 0, 21, {} } };
    auto const outcome = story.outcome();
    ASSERT_EQ(outcome.hits.size(), 1U); // four events in the first window are too many
    EXPECT_THAT(offsets(outcome.hits[0]), ElementsAre(5, 6));
}

TEST(Correlation, TemporalNeedsEveryRuleInAnyOrder)
{
    Story story({ "a", "b", "c" });
    auto& correlation = story.add(CorrelationType::temporal, { "a", "b", "id-c" });
    correlation.group_by = { "Host" };
    story.matches = { { 2, 0, { { "Host", "x" } } }, { 0, 1, { { "Host", "x" } } }, { 1, 2, { { "Host", "y" } } } };
    EXPECT_TRUE(story.outcome().hits.empty());
    story.matches.push_back({ 1, 9, { { "Host", "x" } } });
    EXPECT_EQ(story.outcome().hits.size(), 1U);
    story.matches.back().at_minutes = 11;
    EXPECT_TRUE(story.outcome().hits.empty());
    story.correlations[0].bounds = { { Comparison::greater_or_equal, 2 } };
    EXPECT_EQ(story.outcome().hits.size(), 1U); // two different rules suffice
}

TEST(Correlation, OrderedNeedsTheOrderAndUsesTheLatestStart)
{
    Story story({ "a", "b" });
    story.add(CorrelationType::temporal_ordered, { "a", "b" });
    story.matches = { { 1, 0, {} }, { 0, 1, {} } };
    EXPECT_TRUE(story.outcome().hits.empty());
    story.matches = { { 0, 0, {} }, { 0, 15, {} }, { 1, 20, {} } };
    auto const outcome = story.outcome();
    ASSERT_EQ(outcome.hits.size(), 1U);
    EXPECT_THAT(offsets(outcome.hits[0]), ElementsAre(2, 3));
    story.matches = { { 0, 0, {} }, { 1, 11, {} } };
    EXPECT_TRUE(story.outcome().hits.empty());
}

TEST(Correlation, OneEventDoesNotFollowItself)
{
    Story story({ "a" });
    story.add(CorrelationType::temporal_ordered, { "a", "a" });
    story.matches = { { 0, 0, {} } };
    EXPECT_TRUE(story.outcome().hits.empty());
    story.matches.push_back({ 0, 1, {} });
    EXPECT_EQ(story.outcome().hits.size(), 1U);
}

TEST(Correlation, ConditionsInWordsKnowAndOrNot)
{
    Story story({ "a", "b", "c" });
    story.add(CorrelationType::temporal, {}).expression = "a and (b or c)";
    story.matches = { { 1, 0, {} }, { 2, 1, {} } };
    EXPECT_TRUE(story.outcome().hits.empty());
    story.matches.push_back({ 0, 2, {} });
    EXPECT_EQ(story.outcome().hits.size(), 1U);
    story.correlations.clear();
    story.add(CorrelationType::temporal, {}).expression = "a and not b";
    EXPECT_TRUE(story.outcome().hits.empty()); // b is in the same window, before a
    story.matches = { { 0, 0, {} }, { 1, 12, {} } };
    EXPECT_EQ(story.outcome().hits.size(), 1U);
}

TEST(Correlation, OrderedConditionsInWordsTakeAnyOrderedProof)
{
    Story story({ "a", "b", "c" });
    story.add(CorrelationType::temporal_ordered, { "a", "b", "c" }).expression = "a and (b or c)";
    story.matches = { { 1, 0, {} }, { 0, 1, {} } };
    EXPECT_TRUE(story.outcome().hits.empty());
    story.matches.push_back({ 2, 2, {} });
    EXPECT_EQ(story.outcome().hits.size(), 1U);
}

TEST(Correlation, SumsAveragesAndPercentilesMeasureNumbers)
{
    Story story({ "flow" });
    auto& correlation = story.add(CorrelationType::value_sum, { "flow" });
    correlation.value_fields = { "Bytes" };
    correlation.bounds = { { Comparison::greater, 100 } };
    story.matches
        = { { 0, 0, { { "Bytes", "60" } } }, { 0, 1, { { "Bytes", "none" } } }, { 0, 2, { { "Bytes", "0x32" } } } };
    ASSERT_EQ(story.outcome().hits.size(), 1U);
    EXPECT_EQ(story.outcome().hits[0].measured, 110);
    story.correlations[0].type = CorrelationType::value_avg;
    story.correlations[0].bounds = { { Comparison::equal, 55 } };
    EXPECT_EQ(story.outcome().hits.size(), 1U);
    story.correlations[0].type = CorrelationType::value_median;
    EXPECT_EQ(story.outcome().hits.size(), 1U);
    story.correlations[0].type = CorrelationType::value_percentile;
    story.correlations[0].percentile = 90;
    story.correlations[0].bounds = { { Comparison::equal, 59 } };
    EXPECT_EQ(story.outcome().hits.size(), 1U);
}

TEST(Correlation, AliasesNameTheSameThingInDifferentEvents)
{
    Story story({ "error", "connection" });
    auto& correlation = story.add(CorrelationType::temporal, { "error", "connection" });
    correlation.group_by = { "inside" };
    correlation.aliases = { { "inside", { { "error", "Destination" }, { "id-connection", "Source" } } } };
    story.matches = { { 0, 0, { { "Destination", "10.0.0.1" }, { "Source", "8.8.8.8" } } },
        { 1, 1, { { "Source", "10.0.0.1" } } } };
    EXPECT_EQ(story.outcome().hits.size(), 1U);
    EXPECT_THAT(
        fields_needed(story.correlations, story.rules), ElementsAre(ElementsAre("Destination"), ElementsAre("Source")));
}

TEST(Correlation, ChainsSeeTheLastEventOfAHitThatGoesOn)
{
    Story story({ "failed", "success" });
    auto& many = story.add(CorrelationType::event_count, { "failed" });
    many.group_by = { "Host" };
    many.bounds = { { Comparison::greater_or_equal, 3 } };
    auto& then = story.add(CorrelationType::temporal_ordered, { "c0", "success" });
    then.group_by = { "User" }; // not the inner group: taken from the events
    for (int i = 0; i < 30; ++i)
        story.matches.push_back({ 0, static_cast<double>(i), { { "Host", "x" }, { "User", "anna" } } });
    story.matches.push_back({ 1, 38, { { "User", "anna" } } });
    auto const outcome = story.outcome();
    ASSERT_EQ(outcome.hits.size(), 2U);
    EXPECT_EQ(outcome.hits[1].correlation, 1U);
    EXPECT_EQ(outcome.hits[1].trace_total, 31U); // the brute force and the logon
    EXPECT_TRUE(story.correlations[0].is_silent);
    EXPECT_FALSE(story.correlations[1].is_silent);
    EXPECT_TRUE(story.rules[0].is_silent);
    EXPECT_THAT(fields_needed(story.correlations, story.rules)[0], ElementsAre("Host", "User"));
}

TEST(Correlation, GenerateKeepsTheRulesOwnFindings)
{
    Story story({ "a" });
    auto& correlation = story.add(CorrelationType::event_count, { "a" });
    correlation.bounds = { { Comparison::greater, 1 } };
    correlation.generate = true;
    (void)story.outcome();
    EXPECT_FALSE(story.rules[0].is_silent);
}

TEST(Correlation, BrokenOnesSayWhy)
{
    Story story({ "a" });
    story.add(CorrelationType::event_count, { "gone" }).bounds = { { Comparison::greater, 1 } };
    story.add(CorrelationType::value_count, { "a" }).bounds = { { Comparison::greater, 1 } };
    story.add(CorrelationType::temporal, { "c3" });
    story.add(CorrelationType::temporal, { "c2" });
    story.add(CorrelationType::temporal, {}).expression = "a and or b";
    auto const problems = resolve_correlations(story.correlations, story.rules);
    ASSERT_EQ(problems.size(), 5U);
    EXPECT_THAT(problems[0].detail, HasSubstr("gone"));
    EXPECT_THAT(problems[1].detail, HasSubstr("field"));
    EXPECT_THAT(problems[2].detail, HasSubstr("leads back"));
    EXPECT_THAT(problems[4].detail, HasSubstr("does not parse"));
}

TEST(Correlation, AnEventThatSeveralRulesMatchCountsOnce)
{
    Story story({ "a", "b" });
    story.add(CorrelationType::event_count, { "a", "b" }).bounds = { { Comparison::greater_or_equal, 2 } };
    EXPECT_TRUE(resolve_correlations(story.correlations, story.rules).empty());
    CorrelationEngine engine(story.correlations, story.rules);
    engine.add({ 0, { 5 }, { 1, 1 }, "PC1", {} });
    engine.add({ 1, { 5 }, { 1, 1 }, "PC1", {} });
    EXPECT_TRUE(engine.finish().hits.empty());
}

TEST(Correlation, MemoryStaysBoundedAndSaysSo)
{
    Story story({ "a" });
    auto& correlation = story.add(CorrelationType::event_count, { "a" }, 1'000'000 * minute);
    correlation.group_by = { "User" };
    correlation.bounds = { { Comparison::greater_or_equal, 3 } };
    story.limits.correlation_state_bytes_max = 200'000;
    for (int i = 0; i < 5'000; ++i)
        story.matches.push_back({ 0, static_cast<double>(i), { { "User", format("user{}", i) } } });
    for (int i = 0; i < 3; ++i) // groups that are alive are kept
        story.matches.push_back({ 0, 5'000.0 + i, { { "User", "user4999" } } });
    auto const outcome = story.outcome();
    EXPECT_GT(outcome.groups_dropped, 1'000U);
    EXPECT_TRUE(outcome.dropped_first_at.is_set());
    EXPECT_EQ(outcome.hits.size(), 1U);
}

TEST(Correlation, AHugeHitListsWhatItMayAndCountsTheRest)
{
    Story story({ "a" });
    auto& correlation = story.add(CorrelationType::event_count, { "a" }, 1'000'000 * minute);
    correlation.bounds = { { Comparison::greater_or_equal, 3 } };
    for (int i = 0; i < 150'000; ++i)
        story.matches.push_back({ 0, i / 100.0, {} });
    auto const outcome = story.outcome();
    ASSERT_EQ(outcome.hits.size(), 1U);
    EXPECT_EQ(outcome.hits[0].trace_total, 150'000U);
    EXPECT_EQ(outcome.hits[0].traces.size(), CorrelationEngine::traces_max);
    EXPECT_EQ(outcome.groups_dropped, 0U);
}

TEST(CorrelationExpression, BindsNotBeforeAndBeforeOr)
{
    auto const expression = CorrelationExpression::parse("a or not b and c");
    ASSERT_TRUE(expression);
    EXPECT_TRUE(expression->holds(0b001, 0b011));
    EXPECT_TRUE(expression->holds(0b100, 0b100));
    EXPECT_FALSE(expression->holds(0b110, 0b110));
    for (auto const* broken : { "", "a b", "(a", "a)", "not", "a and", "a & b", "()" })
        EXPECT_FALSE(CorrelationExpression::parse(broken)) << broken;
}

}
}
