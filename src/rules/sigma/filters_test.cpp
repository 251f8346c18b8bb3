#include "rules/sigma/filters.hpp"
#include "rules/sigma/matcher.hpp"
#include "rules/sigma/rule_set.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::sigma {
namespace {

using testing::HasSubstr;

constexpr std::string_view rule_text = R"(
title: Tool
id: 11111111-1111-4111-8111-111111111111
name: tool
logsource: {product: windows, category: process_creation}
detection:
    selection: {CommandLine|contains: tool}
    condition: selection
)";

bool fires(RuleSet const& rules, std::string_view user)
{
    EventShapes shapes;
    Matcher matcher(rules);
    Event event;
    event.channel = "Microsoft-Windows-Sysmon/Operational";
    event.provider = "Microsoft-Windows-Sysmon";
    event.event_id = 1;
    event.shape = shapes.intern({ "CommandLine", "User" });
    std::vector<EventValue> const values { { ValueType::utf8, as_bytes("tool.exe") },
        { ValueType::utf8, as_bytes(user) } };
    event.values = values;
    return !matcher.match(event).empty();
}

RuleSet with_filter(std::string const& filter)
{
    return RuleSet::compile({ { "rule.yml", std::string(rule_text) }, { "filter.yml", filter } });
}

std::string filter_text(
    std::string_view rules, std::string_view condition, std::string_view category = "process_creation")
{
    return "title: Administrators\nid: 22222222-2222-4222-8222-222222222222\nlogsource: {product: windows, category: "
        + std::string(category) + "}\nfilter:\n    rules: " + std::string(rules)
        + "\n    selection: {User|startswith: adm_}\n    condition: " + std::string(condition) + "\n";
}

TEST(Filters, AreAndedAsWritten)
{
    for (auto const* reference : { "[11111111-1111-4111-8111-111111111111]", "[tool]", "any" }) {
        auto const rules = with_filter(filter_text(reference, "not selection"));
        EXPECT_EQ(rules.filter_count(), 1U) << reference;
        EXPECT_TRUE(rules.problems().empty()) << reference;
        EXPECT_TRUE(fires(rules, "anna")) << reference;
        EXPECT_FALSE(fires(rules, "adm_anna")) << reference;
    }
}

TEST(Filters, AConditionWithoutNotIsAppliedAndQuestioned)
{
    auto const rules = with_filter(filter_text("[tool]", "selection"));
    EXPECT_FALSE(fires(rules, "anna"));
    EXPECT_TRUE(fires(rules, "adm_anna"));
    ASSERT_EQ(rules.problems().size(), 1U);
    EXPECT_THAT(rules.problems()[0].detail, HasSubstr("no `not`"));
}

TEST(Filters, OtherLogSourcesAndUnknownRulesAreNamed)
{
    auto const other_source = with_filter(filter_text("[tool]", "not selection", "file_event"));
    EXPECT_TRUE(fires(other_source, "adm_anna"));
    EXPECT_EQ(other_source.problems().size(), 1U);
    auto const unknown = with_filter(filter_text("[gone]", "not selection"));
    EXPECT_TRUE(fires(unknown, "adm_anna"));
    ASSERT_GE(unknown.problems().size(), 1U);
    EXPECT_THAT(unknown.problems()[0].detail, HasSubstr("gone"));
}

}
}
