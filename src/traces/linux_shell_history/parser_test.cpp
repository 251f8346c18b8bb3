#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_shell_history/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_shell_history {

namespace {

std::vector<test::Row> rows_of(std::string_view content, std::string_view name)
{
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure) << name;
    test::CollectingContext collected;
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
    return collected.rows("linux.shell_history");
}

}

TEST(LinuxShellHistory, StampsOfBashBelongToWhatFollows)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_shell_history/testdata/bash_history");
    auto const rows = rows_of(content, "[root]/home/hanako/.bash_history");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("command"), "whoami");
    EXPECT_EQ(rows[0].count("at"), 0U);
    EXPECT_EQ(rows[0].at("user"), "hanako");
    EXPECT_EQ(rows[1].at("at"), "2026-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[1].at("@offset"), "7");
    EXPECT_EQ(rows[2].at("command"), "for i in 1 2\ndo echo $i\ndone");
    auto const plain = rows_of("ls\n\nid\n", "root/.bash_history");
    ASSERT_EQ(plain.size(), 2U);
    EXPECT_EQ(plain[1].at("user"), "root");
}

TEST(LinuxShellHistory, ZshAndFishAreUndone)
{
    auto rows = rows_of(": 1767225600:12;echo \x83\xa3 \\\nmore\nplain\n", "home/a/.zsh_history");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("seconds"), "12");
    EXPECT_EQ(rows[0].at("command"), "echo \xef\xbf\xbd \nmore"); // a lone byte 0x83
    EXPECT_EQ(rows[1].count("at"), 0U);
    rows = rows_of(
        "- cmd: echo a\\nb \\\\\n  when: 1767225600\n  paths:\n    - x\n", "home/a/.local/share/fish/fish_history");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("command"), "echo a\nb \\");
    EXPECT_EQ(rows[0].at("at"), "2026-01-01T00:00:00.0000000Z");
}

TEST(LinuxShellHistory, OtherProgramsGiveTheirLines)
{
    auto rows = rows_of("_HiStOrY_V2_\nselect\\0401;\n", "home/a/.mysql_history");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("command"), "select 1;");
    rows = rows_of("# Command Line History (newest to oldest):\n:wq\n|2,0,1767225600,,\"wq\"\n\n# Registers:\n\"1\n",
        "root/.viminfo");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("command"), ":wq");
    EXPECT_EQ(rows[0].at("at"), "2026-01-01T00:00:00.0000000Z");
    rows = rows_of(".less-history-file:\n.search\n\"password\n.shell\n\"id\n", "root/.lesshst");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].at("program"), "less");
}

TEST(LinuxShellHistory, DamageIsSurvived)
{
    std::string const content = ": 1767225600:12;echo \\\n- cmd: x\\\n#1767225600\n|2,0,1\n\"a\n:b\n";
    for (auto const* const name :
        { ".bash_history", ".zsh_history", "fish_history", ".viminfo", ".lesshst", ".psql_history" }) {
        for (std::size_t size = 0; size < content.size(); ++size)
            (void)rows_of(content.substr(0, size), name);
    }
}

// plaso's counts [fsa 4].
TEST(LinuxShellHistory, PlasosSamplesGiveTheirCommands)
{
    KONSEKI_NEEDS_DATA(folder, "linux");
    auto const count = [&](char const* name) { return rows_of(test::read_file(folder / name), name).size(); };
    EXPECT_EQ(count("bash_history"), 4U);
    EXPECT_EQ(count("bash_history_desync"), 5U);
    EXPECT_EQ(count("zsh_extended_history.txt"), 4U);
    EXPECT_EQ(count("fish_history"), 10U);
}

}
