// What each modifier, value and condition of Sigma 2.1 means. Every case is asked of the matcher and of the reference
// interpreter.
#include "base/text.hpp"
#include "rules/sigma/coverage.hpp"
#include "rules/sigma/explain.hpp"
#include "rules/sigma/testing.hpp"
#include <gtest/gtest.h>

namespace {

using namespace konseki;
using namespace konseki::sigma;
using sigma::testing::MadeEvent;
using sigma::testing::rule_with;
using sigma::testing::set_of;
using sigma::testing::slow_matches;

// Does the rule with this detection match an event with these fields? Fails the test when fast and slow disagree.
bool matches_fields(std::string const& detection, MadeEvent::Fields fields)
{
    auto const set = set_of(rule_with(detection));
    EXPECT_TRUE(set.problems().empty()) << set.problems().front().detail;
    EventShapes shapes;
    MadeEvent const event(shapes, "Test", 7, std::move(fields));
    Matcher matcher(set);
    bool const fast = !matcher.match(*event).empty();
    EXPECT_EQ(fast, !matcher.match(*event).empty()) << "the memo changed the answer";
    EXPECT_EQ(fast, !slow_matches(set, *event).empty()) << detection;
    return fast;
}

bool field_matches(std::string const& key_and_value, std::string text)
{
    return matches_fields("    a:\n        " + key_and_value + "\n    condition: a\n", { { "F", std::move(text) } });
}

// Reason of the only problem of a rule with this detection, or "runs".
std::string refusal_of(std::string const& detection)
{
    auto const set = set_of(rule_with(detection));
    return set.problems().empty() ? "runs" : std::string(reason_name(set.problems().front().reason));
}

std::string refusal_of_term(std::string const& key_and_value)
{
    return refusal_of("    a:\n        " + key_and_value + "\n    condition: a\n");
}

}

TEST(SigmaStrings, MatchTheWholeValueIgnoringCase)
{
    EXPECT_TRUE(field_matches("F: value", "VALUE"));
    EXPECT_FALSE(field_matches("F: value", "a value"));
    EXPECT_FALSE(field_matches("F: value", "values"));
    EXPECT_TRUE(field_matches("F: straße-ÄÖ", "STRAßE-äö"));
}

TEST(SigmaStrings, KnowTwoWildcardsAndTheirEscapes)
{
    EXPECT_TRUE(field_matches("F: a*c", "abbbc"));
    EXPECT_TRUE(field_matches("F: a?c", "abc"));
    EXPECT_TRUE(field_matches("F: a?c", "aあc"));
    EXPECT_FALSE(field_matches("F: a?c", "ac"));
    EXPECT_TRUE(field_matches(R"(F: 'a\*c')", "a*c"));
    EXPECT_FALSE(field_matches(R"(F: 'a\*c')", "abc"));
    EXPECT_TRUE(field_matches(R"(F: 'a\\*')", R"(a\bcd)"));
    EXPECT_FALSE(field_matches(R"(F: 'a\\*')", "abcd"));
    EXPECT_TRUE(field_matches(R"(F: 'a\\\*')", R"(a\*)"));
    EXPECT_TRUE(field_matches(R"(F: 'C:\Windows\x')", R"(c:\windows\X)"));
    EXPECT_TRUE(field_matches(R"(F: 'C:\\Windows')", R"(c:\windows)"));
    EXPECT_TRUE(field_matches(R"(F: '\\\\host\\share')", R"(\\host\share)"));
    EXPECT_TRUE(field_matches(R"(F: '*a*b?d*')", "xxaxxbcdxx"));
    EXPECT_FALSE(field_matches(R"(F: '*ab*ab')", "ab"));
}

TEST(SigmaModifiers, ContainsStartsAndEnds)
{
    EXPECT_TRUE(field_matches("F|contains: mid", "a MID b"));
    EXPECT_TRUE(field_matches("F|startswith: mid", "middle"));
    EXPECT_FALSE(field_matches("F|startswith: mid", "a mid"));
    EXPECT_TRUE(field_matches("F|endswith: mid", "a mid"));
    EXPECT_FALSE(field_matches("F|endswith: mid", "mids"));
    EXPECT_TRUE(field_matches("F|contains: 44", "port 443"));
    EXPECT_TRUE(field_matches("F|contains|all: [a, b]", "b then a"));
    EXPECT_FALSE(field_matches("F|contains|all: [a, b]", "a then c"));
}

