#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_host/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_host {
namespace {

test::Row row_of(std::string_view content, std::string_view name)
{
    EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure) << name;
    test::CollectingContext collected;
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
    auto const rows = collected.rows("linux.host");
    EXPECT_EQ(rows.size(), 1U) << name;
    return rows.empty() ? test::Row {} : rows.front();
}

TEST(LinuxHost, EachFileSaysWhatItKnows)
{
    auto const release
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_host/testdata/os-release");
    EXPECT_EQ(row_of(release, "/etc/os-release").at("system"), "debian");
    EXPECT_EQ(row_of(release, "disk/usr/lib/os-release").at("system_version"), "12");
    EXPECT_EQ(row_of("web-1\n", "/etc/hostname").at("name"), "web-1");
    EXPECT_EQ(row_of("0123456789abcdef0123456789abcdef\n", "etc/machine-id").at("machine_id").size(), 32U);
    EXPECT_EQ(row_of("Asia/Tokyo\n", "/etc/timezone").at("time_zone"), "Asia/Tokyo");
    auto const old = row_of("CentOS release 6.10 (Final)\n", "/etc/redhat-release");
    EXPECT_EQ(old.at("system"), "centos");
    EXPECT_EQ(old.at("system_version"), "6.10");
    EXPECT_EQ(row_of("# comment\nID='rhel'\n", "/etc/os-release").at("system"), "rhel");
}

TEST(LinuxHost, OtherPathsAndEmptyFilesAreNotTaken)
{
    EXPECT_EQ(parser.sniff(as_bytes("web\n"), "/home/u/hostname"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes("web\n"), "/secretc/hostname"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes("\n"), "/etc/hostname"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes(std::string_view("a\0b", 3)), "/etc/hostname"), Sniff::no);
    test::CollectingContext collected;
    parser.parse({ as_bytes("# nothing\n"), { 0, 10 }, "/etc/os-release" }, collected.context);
    EXPECT_EQ(collected.diagnostics.list.size(), 1U);
}

}
}
