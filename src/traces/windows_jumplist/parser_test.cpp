#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_jumplist/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_jumplist {

namespace {

std::vector<test::Row> rows_of(ByteView bytes, std::string_view name, test::CollectingContext& collected)
{
    parser.parse({ bytes, { 0, bytes.size() }, name }, collected.context);
    return collected.rows("windows.jumplist.entry");
}

}

TEST(WindowsJumplist, ACustomListGivesEveryLinkBehindTheOther)
{
    auto const link = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_jumplist/testdata/link.hex"));
    std::vector<std::byte> list(36, std::byte { 0 });
    list[0] = std::byte { 2 };
    for (int i = 0; i < 2; ++i)
        list.insert(list.end(), link.begin(), link.end());
    auto const* const name = "C/x/5afe4de1b92fc382.customDestinations-ms";
    EXPECT_EQ(parser.sniff(list, name), Sniff::sure);
    EXPECT_EQ(parser.sniff(list, "other.bin"), Sniff::no);
    test::CollectingContext collected;
    auto const rows = rows_of(list, name, collected);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("app_id"), "5afe4de1b92fc382");
    EXPECT_EQ(rows[0].at("target"), "C:\\TMP\\mimikatz.exe");
    EXPECT_EQ(rows[0].at("arguments"), "privilege::debug");
    EXPECT_EQ(rows[0].at("@offset"), "36");
}

TEST(WindowsJumplist, RealAutomaticListsGiveEveryStream)
{
    KONSEKI_NEEDS_DATA(folder, "jumplists/automaticDestinations-ms");
    for (auto const& path : test::files_below(folder, "")) {
        auto const content = test::read_file(path);
        EXPECT_EQ(parser.sniff(as_bytes(content), path.string()), Sniff::sure);
        test::CollectingContext collected;
        auto const rows = rows_of(as_bytes(content), path.string(), collected);
        EXPECT_TRUE(collected.diagnostics.list.empty()) << path;
        ASSERT_FALSE(rows.empty()) << path;
        for (auto const& row : rows) {
            EXPECT_EQ(row.at("kind"), "automatic") << path;
            EXPECT_EQ(row.count("used_at"), 1U) << path;
            EXPECT_EQ(row.count("target"), 1U) << path;
        }
    }
}

TEST(WindowsJumplist, RealCustomListsAreRead)
{
    KONSEKI_NEEDS_DATA(folder, "jumplists/customDestinations-ms");
    test::CollectingContext many, none;
    auto const full = test::read_file(folder / "5afe4de1b92fc382.customDestinations-ms");
    EXPECT_EQ(rows_of(as_bytes(full), "5afe4de1b92fc382.customDestinations-ms", many).size(), 9U);
    auto const empty = test::read_file(folder / "c98dce577f884ef8.customDestinations-ms");
    EXPECT_TRUE(rows_of(as_bytes(empty), "c98dce577f884ef8.customDestinations-ms", none).empty());
}

}