TEST(SigmaModifiers, CasedLooksAtCase)
{
    EXPECT_TRUE(field_matches("F|cased: Value", "Value"));
    EXPECT_FALSE(field_matches("F|cased: Value", "value"));
    EXPECT_TRUE(field_matches("F|contains|cased: Val", "a Value"));
    EXPECT_FALSE(field_matches("F|contains|cased: Val", "a value"));
}

TEST(SigmaModifiers, NeqTurnsTheWholeTermRound)
{
    EXPECT_TRUE(field_matches("F|neq: a", "b"));
    EXPECT_FALSE(field_matches("F|neq: [a, b]", "b"));
    EXPECT_TRUE(field_matches("G|neq: a", "absent fields are not equal"));
}

TEST(SigmaModifiers, WindashKnowsFiveDashesBeforeWords)
{
    for (auto const* const dash : { "-", "/", "–", "—", "―" })
        EXPECT_TRUE(field_matches("F|windash|contains: ' -enc-x '", std::string("p.exe ") + dash + "enc-x "));
    EXPECT_FALSE(field_matches("F|windash|contains: ' -enc-x '", "p.exe -enc/x "));
    EXPECT_TRUE(field_matches("F|contains|all|windash: [' -a', ' -b']", "x /a –b"));
    EXPECT_FALSE(field_matches("F|contains|all|windash: [' -a', ' -b']", "x /a -a"));
}

TEST(SigmaModifiers, Base64AndItsThreeOffsets)
{
    EXPECT_TRUE(field_matches("F|base64: foobar", "Zm9vYmFy"));
    EXPECT_TRUE(field_matches("F|base64offset|contains: foobar", "Zm9vYmFy"));
    EXPECT_TRUE(field_matches("F|base64offset|contains: foobar", "IGZvb2Jhcg==")); // " foobar"
    EXPECT_TRUE(field_matches("F|base64offset|contains: foobar", "ICBmb29iYXI=")); // "  foobar"
    EXPECT_FALSE(field_matches("F|base64offset|contains: foobar", "Zm9vYmF6"));
    EXPECT_TRUE(field_matches("F|wide|base64: foo", "ZgBvAG8A"));
    EXPECT_TRUE(field_matches("F|utf16le|base64: foo", "ZgBvAG8A"));
    EXPECT_TRUE(field_matches("F|utf16be|base64: foo", "AGYAbwBv"));
    EXPECT_TRUE(field_matches("F|utf16|base64: foo", "//5mAG8AbwA="));
}

TEST(SigmaModifiers, RegularExpressionsAreUnanchoredAndCased)
{
    EXPECT_TRUE(field_matches("F|re: b+", "abbc"));
    EXPECT_FALSE(field_matches("F|re: B+", "abbc"));
    EXPECT_TRUE(field_matches("F|re|i: B+", "abbc"));
    EXPECT_TRUE(field_matches("F|re|ignorecase: B+", "abbc"));
    EXPECT_FALSE(field_matches("F|re: ^b", "a\nb"));
    EXPECT_TRUE(field_matches("F|re|m: ^b", "a\nb"));
    EXPECT_TRUE(field_matches("F|re|multiline: ^b", "a\nb"));
    EXPECT_FALSE(field_matches("F|re: a.b", "a\nb"));
    EXPECT_TRUE(field_matches("F|re|s: a.b", "a\nb"));
    EXPECT_TRUE(field_matches("F|re|dotall: a.b", "a\nb"));
    EXPECT_TRUE(field_matches(R"(F|re: 'power(shell)?\.exe x{0,2}[a-z]{3}')", "power.exe abc"));
    EXPECT_TRUE(field_matches("F|re: 'mimikatz|lsadump'", "lsadump::sam"));
}

TEST(SigmaModifiers, RegularExpressionsOfLengthAlone)
{
    for (std::string const flags : { "F|re: ", "F|re|s: " }) {
        EXPECT_TRUE(field_matches(flags + "'.{4,}'", "abcd"));
        EXPECT_FALSE(field_matches(flags + "'.{4,}'", "abc"));
        EXPECT_TRUE(field_matches(flags + "'.{3}'", "a\nbcd"));
        EXPECT_EQ(field_matches(flags + "'.{4}'", "abc\nd"), flags == "F|re|s: ");
        EXPECT_FALSE(field_matches(flags + "'.{4,}'", "\xc3\xa4\xc3\xb6\xe2\x82\xac"));
        EXPECT_TRUE(field_matches(flags + "'.{4,}'", "\xc3\xa4\xc3\xb6\xe2\x82\xac\xf0\x9f\x98\x80"));
        (void)field_matches(flags + "'.{4,}'", "ab\xff\xed\xa0\x80xyz"); // fast and slow agree
        (void)field_matches(flags + "'.{4,}'", "abc\xc3");
    }
}

