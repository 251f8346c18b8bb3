#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_ntfs_index/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_ntfs_index {

TEST(WindowsNtfsIndex, NamesBecomeRowsAndThoseOfSlackAreRecovered)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_ntfs_index/testdata/small.hex"));
    EXPECT_EQ(parser.sniff(bytes, "C:\\Users\\$I30"), Sniff::sure);
    EXPECT_EQ(parser.sniff(bytes, "$Secure:$SII"), Sniff::no);
    test::CollectingContext collected;
    parser.parse({ bytes, { 0, bytes.size() }, "$I30" }, collected.context);
    auto const rows = collected.rows("windows.ntfs.index_entry");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("name"), "alpha.txt");
    EXPECT_EQ(rows[1].at("is_directory"), "true");
    EXPECT_EQ(rows[2].at("name"), "gone.exe");
    EXPECT_EQ(rows[2].at("file_record"), "6003");
    EXPECT_EQ(rows[2].at("content_bytes"), "73802");
    EXPECT_EQ(rows[3].count("file_record"), 0U);
}

}
