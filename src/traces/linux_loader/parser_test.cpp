#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_loader/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_loader {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

std::string sample()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_loader/testdata/ld.so.preload");
}

}

// covers: L12
TEST(LinuxLoader, EveryPreloadedLibraryIsARow)
{
    auto const content = sample();
    EXPECT_EQ(parser.sniff(as_bytes(content), "[root]/etc/ld.so.preload"), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, "[root]/etc/ld.so.preload", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("command"), "/lib/x/libhide.so");
    EXPECT_EQ(rows[0].at("location"), "L12");
    EXPECT_EQ(rows[0].at("attack"), "T1574.006");
    EXPECT_EQ(rows[0].at("@offset"), "6");
    EXPECT_EQ(rows[1].at("command"), "/tmp/b.so");
    EXPECT_EQ(rows[2].at("command"), "libc.so");
    EXPECT_EQ(rows[2].at("line"), "3");
}

TEST(LinuxLoader, WhatWasReadPastTheSystemSaysSo)
{
    test::CollectingContext collected;
    constexpr std::string_view name = "uac-h-linux-1/chkrootkit/etc_ld_so_preload.txt";
    EXPECT_EQ(parser.sniff(as_bytes("/x.so"), name), Sniff::sure);
    parse_all("debugfs 1.47.0\n/lib/libhide.so\n", name, collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("path"), "/etc/ld.so.preload");
    EXPECT_EQ(rows[0].at("detail"), "read past the running system");
}

// covers: L13
TEST(LinuxLoader, FoldersOfLibrariesAreSettings)
{
    test::CollectingContext collected;
    parse_all("include /etc/ld.so.conf.d/*.conf\n# c\n/usr/local/lib, /opt/x\n", "/etc/ld.so.conf", collected);
    auto const rows = collected.rows("linux.setting");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("name"), "include");
    EXPECT_EQ(rows[2].at("value"), "/opt/x");
}

TEST(LinuxLoader, EveryPrefixIsReadWithoutHarm)
{
    auto const content = sample();
    for (std::size_t size = 0; size < content.size(); ++size) {
        test::CollectingContext collected;
        parse_all(std::string_view(content).substr(0, size), "/etc/ld.so.preload", collected);
        EXPECT_LE(collected.rows("linux.autostart").size(), 3U);
    }
}

}