TEST(SigmaModifiers, NumbersCompare)
{
    EXPECT_TRUE(field_matches("F: 10", "10"));
    EXPECT_TRUE(field_matches("F: 10", "0xa"));
    EXPECT_FALSE(field_matches("F: 10", "100"));
    EXPECT_TRUE(field_matches("F|lt: 10", "9"));
    EXPECT_FALSE(field_matches("F|lt: 10", "10"));
    EXPECT_TRUE(field_matches("F|lte: 10", "10"));
    EXPECT_TRUE(field_matches("F|gt: 10", "10.5"));
    EXPECT_TRUE(field_matches("F|gte: 10", "0x10"));
    EXPECT_FALSE(field_matches("F|gte: 10", "many"));
    EXPECT_TRUE(field_matches("F|gt: '-1.5'", "-1"));
}

TEST(SigmaModifiers, PartsOfATime)
{
    std::string const time = "2026-08-05 12:34:56.789";
    EXPECT_TRUE(field_matches("F|minute: 34", time));
    EXPECT_TRUE(field_matches("F|hour|gte: 12", time));
    EXPECT_FALSE(field_matches("F|hour|gt: 12", time));
    EXPECT_TRUE(field_matches("F|day: 5", time));
    EXPECT_TRUE(field_matches("F|week: 32", time));
    EXPECT_TRUE(field_matches("F|week: 53", "2021-01-01T00:00:00Z"));
    EXPECT_TRUE(field_matches("F|month: 8", time));
    EXPECT_TRUE(field_matches("F|year|lt: 2027", time));
    EXPECT_FALSE(field_matches("F|year: 2026", "no time"));
}

TEST(SigmaModifiers, NetworksOfBothVersions)
{
    EXPECT_TRUE(field_matches("F|cidr: 10.0.0.0/8", "10.200.3.4"));
    EXPECT_FALSE(field_matches("F|cidr: 10.0.0.0/8", "11.0.0.1"));
    EXPECT_TRUE(field_matches("F|cidr: 10.0.0.0/8", "::ffff:10.0.0.1"));
    EXPECT_TRUE(field_matches("F|cidr: 'fe80::/10'", "fe80::1"));
    EXPECT_FALSE(field_matches("F|cidr: 'fe80::/10'", "fec0::1"));
    EXPECT_TRUE(field_matches("F|cidr: 0.0.0.0/0", "1.2.3.4"));
    EXPECT_FALSE(field_matches("F|cidr: 192.168.0.0/23", "192.168.2.1"));
    EXPECT_EQ(refusal_of_term("F|cidr: 10.0.0.0/99"), "value");
}

TEST(SigmaModifiers, ExistsAndNullAndEmptyAreThreeThings)
{
    EXPECT_TRUE(field_matches("F|exists: true", ""));
    EXPECT_FALSE(field_matches("G|exists: true", ""));
    EXPECT_TRUE(field_matches("G|exists: false", ""));
    EXPECT_TRUE(field_matches("G: null", "x"));
    EXPECT_FALSE(field_matches("F: null", ""));
    EXPECT_TRUE(field_matches("F: ''", ""));
    EXPECT_FALSE(field_matches("F: ''", "x"));
    EXPECT_FALSE(field_matches("G: ''", "x"));
    EXPECT_TRUE(field_matches("F:", "") == false);
}

TEST(SigmaModifiers, FieldReferences)
{
    MadeEvent::Fields const fields { { "A", "Users" }, { "B", "users" }, { "C", "all users" } };
    auto const holds = [&](std::string const& term) {
        return matches_fields("    a:\n        " + term + "\n    condition: a\n", fields);
    };
    EXPECT_TRUE(holds("A|fieldref: B"));
    EXPECT_FALSE(holds("A|fieldref: C"));
    EXPECT_TRUE(holds("C|fieldref|endswith: B"));
    EXPECT_TRUE(holds("C|fieldref|contains: A"));
    EXPECT_FALSE(holds("C|fieldref|startswith: A"));
    EXPECT_FALSE(holds("A|fieldref: Absent"));
}

