#include "analysers/sigma/analyser.hpp"
#include "analysers/sigma/match_json.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include <gmock/gmock.h>

namespace konseki::sigma {
namespace {

using test::AnalyserCase;
using test::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr auto rules_text = R"(
title: Tool was started
id: 11111111-1111-4111-8111-111111111111
description: Somebody started the tool.
author: Tester
license: Apache-2.0
level: high
tags:
    - attack.t1003.001
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        CommandLine|contains: tool
    condition: selection
---
title: Failed logon
id: 22222222-2222-4222-8222-222222222222
name: failed
logsource:
    product: windows
    service: security
detection:
    selection:
        EventID: 4625
    condition: selection
---
title: Many failed logons
id: 33333333-3333-4333-8333-333333333333
level: medium
correlation:
    type: event_count
    rules:
        - failed
    group-by:
        - TargetUserName
    timespan: 5m
    condition:
        gte: 3
)";

RuleSet rules()
{
    return RuleSet::compile({ { "test.yml", rules_text } });
}

void put_match(AnalyserCase& matched, EvidenceNumber evidence, std::uint64_t offset, std::string_view rule,
    Timestamp at, std::string_view fields, std::string_view group = {}, std::string_view computer = "PC1")
{
    MatchRow row;
    row.rule = rule;
    row.written_at = at;
    row.computer = computer;
    row.channel = "Security";
    row.event_id = 1;
    row.fields = fields;
    row.group = group;
    matched.put(evidence, match_schema, { offset, 100, false }, row);
}

TEST(SigmaAnalyser, FoldsMatchesPerRuleAndHostAndKeepsEveryTrace)
{
    AnalyserCase matched;
    auto const evidence = matched.add_evidence("Security.evtx");
    for (std::uint64_t i = 0; i < 30; ++i) {
        matched.event(evidence, i * 100, "Security", 1, i + 1, minutes(static_cast<std::int64_t>(i)));
        put_match(matched, evidence, i * 100, "11111111-1111-4111-8111-111111111111",
            minutes(static_cast<std::int64_t>(i)), R"([["CommandLine","tool \"x\""]])");
    }
    put_match(matched, evidence, 9'000, "11111111-1111-4111-8111-111111111111", minutes(1), "[]", {}, "PC2");
    auto const kept = matched.run(analyser, rules());
    ASSERT_EQ(kept.findings.size(), 2U);
    auto const& finding = kept.findings[0];
    EXPECT_EQ(finding.host, "PC1");
    EXPECT_EQ(finding.count, 30U);
    EXPECT_EQ(finding.because.size(), 20U);
    EXPECT_EQ(finding.because_total, 30U);
    EXPECT_EQ(kept.traces[0].size(), 30U);
    EXPECT_EQ(finding.first_at, minutes(0));
    EXPECT_EQ(finding.last_at, minutes(29));
    EXPECT_EQ(finding.severity, Severity::high);
    EXPECT_THAT(finding.attack, ElementsAre("T1003.001"));
    EXPECT_THAT(finding.explanation.en, HasSubstr("CommandLine = tool \"x\""));
    EXPECT_THAT(finding.advice.en, HasSubstr("password"));
    EXPECT_THAT(finding.source, HasSubstr("Tester"));
}

TEST(SigmaAnalyser, TheSameEventInTwoCopiesCountsOnce)
{
    AnalyserCase matched;
    for (auto const* path : { "a.evtx", "b.evtx" }) {
        auto const evidence = matched.add_evidence(path);
        matched.event(evidence, 100, "Security", 1, 7, minutes(0));
        put_match(matched, evidence, 100, "11111111-1111-4111-8111-111111111111", minutes(0), "[]");
    }
    auto const kept = matched.run(analyser, rules());
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].count, 1U);
    EXPECT_EQ(kept.traces[0].size(), 2U);
}

TEST(SigmaAnalyser, AMatchInALogThatNamesNoMachineIsOfEachThatHoldsTheLog)
{
    AnalyserCase matched;
    auto const evidence = matched.add_evidence("/var/log/audit/audit.log", "web1");
    matched.add_evidence("/var/log/audit/audit.log", "web2", evidence);
    MatchRow row;
    row.rule = "11111111-1111-4111-8111-111111111111";
    row.written_at = minutes(0);
    row.channel = "linux/auditd";
    row.fields = "[]";
    matched.put(evidence, match_schema, { 100, 100, false }, row);
    auto const kept = matched.run(analyser, rules());
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].host, "web1");
    EXPECT_EQ(kept.findings[1].host, "web2");
}

TEST(SigmaAnalyser, CorrelationsStandOnTheirEvents)
{
    AnalyserCase matched;
    auto const evidence = matched.add_evidence("Security.evtx");
    for (std::uint64_t i = 0; i < 4; ++i) {
        matched.event(evidence, i * 100, "Security", 4625, i + 1, minutes(static_cast<std::int64_t>(i)));
        put_match(matched, evidence, i * 100, "22222222-2222-4222-8222-222222222222",
            minutes(static_cast<std::int64_t>(i)), R"([["EventID","4625"]])", R"({"TargetUserName":"anna"})");
    }
    auto const kept = matched.run(analyser, rules());
    ASSERT_EQ(kept.findings.size(), 1U); // the building block is not a finding of its own
    EXPECT_EQ(kept.findings[0].rule, "33333333-3333-4333-8333-333333333333");
    EXPECT_EQ(kept.findings[0].host, "PC1");
    EXPECT_EQ(kept.traces[0].size(), 4U);
    EXPECT_THAT(kept.findings[0].explanation.en, HasSubstr("TargetUserName = anna"));
    EXPECT_THAT(kept.findings[0].because[0].fields,
        testing::Contains(std::pair<std::string, std::string> { "TargetUserName", "anna" }));
}

TEST(SigmaAnalyser, ReadsBackTheJsonOfAMatch)
{
    EXPECT_THAT(read_pairs(R"([["a","x\\y\"z"],["b","\u00e9\ud83d\ude00\n"]])"),
        ElementsAre(std::pair<std::string, std::string> { "a", "x\\y\"z" },
            std::pair<std::string, std::string> { "b", "é😀\n" }));
    EXPECT_EQ(read_pairs(R"({"a":"1","b":"2"})").size(), 2U);
    for (auto const* broken : { "", "[", R"([["a")", R"([["a","b\u12)", R"([["a","\)" })
        EXPECT_TRUE(read_pairs(broken).empty()) << broken;
}

}
}
