#include "base/text.hpp"
#include "rules/yara/scanner.hpp"
#include "support/samples.hpp"
#include <array>
#include <chrono>
#include <gmock/gmock.h>

namespace konseki::yara {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Kept {
    RuleHead rule;
    std::vector<MatchedString> strings;
};

class Keeper final : public MatchReceiver {
public:
    void on_match(Match const& match) override { matches.push_back({ match.rule, match.strings }); }
    std::vector<Kept> matches;
};

std::vector<Kept> matches_of(RuleSet const& rules, std::string_view bytes, std::string_view name = "a.bin")
{
    Scanner scanner { rules };
    Keeper keeper;
    auto const outcome = scanner.scan(as_bytes(bytes), Externals::of(name, as_bytes(bytes)), keeper);
    EXPECT_FALSE(outcome.failure);
    EXPECT_EQ(outcome.matched_rules, keeper.matches.size());
    return std::move(keeper.matches);
}

RuleSet compiled(std::string const& text)
{
    std::array const files { RuleFile { "rules/a.yar", text } };
    auto set = RuleSet::compile(files);
    EXPECT_THAT(set.problems(), IsEmpty());
    return set;
}

TEST(YaraRuleSet, AFileThatDoesNotCompileCostsItselfAloneAndIsNamedWithLineAndWords)
{
    std::array const files { RuleFile { "good.yar", "rule one { condition: true }" },
        RuleFile { "bad.yar", "rule two {\n strings:\n  $a = \"needle\"\n condition:\n  $b\n}\n" },
        RuleFile { "include.yar", "include \"/etc/passwd\"\nrule three { condition: true }" },
        RuleFile { "zero.yar", std::string("rule four { condition: true }\0rule five { condition: true }", 58) },
        RuleFile { "empty.yar", "" }, RuleFile { "same.yar", "rule one { condition: filesize > 3 }" } };
    auto const set = RuleSet::compile(files);
    EXPECT_EQ(set.file_count(), 3U);
    EXPECT_EQ(set.skipped_count(), 3U);
    EXPECT_EQ(set.rule_count(), 2U);
    ASSERT_GE(set.problems().size(), 3U);
    EXPECT_EQ(set.problems()[0].path, "bad.yar");
    EXPECT_EQ(set.problems()[0].line, 6U); // as far as libyara had read
    EXPECT_THAT(set.problems()[0].words, HasSubstr("undefined string \"$b\""));
    EXPECT_TRUE(set.problems()[0].is_error);
    EXPECT_EQ(set.problems()[1].path, "include.yar");
    EXPECT_THAT(set.problems().back().words, HasSubstr("zero bytes"));
    auto const matches = matches_of(set, "abcd");
    ASSERT_EQ(matches.size(), 2U); // the same name in two files is two rules
    EXPECT_EQ(matches[0].rule.file, "good.yar");
    EXPECT_EQ(matches[1].rule.file, "same.yar");
}

TEST(YaraRuleSet, TheSameFileTwiceIsToldAndTheRestRuns)
{
    std::array const files { RuleFile { "a.yar", "rule one { condition: true }" },
        RuleFile { "a.yar", "rule one { condition: true }" }, RuleFile { "b.yar", "rule two { condition: true }" } };
    auto const set = RuleSet::compile(files);
    EXPECT_EQ(set.file_count(), 2U);
    EXPECT_EQ(set.skipped_count(), 1U);
    ASSERT_EQ(set.problems().size(), 1U);
    EXPECT_EQ(matches_of(set, "x").size(), 2U);
}

TEST(YaraRuleSet, NoRulesMatchNothing)
{
    auto const set = RuleSet::compile({});
    EXPECT_EQ(set.rule_count(), 0U);
    EXPECT_THAT(matches_of(set, "abc"), IsEmpty());
    EXPECT_THAT(matches_of(compiled("rule a { condition: false }"), ""), IsEmpty());
}

TEST(YaraRuleSet, AByteOrderMarkIsNoError)
{
    EXPECT_EQ(compiled("\xef\xbb\xbfrule a { condition: true }").rule_count(), 1U);
}

TEST(YaraRuleSet, ModulesThatCannotAnswerFromEvidenceAreTold)
{
    std::array const files { RuleFile {
        "m.yar", "import \"pe\"\nimport \"magic\"\nrule a { condition: magic.type() contains \"PE\" or pe.is_pe }" } };
    auto const set = RuleSet::compile(files);
    EXPECT_EQ(set.rule_count(), 1U);
    ASSERT_EQ(set.problems().size(), 1U);
    EXPECT_FALSE(set.problems()[0].is_error);
    EXPECT_EQ(set.problems()[0].line, 2U);
}

TEST(YaraRuleSet, TheFingerprintChangesWithTextAndPath)
{
    auto const of = [](char const* path, char const* text) {
        std::array const files { RuleFile { path, text } };
        return RuleSet::compile(files).fingerprint();
    };
    auto const first = of("a", "rule a { condition: true }");
    EXPECT_EQ(first, of("a", "rule a { condition: true }"));
    EXPECT_NE(first, of("b", "rule a { condition: true }"));
    EXPECT_NE(first, of("a", "rule a { condition: false }"));
}

TEST(YaraScanner, StringsAreToldWithPlacesAndTotals)
{
    auto const set = compiled(R"(rule found : tool T1055_012 {
        meta: description = "A tool" author = "anna" score = 85 mitre_attack = "T1003.001, t1059" flag = true
        strings: $a = "needle" $b = { 00 01 02 } $never = "absent" $hidden = "edl" private
        condition: any of them })");
    std::string bytes = "..needle";
    for (int index = 0; index < 20; ++index)
        bytes += std::string("\0\1\2x", 4);
    auto const matches = matches_of(set, bytes);
    ASSERT_EQ(matches.size(), 1U);
    auto const& [rule, strings] = matches[0];
    EXPECT_EQ(rule.name, "found");
    EXPECT_THAT(rule.tags, ElementsAre("tool", "T1055_012"));
    EXPECT_EQ(rule.meta_text("Author"), "anna");
    EXPECT_EQ(rule.meta_text("flag"), "true");
    EXPECT_EQ(rule.meta_text("nothing"), "");
    EXPECT_EQ(rule.score(), 85U);
    EXPECT_EQ(rule.severity(), Severity::high);
    EXPECT_THAT(rule.attack(), ElementsAre("T1003.001", "T1055.012", "T1059"));
    ASSERT_EQ(strings.size(), 2U);
    EXPECT_EQ(strings[0].id, "$a");
    EXPECT_EQ(strings[0].first[0].offset, 2U);
    EXPECT_EQ(strings[0].first[0].size_bytes, 6U);
    EXPECT_EQ(strings[1].total, 20U);
    EXPECT_EQ(strings[1].first.size(), 8U);
    EXPECT_EQ(strings[1].first[7].offset, 8U + 7 * 4);
}