TEST(SigmaModifiers, ThatCannotApplyAreRefused)
{
    EXPECT_EQ(refusal_of_term("F|no_such: x"), "modifier");
    EXPECT_EQ(refusal_of_term("F|base64: 'a*b'"), "modifier");
    EXPECT_EQ(refusal_of_term("F|i: x"), "modifier");
    EXPECT_EQ(refusal_of_term("F|contains|re: x"), "modifier");
    EXPECT_EQ(refusal_of_term("F|re: '(unclosed'"), "value");
    EXPECT_EQ(refusal_of_term("F|re: '(?=look)ahead'"), "value");
    EXPECT_EQ(refusal_of_term("F|lt: many"), "modifier");
    EXPECT_EQ(refusal_of_term("F|contains: null"), "modifier");
    EXPECT_EQ(refusal_of_term("F|exists: perhaps"), "modifier");
    EXPECT_EQ(refusal_of_term("F|expand: '%admins%'"), "placeholder");
    EXPECT_EQ(refusal_of_term("F: {a: b}"), "detection");
    EXPECT_EQ(refusal_of_term("F: []"), "detection");
    EXPECT_EQ(refusal_of_term("F: 1\n        F: 2"), "yaml");
}

TEST(SigmaDetections, MapsAreAndListsAreOr)
{
    MadeEvent::Fields const fields { { "A", "1" }, { "B", "2" } };
    EXPECT_TRUE(matches_fields("    s:\n        A: 1\n        B: 2\n    condition: s\n", fields));
    EXPECT_FALSE(matches_fields("    s:\n        A: 1\n        B: 3\n    condition: s\n", fields));
    EXPECT_TRUE(matches_fields("    s:\n        - A: 9\n        - B: 2\n    condition: s\n", fields));
    EXPECT_FALSE(matches_fields("    s:\n        - A: 9\n        - B: 9\n    condition: s\n", fields));
    EXPECT_TRUE(matches_fields("    s:\n        - - A: 9\n        - - B: 2\n    condition: s\n", fields));
}

TEST(SigmaDetections, KeywordsAreLookedForInEveryValue)
{
    MadeEvent::Fields const fields { { "A", "the Quick fox" }, { "B", "lazy dog" } };
    EXPECT_TRUE(matches_fields("    k: [absent, quick]\n    condition: k\n", fields));
    EXPECT_FALSE(matches_fields("    k: [absent, gone]\n    condition: k\n", fields));
    EXPECT_TRUE(matches_fields("    k:\n        '|all': [quick, lazy]\n    condition: k\n", fields));
    EXPECT_FALSE(matches_fields("    k:\n        '|all': [quick, cat]\n    condition: k\n", fields));
    EXPECT_TRUE(matches_fields("    k: 'qu?ck*fox'\n    condition: k\n", fields));
    EXPECT_TRUE(matches_fields("    k:\n        '|re': 'qu.ck|Qu.ck'\n    condition: k\n", fields));
    EXPECT_TRUE(matches_fields("    k:\n        - absent\n        - B: lazy dog\n    condition: k\n", fields));
}

TEST(SigmaConditions, BindNotTighterThanAndTighterThanOr)
{
    MadeEvent::Fields const fields { { "T", "1" } };
    std::string const parts
        = "    t:\n        T: 1\n    f:\n        T: 2\n    _hidden:\n        T: 2\n    t_two:\n        T: 1\n";
    auto const holds = [&](std::string const& condition) {
        return matches_fields(parts + "    condition: " + condition + "\n", fields);
    };
    EXPECT_TRUE(holds("t or f and f"));
    EXPECT_FALSE(holds("(t or f) and f"));
    EXPECT_TRUE(holds("not f and t"));
    EXPECT_FALSE(holds("not (f or t)"));
    EXPECT_TRUE(holds("not not t"));
    EXPECT_TRUE(holds("t AND NOT f"));
    EXPECT_TRUE(holds("1 of t*"));
    EXPECT_TRUE(holds("all of t*"));
    EXPECT_FALSE(holds("all of them"));
    EXPECT_TRUE(holds("1 of them"));
    EXPECT_TRUE(holds("any of them"));
    EXPECT_FALSE(holds("1 of _*"));
    EXPECT_TRUE(holds("[f, t]"));
    EXPECT_FALSE(holds("[f, f]"));
    EXPECT_TRUE(holds("t and not 1 of f*"));
}

TEST(SigmaConditions, ThatDoNotParseAreRefused)
{
    std::string const part = "    a:\n        F: 1\n    condition: ";
    for (auto const* const condition :
        { "b", "a and", "and a", "a a", "(a", "a)", "1 of b*", "2 of a", "a & a", "not", "''", "of a" })
        EXPECT_EQ(refusal_of(part + condition + "\n"), "condition") << condition;
    EXPECT_EQ(refusal_of("    a:\n        F: 1\n"), "condition");
}

