#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_powershell_history/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_powershell_history {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

constexpr std::string_view history_name
    = "C/Users/hanako/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt";

}

TEST(WindowsPowershellHistory, ContinuedLinesAreOneCommand)
{
    auto const content = test::read_file(
        std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_powershell_history/testdata/ConsoleHost_history.txt");
    EXPECT_EQ(parser.sniff(as_bytes(content), history_name), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(content), "notes.txt"), Sniff::no);
    test::CollectingContext collected;
    parse_all(content, history_name, collected);
    auto const rows = collected.rows("windows.powershell.history");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[1].at("command"), "Get-ChildItem \n  -Recurse \n  C:\\TMP");
    EXPECT_EQ(rows[1].at("@offset"), "7");
    EXPECT_EQ(rows[2].at("number"), "3");
    EXPECT_EQ(rows[2].at("user"), "hanako");
}

TEST(WindowsPowershellHistory, ATranscriptGivesItsSessionAndCommands)
{
    std::string const bar = "**********************\r\n";
    auto const content = bar
        + "Windows PowerShell transcript start\r\nStart time: 20210304010203\r\nUsername: H\\hanako\r\n"
        + "RunAs User: H\\admin\r\nConfiguration Name:\r\nMachine: H (Windows)\r\nHost Application: powershell.exe "
          "-nop\r\n"
        + "Process ID: 42\r\n" + bar + bar + "Command start time: 20210304010205\r\n" + bar
        + "PS C:\\> whoami\r\nh\\admin\r\n" + bar + "Windows PowerShell transcript end\r\nEnd time: 20210304010209\r\n"
        + bar;
    EXPECT_EQ(parser.sniff(as_bytes(content), "any.txt"), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, "any.txt", collected);
    auto const sessions = collected.rows("windows.powershell.transcript");
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].at("run_as_user"), "H\\admin");
    EXPECT_EQ(sessions[0].at("process_id"), "42");
    EXPECT_EQ(sessions[0].at("commands"), "1");
    EXPECT_EQ(sessions[0].count("ended_local"), 1U);
    auto const commands = collected.rows("windows.powershell.transcript_command");
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].at("command"), "whoami");
    EXPECT_EQ(commands[0].at("output"), "h\\admin\n");
    EXPECT_EQ(commands[0].count("typed_local"), 1U);
}

TEST(WindowsPowershellHistory, RealTranscriptsInTwoLanguages)
{
    KONSEKI_NEEDS_DATA(folder, "misc");
    test::CollectingContext english, german;
    parse_all(test::read_file(folder / "powershell_transcript.txt"), "t.txt", english);
    auto rows = english.rows("windows.powershell.transcript");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("user"), "MSEDGEWIN10\\IEUser");
    EXPECT_EQ(rows[0].at("commands"), "1");
    parse_all(test::read_file(folder / "powershell_transcript_ger.txt"), "t.txt", german);
    rows = german.rows("windows.powershell.transcript");
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows[0].at("user"), "DE\\User");
    EXPECT_EQ(rows[0].at("process_id"), "18716");
    EXPECT_GE(german.rows("windows.powershell.transcript_command").size(), 3U);
}

}
