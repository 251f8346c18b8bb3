#include "app/arguments.hpp"
#include "app/help.hpp"
#include "base/text.hpp"
#include <set>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::app {

using testing::HasSubstr;
using testing::Not;

static Result<Arguments> parse(std::vector<std::string> words)
{
    return Arguments::parse(words);
}

static std::string error_of(std::vector<std::string> words)
{
    auto const result = parse(std::move(words));
    return result.ok() ? "no error" : result.error().detail;
}

TEST(Arguments, TakesOptionsAndOperandsInAnyOrder)
{
    auto const arguments
        = parse({ "examine", "a.evtx", "--case", "x.konseki", "--rules=one", "b", "-r", "two", "-j4" });
    ASSERT_TRUE(arguments.ok()) << to_string(arguments.error());
    EXPECT_EQ(arguments.value().command()->name, "examine");
    EXPECT_THAT(arguments.value().operands(), testing::ElementsAre("a.evtx", "b"));
    EXPECT_THAT(arguments.value().values("rules"), testing::ElementsAre("one", "two"));
    EXPECT_EQ(arguments.value().value("case"), "x.konseki");
    EXPECT_EQ(arguments.value().number("workers", 0).value(), 4U);
}

TEST(Arguments, WordsBehindTwoDashesAreOperands)
{
    auto const arguments = parse({ "search", "--", "-enc", "--case" });
    ASSERT_TRUE(arguments.ok());
    EXPECT_THAT(arguments.value().operands(), testing::ElementsAre("-enc", "--case"));
}

TEST(Arguments, CommandsOfTwoWordsAreOneCommand)
{
    EXPECT_EQ(parse({ "rules", "check", "dir" }).value().command()->name, "rules check");
    EXPECT_THAT(error_of({ "rules" }), HasSubstr("needs one of: check, list, explain"));
    EXPECT_THAT(error_of({ "rules", "chekc" }), HasSubstr("did you mean rules check?"));
}

TEST(Arguments, AFirstWordOfSeveralCommandsHasHelpOfItsOwn)
{
    for (auto const& words :
        { std::vector<std::string> { "rules", "--help" }, { "rules", "-h" }, { "help", "rules" } }) {
        auto const arguments = parse(words);
        ASSERT_TRUE(arguments.ok()) << to_string(arguments.error());
        EXPECT_TRUE(arguments.value().wants_help());
        EXPECT_EQ(arguments.value().command(), nullptr);
        EXPECT_EQ(arguments.value().group(), "rules");
    }
    auto const help = group_help("rules");
    EXPECT_THAT(help, HasSubstr("rules explain    Show the truth"));
    EXPECT_THAT(help, Not(HasSubstr("fleet")));
    EXPECT_TRUE(parse({ "help", "events" }).value().group().empty());
    EXPECT_THAT(error_of({ "rules", "--nope" }), HasSubstr("needs one of"));
}

TEST(Arguments, UnknownWordsNameTheNearestKnownOne)
{
    EXPECT_THAT(error_of({ "events", "--form", "json" }), HasSubstr("did you mean --format?"));
    EXPECT_THAT(error_of({ "examin", "x" }), HasSubstr("did you mean examine?"));
    EXPECT_THAT(error_of({ "examine", "--ruels", "x", "y" }), HasSubstr("did you mean --rules?"));
    EXPECT_THAT(error_of({ "events", "--format", "jsonn" }), HasSubstr("did you mean json"));
    EXPECT_THAT(error_of({ "qqqqqqqq" }), HasSubstr("konseki --help lists them"));
}

TEST(Arguments, WrongUseIsSaidBeforeAnythingRuns)
{
    EXPECT_THAT(error_of({ "show" }), HasSubstr("needs WHAT"));
    EXPECT_THAT(error_of({ "events", "--limit" }), HasSubstr("--limit needs a value (N)"));
    EXPECT_THAT(error_of({ "events", "--case", "a", "--case", "b" }), HasSubstr("given twice"));
    EXPECT_THAT(error_of({ "events", "--reverse=yes" }), HasSubstr("takes no value"));
    EXPECT_THAT(error_of({ "query", "a", "b" }), HasSubstr("\"b\" is too much"));
    EXPECT_THAT(error_of({ "events", "x" }), HasSubstr("takes no operands"));
    EXPECT_THAT(error_of({ "events", "-Z" }), HasSubstr("no option -Z"));
    EXPECT_FALSE(parse({ "examine", "x", "--workers", "many" }).value().number("workers", 0).ok());
}

TEST(Arguments, HelpNeedsNoOperands)
{
    EXPECT_TRUE(parse({ "query", "--help" }).value().wants_help());
    EXPECT_TRUE(parse({ "help" }).value().wants_help());
    EXPECT_EQ(parse({ "help", "rules", "check" }).value().command()->name, "rules check");
    EXPECT_TRUE(parse({ "-h" }).value().wants_help());
}

TEST(CommandTable, EveryCommandIsCompleteAndItsOptionsAreDistinct)
{
    std::set<std::string_view> commands_seen;
    for (auto const& command : commands()) {
        EXPECT_TRUE(commands_seen.insert(command.name).second) << command.name;
        EXPECT_NE(command.run, nullptr) << command.name;
        EXPECT_FALSE(command.summary.empty()) << command.name;
        std::set<std::string_view> names;
        std::set<char> letters;
        for (auto const* option : options_of(command)) {
            EXPECT_TRUE(names.insert(option->name).second) << command.name << " --" << option->name;
            if (option->letter != 0) {
                EXPECT_TRUE(letters.insert(option->letter).second) << command.name << " -" << option->letter;
            }
            EXPECT_EQ(option->choices.empty(), option->completes != Completes::choices)
                << command.name << " --" << option->name;
            EXPECT_FALSE(option->meaning.empty());
        }
        for (auto const& example : command.examples)
            EXPECT_THAT(std::string(example.line), testing::StartsWith("konseki " + std::string(command.name)));
    }
}

TEST(Help, NamesEveryCommandOptionAndExample)
{
    auto const all = program_help();
    auto const man = manual_page();
    for (auto const& command : commands()) {
        EXPECT_THAT(all, HasSubstr(std::string(command.name)));
        EXPECT_THAT(man, HasSubstr(".SS konseki " + std::string(command.name)));
        auto const help = command_help(command);
        for (auto const* option : options_of(command))
            EXPECT_THAT(help, HasSubstr("--" + std::string(option->name)));
        for (auto const& example : command.examples)
            EXPECT_THAT(help, HasSubstr(std::string(example.line)));
    }
}

TEST(Help, LinesOfTheHelpFitATerminal)
{
    for (auto const& command : commands())
        for (auto const line : split(command_help(command), '\n'))
            if (line.find("konseki ") == std::string_view::npos && line.find("Exit codes") == std::string_view::npos) {
                EXPECT_LE(line.size(), 120U) << line;
            }
}

TEST(Completion, ScriptsKnowTheCommandsAndTheChoices)
{
    for (auto const& script : { bash_completion(), zsh_completion(), fish_completion() }) {
        for (auto const& command : commands())
            EXPECT_THAT(script, HasSubstr(std::string(split(command.name, ' ')[0])));
        EXPECT_THAT(script, HasSubstr("jsonl csv timesketch parquet"));
    }
    EXPECT_THAT(zsh_completion(), HasSubstr("'fleet:rank, compare, since'"));
    EXPECT_THAT(fish_completion(), HasSubstr("-a baseline -d 'make, use'"));
}

}