TEST(SigmaFields, OfTheSystemBlockAndOfAnyCase)
{
    auto const set = set_of(rule_with(
        "    a:\n        EventID: 7\n        Channel: Test\n        Provider_Name|contains: own\n        thename: x\n"
        "        Some Name: y\n    condition: a\n"));
    EventShapes shapes;
    MadeEvent event(shapes, "Test", 7, { { "TheName", "x" }, { "SomeName", "y" } });
    event.event().provider = "Our-Own";
    Matcher matcher(set);
    EXPECT_EQ(matcher.match(*event).size(), 1U);
    EXPECT_EQ(slow_matches(set, *event).size(), 1U);
    event.event().event_id = 8;
    EXPECT_TRUE(matcher.match(*event).empty());
}

TEST(SigmaFields, ThatRepeatMatchWithAnyOfTheirValues)
{
    EXPECT_TRUE(matches_fields(
        "    a:\n        Data|contains: two\n    condition: a\n", { { "Data", "one" }, { "Data", "two" } }));
    EXPECT_TRUE(matches_fields(
        "    a:\n        Data|contains|all: [one, two]\n    condition: a\n", { { "Data", "one" }, { "Data", "two" } }));
}

TEST(SigmaLogSources, OneRuleSeesSysmonAndBuiltInEvents)
{
    auto const set
        = set_of("title: t\nlogsource: {product: windows, category: process_creation}\ndetection:\n    a:\n        "
                 "Image|endswith: '\\x.exe'\n"
                 "        IntegrityLevel: High\n    f:\n        OriginalFileName: y.exe\n    condition: a and not f\n");
    EventShapes shapes;
    Matcher matcher(set);
    auto const match_count = [&](MadeEvent const& event) {
        EXPECT_EQ(matcher.match(*event).size(), slow_matches(set, *event).size());
        return matcher.match(*event).size();
    };
    EXPECT_EQ(match_count(MadeEvent(shapes, "Microsoft-Windows-Sysmon/Operational", 1,
                  { { "Image", "C:\\X.exe" }, { "IntegrityLevel", "High" } })),
        1U);
    EXPECT_EQ(match_count(MadeEvent(shapes, "Security", 4688,
                  { { "NewProcessName", "C:\\X.exe" }, { "MandatoryLabel", "S-1-16-12288" } })),
        1U);
    EXPECT_EQ(
        match_count(MadeEvent(shapes, "Security", 4688, { { "Image", "C:\\X.exe" }, { "IntegrityLevel", "High" } })),
        0U);
    EXPECT_EQ(match_count(MadeEvent(shapes, "Security", 4689,
                  { { "NewProcessName", "C:\\X.exe" }, { "MandatoryLabel", "S-1-16-12288" } })),
        0U);
    EXPECT_EQ(
        match_count(MadeEvent(shapes, "Application", 1, { { "Image", "C:\\X.exe" }, { "IntegrityLevel", "High" } })),
        0U);
    MadeEvent forwarded(shapes, "ForwardedEvents", 1, { { "Image", "C:\\X.exe" }, { "IntegrityLevel", "High" } });
    forwarded.event().provider = "Microsoft-Windows-Sysmon";
    EXPECT_EQ(match_count(forwarded), 1U);
}

TEST(SigmaLogSources, JoinAndTranslateRegistryValues)
{
    auto const set = set_of("title: t\nlogsource: {product: windows, category: registry_set}\ndetection:\n    a:\n"
                            "        TargetObject|startswith: 'HKLM\\Software\\X\\'\n        TargetObject|endswith: "
                            "'\\Run'\n    condition: a\n");
    EventShapes shapes;
    Matcher matcher(set);
    MadeEvent const set_value(shapes, "Security", 4657,
        { { "ObjectName", "\\REGISTRY\\MACHINE\\SOFTWARE\\X" }, { "ObjectValueName", "Run" },
            { "OperationType", "%%1905" } });
    EXPECT_EQ(matcher.match(*set_value).size(), 1U);
    EXPECT_EQ(slow_matches(set, *set_value).size(), 1U);
    MadeEvent const deleted(shapes, "Security", 4657,
        { { "ObjectName", "\\REGISTRY\\MACHINE\\SOFTWARE\\X" }, { "ObjectValueName", "Run" },
            { "OperationType", "%%1906" } });
    EXPECT_TRUE(matcher.match(*deleted).empty());
}

