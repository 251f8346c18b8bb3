#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_bodyfile/parser.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace konseki::linux_bodyfile {
namespace {

std::vector<test::Row> parsed(std::string_view content, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, "bodyfile.txt" }, collected.context);
    return collected.rows("linux.file");
}

TEST(LinuxBodyfile, UacLinesAreFiles)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_bodyfile/testdata/uac.txt");
    EXPECT_EQ(parser.sniff(as_bytes(content), "bodyfile/bodyfile.txt"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(content), "x.txt"), Sniff::maybe);
    test::CollectingContext collected;
    auto const rows = parsed(content, collected);
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("path"), "/bin");
    EXPECT_EQ(rows[0].at("target"), "usr/bin");
    EXPECT_EQ(rows[0].at("type"), "link");
    EXPECT_EQ(rows[0].at("changed_at"), "2023-11-14T22:13:23.5000000Z");
    EXPECT_EQ(rows[0].at("born_at"), "2023-11-14T22:13:20.0000000Z");
    EXPECT_EQ(rows[1].at("mode"), format("{}", 04755));
    EXPECT_EQ(rows[1].at("file_bytes"), "71912");
    EXPECT_EQ(rows[1].at("accessed_at"), "2023-11-14T22:13:21.0000000Z");
    EXPECT_EQ(rows[1].at("modified_at"), "2023-11-14T22:13:22.0000000Z");
    EXPECT_FALSE(rows[1].contains("born_at"));
    EXPECT_EQ(rows[2].at("mode"), format("{}", 01777));
    EXPECT_EQ(rows[3].at("path"), "/srv/a|b.txt");
    EXPECT_EQ(rows[3].at("@offset"), format("{}", content.rfind("0|/srv")));
    EXPECT_TRUE(collected.diagnostics.list.empty());
}

TEST(LinuxBodyfile, Version2IsReadAndSaid)
{
    test::CollectingContext collected;
    auto const rows = parsed(
        "d41d8|/etc/passwd|2049|77|33188|-rw-r--r--|1|0|0|0|1234|1100000001|1100000002|1100000003|4096|8\n", collected);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("path"), "/etc/passwd");
    EXPECT_EQ(rows[0].at("inode"), "77");
    EXPECT_EQ(rows[0].at("file_bytes"), "1234");
    EXPECT_EQ(rows[0].at("links"), "1");
    EXPECT_EQ(rows[0].at("changed_at"), "2004-11-09T11:33:23.0000000Z");
    ASSERT_EQ(collected.diagnostics.list.size(), 1U);
    EXPECT_EQ(collected.diagnostics.list[0].error.what, "bodyfile.version");
    EXPECT_EQ(collected.diagnostics.list[0].bytes_lost, 0U);
}

TEST(LinuxBodyfile, OtherLinesCostThemselves)
{
    test::CollectingContext collected;
    auto const rows = parsed("0|/a|1|-rw-r--r--|0|0|5|1|2|3|4\nnonsense\n0|/b|1|-rw-r--r--|0|0\n"
                             "0|/c|1|-rw-r--r--|x|99999999999|-|-1|2|3|4\n",
        collected);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_FALSE(rows[1].contains("uid"));
    EXPECT_FALSE(rows[1].contains("gid"));
    EXPECT_FALSE(rows[1].contains("accessed_at"));
    EXPECT_EQ(collected.diagnostics.list.size(), 2U);
    EXPECT_EQ(parser.sniff(as_bytes("a|b\n"), "bodyfile.txt"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes(""), "bodyfile.txt"), Sniff::no);
}

TEST(LinuxBodyfile, EveryPrefixIsSurvived)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_bodyfile/testdata/uac.txt");
    for (std::size_t size = 0; size <= content.size(); ++size) {
        test::CollectingContext collected;
        (void)parsed(std::string_view(content).substr(0, size), collected);
        (void)parser.sniff(as_bytes(content).first(size), "bodyfile.txt");
    }
}

TEST(LinuxBodyfile, ThePlasoSampleIsReadWhole)
{
    KONSEKI_NEEDS_DATA(path, "linux/bodyfile/bodyfile");
    auto const content = test::read_file(path);
    test::CollectingContext collected;
    auto const rows = parsed(content, collected);
    EXPECT_EQ(rows.size(), 24U); // 25 lines, of which one is a comment
    EXPECT_TRUE(collected.diagnostics.list.empty());
    EXPECT_EQ(std::ranges::count_if(rows, [](auto const& row) { return row.at("@recovered") == "true"; }), 4);
    EXPECT_EQ(rows.at(4).at("path"), "/a_directory/.another_file.swp");
    EXPECT_EQ(rows.at(20).at("path"), "/file|with|pipes");
    EXPECT_EQ(rows.at(20).at("born_at"), "2020-07-30T06:41:05.3520708Z");
    EXPECT_EQ(rows.at(22).at("path"), "/passwordz\r.txt");
    EXPECT_FALSE(rows.at(23).contains("uid"));
}

}
}