TEST(YaraScanner, SeverityComesFromTheScoreAndSeventyFiveIsMeantWithoutOne)
{
    RuleHead head;
    EXPECT_EQ(head.severity(), Severity::medium);
    for (auto const& [score, severity] : { std::pair { "80", Severity::medium }, std::pair { "81", Severity::high },
             std::pair { "59", Severity::low }, std::pair { "nonsense", Severity::medium } }) {
        head.meta = { { "score", score } };
        EXPECT_EQ(head.severity(), severity) << score;
    }
}

TEST(YaraScanner, ExternalVariablesAreThoseOfTheFileAtHand)
{
    auto const set = compiled(R"(
        rule windows { condition: filename == "Evil.EXE" and filepath == "C:\\Users\\x" and extension == ".exe" and filetype == "EXE" }
        rule unix { condition: filename == "sh" and filepath == "/bin" and extension == "" and filetype == "" and owner == "" })");
    Scanner scanner { set };
    auto const names = [&](std::string_view name, std::string_view bytes) {
        Keeper keeper;
        scanner.scan(as_bytes(bytes), Externals::of(name, as_bytes(bytes)), keeper);
        return keeper.matches.empty() ? std::string("none") : keeper.matches[0].rule.name;
    };
    EXPECT_EQ(names("C:\\Users\\x\\Evil.EXE", "MZ"), "windows");
    EXPECT_EQ(names("/bin/sh", "#!"), "unix"); // nothing is left of the file before
    EXPECT_EQ(names("C:\\Users\\x\\Evil.EXE", ""), "none");
}