TEST(SigmaLogSources, ThatNobodyKnowsMustNotFireEverywhere)
{
    auto const reason = [](std::string const& source) {
        auto const set
            = set_of("title: t\nlogsource: " + source + "\ndetection:\n    a:\n        F: 1\n    condition: a\n");
        return set.problems().empty() ? std::string("runs") : std::string(reason_name(set.problems().front().reason));
    };
    EXPECT_EQ(reason("{product: windows, category: no_such}"), "unmapped");
    EXPECT_EQ(reason("{product: windows, service: no_such}"), "unmapped");
    EXPECT_EQ(reason("{}"), "unmapped");
    EXPECT_EQ(reason("{product: macos, category: process_creation}"), "no_evidence");
    EXPECT_EQ(reason("{product: linux, service: no_such}"), "no_evidence");
    EXPECT_EQ(reason("{product: linux, category: process_creation}"), "runs");
    EXPECT_EQ(reason("{product: linux, service: auditd}"), "runs");
    EXPECT_EQ(reason("{category: webserver}"), "no_evidence");
    EXPECT_EQ(reason("{category: process_creation}"), "runs");
    EXPECT_EQ(reason("{category: process_creation, service: security, product: windows}"), "runs");
    EXPECT_EQ(reason("{category: process_creation, service: system, product: windows}"), "unmapped");
}

TEST(SigmaLogSources, LinuxAndWindowsDoNotMix)
{
    auto const set
        = set_of("title: l\nlogsource: {product: linux, category: process_creation}\ndetection:\n    a:\n"
                 "        CommandLine|contains: evil\n    condition: a\n---\n"
                 "title: w\nlogsource: {product: windows, category: process_creation}\ndetection:\n    a:\n"
                 "        CommandLine|contains: evil\n    condition: a\n---\n"
                 "title: aw\nlogsource: {product: windows}\ndetection:\n    a: [evil]\n    condition: a\n---\n"
                 "title: al\nlogsource: {product: linux}\ndetection:\n    a: [evil]\n    condition: a\n---\n"
                 "title: s\nlogsource: {product: linux, service: auth}\ndetection:\n    a: [evil]\n"
                 "    condition: a\n");
    ASSERT_EQ(set.rules().size(), 5U);
    Matcher matcher(set);
    EventShapes shapes;
    auto const titles = [&](std::string const& channel, std::uint32_t id) {
        MadeEvent const event(shapes, channel, id, { { "CommandLine", "an evil command" } });
        std::vector<std::string> found;
        for (auto const rule : matcher.match(*event))
            found.push_back(set.rules()[rule].title);
        EXPECT_EQ(slow_matches(set, *event).size(), found.size()) << channel;
        return found;
    };
    EXPECT_EQ(titles("linux/process_creation", 0), (std::vector<std::string> { "l", "al" }));
    EXPECT_EQ(titles("linux/sshd", 0), (std::vector<std::string> { "al", "s" }));
    EXPECT_EQ(titles("Microsoft-Windows-Sysmon/Operational", 1), (std::vector<std::string> { "w", "aw" }));
    EXPECT_EQ(titles("Some other log", 1), (std::vector<std::string> { "aw" }));
}

TEST(SigmaRuleSet, PacksAndUnpacksToTheSameSet)
{
    auto const set = set_of(
        "title: t\nid: i\nlevel: high\ntags: [attack.t1059.001, attack.execution]\nlogsource: {product: "
        "windows}\ndetection:\n    a:\n"
        "        F|re|i: abc\n        G|windash|contains: ' -x'\n    condition: a\n---\ntitle: broken\ndetection: 1\n");
    auto const pack = set.pack();
    EXPECT_TRUE(RuleSet::is_pack(as_bytes(pack)));
    auto const opened = RuleSet::from_pack(as_bytes(pack));
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened.value().fingerprint(), set.fingerprint());
    EXPECT_EQ(opened.value().problems().size(), 1U);
    EXPECT_EQ(opened.value().rules()[0].attack, std::vector<std::string> { "T1059.001" });
    EXPECT_EQ(opened.value().rules()[0].level, Severity::high);
    for (std::size_t size = 0; size < pack.size(); size += 7)
        EXPECT_FALSE(RuleSet::from_pack(as_bytes(std::string_view(pack).substr(0, size))).ok());
    for (std::size_t at = 16; at < pack.size(); ++at) {
        auto damaged = pack;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
        EXPECT_FALSE(RuleSet::from_pack(as_bytes(damaged)).ok()) << at;
    }
}

