#include "formats/lnk/lnk.hpp"
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

// plaso's counts of events are links, files in their shell items, trackers and entries of the list taken together:
// 45 = 9 + 27 + 9; 9 = 3 + 3 + 3; 4 = 2 links + 2 entries; 35 = 7 links, 7 entries (the list's head says so) and the
// trackers of both.
TEST(WindowsJumplist, RealListsGiveWhatPlasoCounts)
{
    KONSEKI_NEEDS_DATA(folder, "jumplists");
    struct Expected {
        std::string_view path;
        std::size_t links, files, trackers;
    };
    for (auto const& expected : { Expected { "5afe4de1b92fc382.customDestinations-ms", 9, 27, 9 },
             Expected { "368d807282ccde9d.customDestinations-ms", 3, 3, 3 } }) {
        auto const content = test::read_file(folder / "customDestinations-ms" / expected.path);
        test::CollectingContext collected;
        auto const rows = rows_of(as_bytes(content), expected.path, collected);
        EXPECT_EQ(rows.size(), expected.links) << expected.path;
        EXPECT_TRUE(collected.diagnostics.list.empty()) << expected.path;
        std::size_t files = 0, trackers = 0;
        for (auto const& row : rows) {
            auto const link
                = lnk::read(as_bytes(content).subspan(std::stoul(row.at("@offset"))), 0, collected.diagnostics);
            ASSERT_TRUE(link.ok());
            trackers += link.value().tracker ? 1U : 0U;
            for (auto const& item : link.value().items)
                files += (item.type & 0x70U) == 0x30 ? 1U : 0U;
        }
        EXPECT_EQ(files, expected.files) << expected.path;
        EXPECT_EQ(trackers, expected.trackers) << expected.path;
    }
    for (auto const& [name, count] :
        std::map<std::string, std::size_t> {
            { "1b4dd67f29cb1962.automaticDestinations-ms", 7 }, { "9d1f905ce5044aee.automaticDestinations-ms", 2 } }) {
        auto const content = test::read_file(folder / "automaticDestinations-ms" / name);
        test::CollectingContext collected;
        auto const rows = rows_of(as_bytes(content), name, collected);
        EXPECT_EQ(rows.size(), count);
        for (auto const& row : rows)
            EXPECT_EQ(row.count("used_at") * row.count("target"), 1U) << name; // of the list, and of the link
    }
}

}
