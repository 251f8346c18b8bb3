#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_pam/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_pam {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

std::string sample()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_pam/testdata/sshd");
}

}

// covers: L14
TEST(LinuxPam, ModulesProgramsAndIncludesAreRows)
{
    auto const content = sample();
    EXPECT_EQ(parser.sniff(as_bytes(content), "x/rootfs/etc/pam.d/sshd"), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, "x/rootfs/etc/pam.d/sshd", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0].at("name"), "sshd");
    EXPECT_EQ(rows[0].at("schedule"), "auth [success=1 default=ignore]");
    EXPECT_EQ(rows[0].at("command"), "pam_unix.so");
    EXPECT_EQ(rows[0].at("detail"), "nullok");
    EXPECT_EQ(rows[0].at("path"), "/etc/pam.d/sshd");
    EXPECT_EQ(rows[1].at("command"), "/lib/x/pam_door.so");
    EXPECT_EQ(rows[1].at("detail"), "optional");
    EXPECT_EQ(rows[2].at("command"), "pam_exec.so");
    EXPECT_EQ(rows[3].at("command"), "/usr/local/bin/log --x");
    EXPECT_EQ(rows[3].at("detail"), "pam_exec.so expose_authtok");
    EXPECT_EQ(rows[3].at("line"), "5");
    EXPECT_EQ(rows[4].at("detail"), "[accessfile=/etc/a b]");
    EXPECT_EQ(collected.rows("linux.setting").size(), 7U);
    EXPECT_EQ(collected.rows("linux.setting").at(0).at("name"), "@include");
    EXPECT_EQ(collected.diagnostics.list.size(), 1U);
}

TEST(LinuxPam, TheOldSingleFileNamesItsServices)
{
    test::CollectingContext collected;
    parse_all("login auth required pam_unix.so\n", "/etc/pam.conf", collected);
    parse_all("auth required pam_permit.so\n", "/etc/pam.d/su.dpkg-old", collected);
    auto const rows = collected.rows("linux.autostart");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("name"), "login");
    EXPECT_EQ(rows[1].at("is_enabled"), "false");
}

TEST(LinuxPam, EveryPrefixIsReadWithoutHarm)
{
    auto const content = sample();
    for (std::size_t size = 0; size < content.size(); ++size) {
        test::CollectingContext collected;
        parse_all(std::string_view(content).substr(0, size), "/etc/pam.d/sshd", collected);
        EXPECT_LE(collected.rows("linux.autostart").size(), 5U);
    }
}

}
