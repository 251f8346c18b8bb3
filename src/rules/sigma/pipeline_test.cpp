#include "rules/sigma/pipeline.hpp"
#include "rules/sigma/rule_set.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::sigma {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Rule rule_with(std::string_view text, std::string_view field = "User")
{
    Value value;
    value.pattern = parse_pattern_with_placeholders(text);
    Term term;
    term.field = field;
    term.values = { value };
    Rule rule;
    rule.logsource = { "process_creation", "windows", "" };
    rule.selections = { { "selection", { { { term } } } } };
    return rule;
}

std::vector<std::string> values_of(Rule const& rule)
{
    std::vector<std::string> texts;
    for (auto const& value : rule.selections[0].any_of[0].terms[0].values)
        texts.push_back(to_string(value.pattern));
    return texts;
}

Pipeline pipeline(std::string text)
{
    auto parsed = Pipeline::parse({ "pipeline.yml", std::move(text) });
    EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : to_string(parsed.error()));
    return parsed.ok() ? std::move(parsed).value() : Pipeline {};
}

TEST(Pipeline, ExpandsPlaceholdersToEveryValueAndCombination)
{
    auto const expand = pipeline("placeholders: {admins: [adm_*, root], domain: [CORP, LAB]}");
    auto rule = rule_with("%domain%-%admins%");
    ASSERT_TRUE(expand.apply(rule).ok());
    EXPECT_THAT(values_of(rule), ElementsAre("CORP-adm_*", "CORP-root", "LAB-adm_*", "LAB-root"));
    EXPECT_THAT(rule.selections[0].any_of[0].terms[0].alternatives, ElementsAre(4U));
    EXPECT_TRUE(unexpanded_placeholder(rule).empty());
}

TEST(Pipeline, LeavesWhatItDoesNotKnow)
{
    auto rule = rule_with("%servers%");
    ASSERT_TRUE(pipeline("placeholders: {admins: [a]}").apply(rule).ok());
    EXPECT_EQ(unexpanded_placeholder(rule), "servers");
    ASSERT_TRUE(pipeline("transformations: [{type: wildcard_placeholders}]").apply(rule).ok());
    EXPECT_THAT(values_of(rule), ElementsAre("*"));
}

TEST(Pipeline, ReadsPySigmasLayoutAndItsConditions)
{
    auto const text = R"(
name: ours
priority: 20
vars:
    admins: [anna]
transformations:
    - id: only_windows
      type: value_placeholders
      include: [admins]
      rule_conditions:
          - {type: logsource, product: windows}
    - type: field_name_mapping
      mapping: {User: [SubjectUserName, TargetUserName]}
)";
    auto const both = pipeline(text);
    EXPECT_EQ(both.priority(), 20);
    auto rule = rule_with("%admins%");
    ASSERT_TRUE(both.apply(rule).ok());
    ASSERT_EQ(rule.selections[0].any_of.size(), 2U);
    EXPECT_EQ(rule.selections[0].any_of[0].terms[0].field, "SubjectUserName");
    EXPECT_EQ(rule.selections[0].any_of[1].terms[0].field, "TargetUserName");
    EXPECT_THAT(values_of(rule), ElementsAre("anna"));
    auto linux_rule = rule_with("%admins%");
    linux_rule.logsource.product = "linux";
    ASSERT_TRUE(both.apply(linux_rule).ok());
    EXPECT_EQ(unexpanded_placeholder(linux_rule), "admins");
}

TEST(Pipeline, AFieldThatMapsToItselfAndAnotherEnds)
{
    auto rule = rule_with("anna");
    ASSERT_TRUE(
        pipeline("transformations: [{type: field_name_mapping, mapping: {User: [User, Account]}}]").apply(rule).ok());
    EXPECT_EQ(rule.selections[0].any_of.size(), 2U);
}

TEST(Pipeline, RefusesWhatItDoesNotUnderstandAndSaysWhere)
{
    for (auto const* text : { "- a", "{", "unknown: 1", "transformations:\n    - type: add_condition",
             "transformations: [{type: value_placeholders, mapping: {}}]",
             "transformations: [{type: field_name_mapping, rule_conditions: [{type: is_sigma_rule}]}]",
             "priority: high", "vars: [a]" }) {
        auto const parsed = Pipeline::parse({ "p.yml", text });
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_FALSE(parsed.error().detail.empty()) << text;
    }
    EXPECT_EQ(Pipeline::parse({ "p.yml", "name: a\nunknown: 1" }).error().offset, 2U);
}

TEST(Pipeline, StopsBeforeTooManyValues)
{
    auto rule = rule_with("%a%%a%%a%");
    Limits limits;
    limits.rule_values_max = 100;
    EXPECT_FALSE(pipeline("placeholders: {a: [1, 2, 3, 4, 5]}").apply(rule, limits).ok());
}

TEST(Pipeline, IsUsedByTheRuleSet)
{
    std::string const rule
        = "title: t\nid: 11111111-1111-4111-8111-111111111111\nlogsource: {product: windows, service: "
          "security}\ndetection:\n    s: {TargetUserName|expand: '%admins%'}\n    condition: s\n";
    auto const refused = RuleSet::compile({ { "r.yml", rule } });
    EXPECT_TRUE(refused.rules().empty());
    ASSERT_EQ(refused.problems().size(), 1U);
    EXPECT_EQ(refused.problems()[0].reason, Reason::placeholder);
    CompileOptions options;
    options.pipelines = { { "p.yml", "placeholders: {admins: [anna]}" } };
    EXPECT_EQ(RuleSet::compile({ { "r.yml", rule } }, options).rules().size(), 1U);
}

}
}