TEST(SigmaRuleSet, TakesTermsOfACommandLine)
{
    std::vector<std::string> const terms { "EventID=7", "CommandLine|contains=mimi" };
    auto const set = RuleSet::from_terms(terms);
    ASSERT_TRUE(set.ok());
    EventShapes shapes;
    Matcher matcher(set.value());
    EXPECT_EQ(matcher.match(*MadeEvent(shapes, "Any", 7, { { "CommandLine", "x Mimikatz" } })).size(), 1U);
    EXPECT_TRUE(matcher.match(*MadeEvent(shapes, "Any", 8, { { "CommandLine", "x Mimikatz" } })).empty());
    std::vector<std::string> const wrong { "no sign" };
    EXPECT_FALSE(RuleSet::from_terms(wrong).ok());
}

TEST(SigmaRuleSet, ReadsOldCollectionsAndAggregations)
{
    auto const set = set_of("action: global\ntitle: t\nid: i\nlogsource: {product: windows}\ndetection:\n    "
                            "condition: a\n---\ndetection:\n    a:\n        F: 1\n"
                            "---\ndetection:\n    a:\n        F: 2\n---\naction: reset\n---\ntitle: counted\nid: "
                            "c\nlogsource: {product: windows}\ndetection:\n"
                            "    a:\n        F: 3\n    timeframe: 5m\n    condition: a | count(User) by Host > 3\n");
    EXPECT_TRUE(set.problems().empty());
    ASSERT_EQ(set.rules().size(), 3U);
    EXPECT_EQ(set.rules()[1].title, "t");
    EXPECT_TRUE(set.rules()[2].is_silent);
    ASSERT_EQ(set.correlations().size(), 1U);
    auto const& correlation = set.correlations()[0];
    EXPECT_EQ(correlation.type, CorrelationType::value_count);
    EXPECT_EQ(correlation.group_by, std::vector<std::string> { "Host" });
    EXPECT_EQ(correlation.value_fields, std::vector<std::string> { "User" });
    EXPECT_EQ(correlation.timespan_ticks, 300 * ticks_per_second);
    EXPECT_EQ(correlation.rules[0].index, 2U);
}

TEST(SigmaRuleSet, NamesEveryDocumentThatIsBroken)
{
    auto const set = set_of(
        "title: one\nlogsource: {product: windows}\ndetection:\n    a: {F: 1}\n    condition: a\n---\ntitle: "
        "[two\n---\n"
        "title: three\nlogsource: {product: windows}\ndetection:\n    a: {F: 1}\n    condition: a\n---\n- not a map\n");
    EXPECT_EQ(set.rules().size(), 2U);
    ASSERT_EQ(set.problems().size(), 2U);
    EXPECT_EQ(set.problems()[0].reason, Reason::yaml);
    EXPECT_EQ(set.problems()[1].reason, Reason::not_sigma);
    EXPECT_EQ(set.document_count(), 4U);
}

