#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_recycle_bin/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_recycle_bin {

namespace {

std::vector<test::Row> rows_of(ByteView bytes, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ bytes, { 0, bytes.size() }, name }, collected.context);
    return collected.rows("windows.recycle_bin.deleted");
}

std::vector<std::byte> small_record()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_recycle_bin/testdata/record_v2.hex"));
}

}

TEST(WindowsRecycleBin, ARecordSaysWhatWasThrownAwayAndByWhom)
{
    auto const bytes = small_record();
    auto const* const name = "C/$Recycle.Bin/S-1-5-21-1-2-3-1001/$IABCDEF.exe";
    EXPECT_EQ(parser.sniff(bytes, name), Sniff::sure);
    EXPECT_EQ(parser.sniff(bytes, "other.bin"), Sniff::maybe);
    test::CollectingContext collected;
    auto const rows = rows_of(bytes, name, collected);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("path"), "C:\\Users\\hanako\\mim.exe");
    EXPECT_EQ(rows[0].at("deleted_at"), "2021-03-04T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].at("content_bytes"), "1234");
    EXPECT_EQ(rows[0].at("kept_as"), "$RABCDEF.exe");
    EXPECT_EQ(rows[0].at("user_sid"), "S-1-5-21-1-2-3-1001");
    EXPECT_TRUE(collected.diagnostics.list.empty());
}

TEST(WindowsRecycleBin, EveryPrefixIsSurvivedAndSaysWhatIsMissing)
{
    auto const bytes = small_record();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        test::CollectingContext collected;
        auto const rows = rows_of(ByteView(bytes).first(size), "$IABCDEF.exe", collected);
        EXPECT_TRUE(!collected.diagnostics.list.empty() || size + 3 > bytes.size()) << size;
    }
}

TEST(WindowsRecycleBin, KnownRecordsOfPlaso)
{
    KONSEKI_NEEDS_DATA(folder, "misc/recycler");
    test::CollectingContext first, second, third;
    auto const v1 = test::read_file(folder / "$II3DF3L.zip");
    auto const old = rows_of(as_bytes(v1), "$II3DF3L.zip", first);
    ASSERT_EQ(old.size(), 1U);
    EXPECT_EQ(old[0].at("deleted_at"), "2012-03-12T20:49:58.6330000Z");
    EXPECT_EQ(old[0].at("content_bytes"), "724919");
    EXPECT_TRUE(old[0].at("path").starts_with("C:\\Users\\nfury\\Documents\\Alloy Research"));
    auto const v2 = test::read_file(folder / "$I103S5F.jpg");
    auto const recent = rows_of(as_bytes(v2), "$I103S5F.jpg", second);
    ASSERT_EQ(recent.size(), 1U);
    EXPECT_EQ(recent[0].at("content_bytes"), "222255");
    auto const xp = test::read_file(folder / "INFO2");
    EXPECT_EQ(parser.sniff(as_bytes(xp), "RECYCLER/INFO2"), Sniff::sure);
    auto const entries = rows_of(as_bytes(xp), "INFO2", third);
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(entries[0].at("path"), "C:\\Documents and Settings\\Mr. Evil\\Desktop\\lalsetup250.exe");
    EXPECT_EQ(entries[0].at("deleted_at"), "2004-08-25T16:18:25.2370000Z");
    EXPECT_EQ(entries[0].at("kept_as"), "Dc1.exe");
    EXPECT_EQ(entries[0].at("is_gone"), "false");
    EXPECT_TRUE(third.diagnostics.list.empty());
}

}
