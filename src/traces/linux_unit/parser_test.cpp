#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_unit/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_unit {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

}

// covers: L01
TEST(LinuxUnit, CommandsSurviveContinuationCommentsAndResets)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_unit/testdata/implant.service");
    constexpr std::string_view name = "[root]/etc/systemd/system/implant.service";
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, name, collected);
    auto const units = collected.rows("linux.unit");
    ASSERT_EQ(units.size(), 1U);
    EXPECT_EQ(units[0].at("name"), "implant.service");
    EXPECT_EQ(units[0].at("path"), "/etc/systemd/system/implant.service");
    EXPECT_EQ(units[0].at("description"), "Disk cache    helper");
    EXPECT_EQ(units[0].at("wanted_by"), "multi-user.target graphical.target");
    EXPECT_EQ(units[0].at("aliases"), "cache.service");
    EXPECT_EQ(units[0].at("user"), "daemon");
    EXPECT_EQ(units[0].at("restart"), "always");
    EXPECT_EQ(units[0].at("is_drop_in"), "false");
    EXPECT_NE(units[0].at("commands").find("ExecStart=/bin/false\nExecStart=\nExecStart=@+/usr/bin/python3"),
        std::string::npos);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0].at("schedule"), "ExecStartPre");
    EXPECT_EQ(rows[0].at("command"), "/bin/mkdir -p /run/x");
    EXPECT_EQ(rows[0].at("line"), "10");
    EXPECT_EQ(rows[1].at("is_enabled"), "false");
    EXPECT_EQ(rows[2].at("command"), "/usr/bin/python3 python3 -c \"print(1)\"     --more");
    EXPECT_EQ(rows[2].count("is_enabled"), 0U);
    EXPECT_NE(rows[2].at("detail").find("marks=@+"), std::string::npos);
    EXPECT_EQ(rows[3].at("command"), "/bin/echo %i");
    EXPECT_EQ(rows[4].at("kind"), "preload");
    EXPECT_EQ(rows[4].at("location"), "L13");
    EXPECT_EQ(rows[4].at("command"), "LD_PRELOAD=/usr/lib/x.so");
    EXPECT_EQ(collected.diagnostics.list.size(), 1U);
}

// covers: L02 L04
TEST(LinuxUnit, TimersSocketsAndPathsSayWhatTheyStart)
{
    test::CollectingContext collected;
    parse_all("[Timer]\nOnBootSec=5min\nOnCalendar=hourly\n", "/etc/systemd/system/a.timer", collected);
    parse_all("[Socket]\nListenStream=4444\nAccept=yes\n", "/lib/systemd/system/b.socket", collected);
    parse_all("[Path]\nPathExists=/tmp/go\nUnit=c.service\n", "/run/systemd/system/p.path", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("location"), "L02");
    EXPECT_EQ(rows[0].at("schedule"), "OnBootSec=5min OnCalendar=hourly");
    EXPECT_EQ(rows[0].at("command"), "a.service");
    EXPECT_EQ(rows[1].at("kind"), "socket");
    EXPECT_EQ(rows[1].at("command"), "b@.service");
    EXPECT_EQ(rows[2].at("location"), "L04");
    EXPECT_EQ(rows[2].at("command"), "c.service");
}

// covers: L03
TEST(LinuxUnit, UnitsOfUsersBelongToTheOwnerOfTheHome)
{
    test::CollectingContext collected;
    parse_all("[Service]\nExecStart=/home/hanako/x\n", "x/home/hanako/.config/systemd/user/x.service", collected);
    auto const units = collected.rows("linux.unit");
    ASSERT_EQ(units.size(), 1U);
    EXPECT_EQ(units[0].at("scope"), "user");
    EXPECT_EQ(units[0].at("user"), "hanako");
    EXPECT_EQ(collected.rows("linux.autostart").at(0).at("user"), "hanako");
    EXPECT_EQ(collected.rows("linux.autostart").at(0).at("location"), "L03");
}

TEST(LinuxUnit, ADropInChangesAnotherUnit)
{
    test::CollectingContext collected;
    parse_all(
        "[Service]\nExecStart=\nExecStart=/tmp/x\n", "/etc/systemd/system/sshd.service.d/override.conf", collected);
    auto const units = collected.rows("linux.unit");
    ASSERT_EQ(units.size(), 1U);
    EXPECT_EQ(units[0].at("name"), "sshd.service");
    EXPECT_EQ(units[0].at("is_drop_in"), "true");
    EXPECT_EQ(units[0].at("commands"), "ExecStart=\nExecStart=/tmp/x");
    EXPECT_EQ(collected.rows("linux.autostart").at(0).count("user"), 0U);
}

TEST(LinuxUnit, OtherFilesAreLeftAlone)
{
    auto const head = as_bytes("[Unit]\n");
    EXPECT_EQ(parser.sniff(head, "/etc/systemd/system/x.service.bak"), Sniff::no);
    EXPECT_EQ(parser.sniff(head, "/home/a/project/x.service"), Sniff::no);
    EXPECT_EQ(parser.sniff(head, "/usr/lib/systemd/system/x.mount"), Sniff::sure);
    EXPECT_EQ(parser.sniff(head, "/etc/systemd/journald.conf"), Sniff::sure);
}

TEST(LinuxUnit, EveryPrefixIsReadWithoutHarm)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_unit/testdata/implant.service");
    for (std::size_t size = 0; size < content.size(); ++size) {
        test::CollectingContext collected;
        parse_all(std::string_view(content).substr(0, size), "/etc/systemd/system/a.service", collected);
        EXPECT_EQ(collected.rows("linux.unit").size(), 1U);
    }
}

}