TEST(SigmaRuleSet, RefusesBombs)
{
    std::string aliases
        = "title: t\nlogsource: {product: windows}\ndetection:\n    a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i)
        aliases += konseki::format("    a{}: &a{} [*a{}, *a{}, *a{}, *a{}, *a{}, *a{}, *a{}, *a{}, *a{}]\n", i, i,
            i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    aliases += "    condition: a0\n";
    EXPECT_EQ(set_of(aliases).problems().front().reason, Reason::limit);
    EXPECT_EQ(set_of("a: " + std::string(100'000, '[')).problems().front().reason, Reason::limit);
    EXPECT_EQ(
        set_of(rule_with("    a: &a\n        - *a\n    condition: a\n")).problems().front().reason, Reason::limit);
    EXPECT_EQ(refusal_of_term("F|windash: '-a -b -c -d -e -f -g -h -i -j'"), "limit");
    EXPECT_EQ(refusal_of_term("F|windash|windash|windash|windash: '-a -b -c -d'"), "limit");
    EXPECT_EQ(refusal_of_term("F|windash: '-a -b -c -d -e " + std::string(10'000, 'x') + "'"), "limit");
    std::string doubling = "F";
    for (int i = 0; i < 24; ++i)
        doubling += "|utf16le";
    EXPECT_EQ(refusal_of_term(doubling + ": abcdefgh"), "limit");
    std::string tripling = "F";
    for (int i = 0; i < 16; ++i)
        tripling += "|base64offset";
    EXPECT_EQ(refusal_of_term(tripling + ": abcdefgh"), "limit");
}

TEST(SigmaExplain, SaysWhatEachTermFound)
{
    auto const set
        = set_of(rule_with("    a:\n        F|contains: x\n    f:\n        G: null\n    condition: a and not f\n"));
    EventShapes shapes;
    MadeEvent const event(shapes, "Test", 7, { { "F", "axb" } });
    auto const text = explain(set, 0, *event);
    EXPECT_NE(text.find("[true ] F|contains: '*x*'"), std::string::npos) << text;
    EXPECT_NE(text.find("F is \"axb\""), std::string::npos) << text;
    EXPECT_NE(text.find("G is absent"), std::string::npos) << text;
    EXPECT_NE(text.find("the rule does not match"), std::string::npos) << text;
}

TEST(SigmaMatcher, NamesTheFieldsThatMatched)
{
    auto const set = set_of("title: t\nlogsource: {product: windows, category: process_creation}\ndetection:\n    a:\n "
                            "       Image|endswith: x.exe\n"
                            "    f:\n        User: me\n    condition: a and not f\n");
    EventShapes shapes;
    Matcher matcher(set);
    MadeEvent const event(
        shapes, "Security", 4688, { { "NewProcessName", "C:\\x.exe" }, { "SubjectUserName", "you" } });
    ASSERT_EQ(matcher.match(*event).size(), 1U);
    std::vector<std::pair<std::string, std::string>> fields;
    matcher.matched_fields(0, *event, fields);
    EXPECT_EQ(fields, (std::vector<std::pair<std::string, std::string>> { { "NewProcessName", "C:\\x.exe" } }));
    EXPECT_EQ(matcher.field_text(0, *event, "Image"), "C:\\x.exe");
    EXPECT_EQ(matcher.field_text(0, *event, "Absent"), std::nullopt);
}

TEST(SigmaMatcher, NoticesEventsOfAnotherTableOfShapes)
{
    auto const set = set_of(rule_with("    a:\n        F|contains: needle\n    condition: a\n"));
    Matcher matcher(set);
    for (int round = 0; round < 3; ++round) {
        EventShapes first, second;
        MadeEvent const event(first, "Test", 7, { { "F", "a needle" }, { "G", "x" } });
        EXPECT_EQ(matcher.match(*event).size(), 1U);
        MadeEvent const other(second, "Test", 7, { { "G", "x" }, { "F", "a needle" } });
        EXPECT_EQ(matcher.match(*other).size(), 1U);
        MadeEvent const third(second, "Test", 7, { { "G", "a needle" }, { "H", "a needle" } });
        EXPECT_TRUE(matcher.match(*third).empty());
    }
}

TEST(SigmaMatcher, FindsLiteralsAtEveryEndOfAValue)
{
    std::string text_of_rules;
    for (std::string const term : { "F|startswith: head", "F|endswith: tail", "F|contains: body", "F: headtail" })
        text_of_rules += "title: " + term.substr(0, term.find(':'))
            + "\nlogsource: {product: windows}\ndetection:\n    a:\n        " + term + "\n    condition: a\n---\n";
    auto const set = set_of(text_of_rules);
    EXPECT_EQ(set.rules().size(), 4U);
    Matcher matcher(set);
    EventShapes shapes;
    for (std::string const text : { "head", "xhead", "headx", "tail", "tailx", "xtail", "headtail", "headbodytail",
             "bbody", "bodb", "HEADTAIL", "headtailx", "xheadtail", "", "t", "aiL", "hea", "headhead" }) {
        MadeEvent const event(shapes, "Test", 7, { { "F", text } });
        for (int round = 0; round < 2; ++round) {
            auto const hits = matcher.match(*event);
            EXPECT_EQ(std::vector<std::uint32_t>(hits.begin(), hits.end()), slow_matches(set, *event)) << text;
        }
    }
}

TEST(SigmaCoverage, SaysWhichRulesHadNoEvents)
{
    auto const set = set_of(
        "title: a\nlogsource: {product: windows, service: security}\ndetection:\n    a: {EventID: 4624}\n    "
        "condition: a\n---\n"
        "title: b\nlogsource: {product: windows, service: security}\ndetection:\n    a: {EventID: 1102}\n    "
        "condition: a\n---\n"
        "title: c\nlogsource: {product: windows, category: dns_query}\ndetection:\n    a: {F: 1}\n    condition: a\n");
    std::vector<SeenEvents> const seen { { "Security", "Microsoft-Windows-Security-Auditing", 4624, 10 } };
    auto const result = coverage(set, seen);
    ASSERT_EQ(result.size(), 2U);
    EXPECT_EQ(result[0].rules_without_events, std::vector<std::uint32_t> { 2 });
    EXPECT_EQ(result[1].rules_covered, std::vector<std::uint32_t> { 0 });
    EXPECT_EQ(result[1].rules_without_events, std::vector<std::uint32_t> { 1 });
    EXPECT_EQ(result[1].events_seen, 10U);
}