TEST(YaraScanner, ModulesReadTheBytes)
{
    auto const set = compiled(R"(import "math" import "hash" import "elf" import "pe" import "dotnet"
        rule entropy { condition: math.entropy(0, filesize) < 1.0 }
        rule digest { condition: hash.md5(0, filesize) == "0cc175b9c0f1b6a831c399e269772661" }
        rule neither { condition: elf.type == elf.ET_EXEC or pe.number_of_sections > 0 or dotnet.number_of_streams > 0 })");
    auto const matches = matches_of(set, "a");
    ASSERT_EQ(matches.size(), 2U);
    EXPECT_THAT(matches[0].strings, IsEmpty());
}

TEST(YaraScanner, ATimeOutIsAFailureAndTheScannerGoesOn)
{
    std::array const files { RuleFile {
        "slow.yar", "rule slow { strings: $a = /a.{1,900}b.{1,900}c.{1,900}d/ condition: $a }" } };
    auto const set = RuleSet::compile(files);
    ASSERT_EQ(set.problems().size(), 1U);
    EXPECT_FALSE(set.problems()[0].is_error); // a warning, and the rule runs
    Scanner scanner { set };
    std::string const bytes(64ULL << 20, 'a');
    Keeper keeper;
    ScanLimits limits;
    limits.seconds_max = 1;
    auto const outcome = scanner.scan(as_bytes(bytes), {}, keeper, limits);
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->code, ErrorCode::timeout);
    EXPECT_FALSE(scanner.scan(as_bytes("abcd"), {}, keeper).failure);
}

TEST(YaraScanner, AStopEndsTheScan)
{
    auto const set = compiled("rule a { condition: true }");
    Scanner scanner { set };
    Keeper keeper;
    std::stop_source stop;
    stop.request_stop();
    auto const outcome = scanner.scan(as_bytes("x"), {}, keeper, {}, stop.get_token());
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->code, ErrorCode::cancelled);
    EXPECT_THAT(keeper.matches, IsEmpty());
}

TEST(YaraScanner, AStringWithAMillionPlacesIsNamedAndTheRuleStillMatches)
{
    auto const set = compiled(R"(rule crowd { strings: $a = "aa" $b = "end" condition: $a and $b })");
    Scanner scanner { set };
    Keeper keeper;
    auto const bytes = std::string(1'200'000, 'a') + "end";
    auto const outcome = scanner.scan(as_bytes(bytes), {}, keeper);
    EXPECT_FALSE(outcome.failure);
    EXPECT_THAT(outcome.crowded, ElementsAre("crowd $a"));
    ASSERT_EQ(keeper.matches.size(), 1U);
    EXPECT_EQ(keeper.matches[0].strings[0].first.size(), 8U);
    EXPECT_GE(keeper.matches[0].strings[0].total, 1'000'000U);
}

TEST(YaraExcerpt, ShowsTextAndEscapesTheRest)
{
    EXPECT_EQ(excerpt(as_bytes("cmd /c")), "cmd /c");
    EXPECT_EQ(excerpt(as_bytes(std::string_view("c\0m\0d\0", 6))), "cmd");
    EXPECT_EQ(excerpt(as_bytes("秘密\x1b[2J\xff")), "秘密\\x1b[2J\\xff");
    EXPECT_EQ(excerpt(as_bytes("abcdef"), 3), "abc…");
    EXPECT_EQ(excerpt({}), "");
}

TEST(YaraRuleSet, TheSharedRulesCompile)
{
    KONSEKI_NEEDS_DATA(folder, "yara");
    std::vector<RuleFile> files;
    for (auto const* suffix : { ".yar", ".yara" })
        for (auto const& path : test::files_below(folder, suffix))
            files.push_back({ path.string(), test::read_file(path) });
    auto const set = RuleSet::compile(files);
    for (auto const& problem : set.problems())
        if (problem.is_error)
            ADD_FAILURE() << problem.path << ":" << problem.line << ": " << problem.words;
    EXPECT_EQ(set.file_count(), files.size());
    EXPECT_GT(set.rule_count(), 6'000U);
    EXPECT_THAT(matches_of(set, "an ordinary text"), IsEmpty());
}

}
}
