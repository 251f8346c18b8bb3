#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_terminal/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_terminal {

namespace {

constexpr std::string_view place
    = "C/Users/hanako/AppData/Local/Packages/Microsoft.WindowsTerminal_8wekyb3d8bbwe/LocalState/settings.json";

std::unique_ptr<test::CollectingContext> read(std::string_view content)
{
    auto collected = std::make_unique<test::CollectingContext>();
    parser.parse({ as_bytes(content), { 0, content.size() }, place }, collected->context);
    return collected;
}

}

// covers: W82
TEST(WindowsTerminal, EveryProfileSaysWhatItStarts)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_terminal/testdata/settings.json");
    EXPECT_EQ(parser.sniff(as_bytes(content), place), Sniff::sure);
    auto const collected = read(content);
    EXPECT_TRUE(collected->diagnostics.list.empty());
    auto const rows = collected->rows("windows.terminal.profile");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("command_line"), "cmd.exe");
    EXPECT_EQ(rows[0].at("is_default"), "false");
    EXPECT_EQ(rows[0].at("starts_at_logon"), "true");
    EXPECT_EQ(rows[1].at("name"), "Shell // not a comment");
    EXPECT_EQ(rows[1].at("command_line"), "C:\\ProgramData\\upd.exe --quiet");
    EXPECT_EQ(rows[1].at("is_default"), "true");
    EXPECT_EQ(rows[1].at("is_hidden"), "true");
    EXPECT_EQ(rows[1].at("is_elevated"), "true");
    EXPECT_EQ(rows[1].at("user"), "hanako");
    EXPECT_EQ(rows[1].at("@offset"), format("{}", content.rfind("{11111111")));
}

TEST(WindowsTerminal, OldListsAndDamage)
{
    auto const old = read(R"({"defaultProfile":"a","profiles":[{"name":"a"},{"name":"b","commandline":"x"}]})");
    auto const rows = old->rows("windows.terminal.profile");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("is_default"), "true");
    EXPECT_EQ(rows[1].at("starts_at_logon"), "false");
    EXPECT_EQ(read(R"({"profiles":{"list":[{"name":"a"})")->diagnostics.list.size(), 1U);
    EXPECT_EQ(parser.sniff(as_bytes("{}"), "C/x/settings.json"), Sniff::no);
    EXPECT_EQ(without_comments(R"({"a":"//b", /*c*/ "d":[1,2,], })"), R"({"a":"//b",       "d":[1,2 ]  })");
    EXPECT_EQ(without_comments("{ // x"), "{     ");
    EXPECT_EQ(without_comments("\"\\"), "\"\\");
}

}
