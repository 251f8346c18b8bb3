#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_hosts_file/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_hosts_file {

// covers: W89
TEST(WindowsHostsFile, EveryNameIsARow)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_hosts_file/testdata/hosts");
    test::CollectingContext collected;
    parser.parse({ as_bytes(content), { 0, content.size() }, "hosts" }, collected.context);
    auto const rows = collected.rows("windows.hosts_file.entry");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("name"), "localhost");
    EXPECT_EQ(rows[0].at("line"), "2");
    EXPECT_EQ(rows[2].at("name"), "www.example.com");
    EXPECT_EQ(rows[2].at("address"), "127.0.0.1");
    EXPECT_EQ(rows[2].at("comment"), "blocked");
    EXPECT_EQ(rows[0].at("@offset"), "23");
}

TEST(WindowsHostsFile, OnlyFilesOfThatNameAndShapeAreTaken)
{
    auto const good = as_bytes("# comment\n127.0.0.1 localhost\n");
    EXPECT_EQ(parser.sniff(good, "C\\Windows\\System32\\drivers\\etc\\hosts"), Sniff::sure);
    EXPECT_EQ(parser.sniff(good, "backup/hosts"), Sniff::maybe);
    EXPECT_EQ(parser.sniff(good, "hosts.txt"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes("[web]\nserver1\n"), "ansible/hosts"), Sniff::no);
}

}
