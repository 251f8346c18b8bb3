#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_explorer_mru/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_explorer_mru {

static test::Row row_at(
    std::vector<test::Row> const& rows, std::string_view list, std::string_view slot, std::string_view group = {})
{
    for (auto const& row : rows) {
        bool const same_group = row.count("group") == 0 ? group.empty() : row.at("group") == group;
        if (row.at("list") == list && row.at("slot") == slot && same_group)
            return row;
    }
    return {};
}

static std::size_t count_of(std::vector<test::Row> const& rows, std::string_view list)
{
    std::size_t count = 0;
    for (auto const& row : rows)
        count += row.at("list") == list ? 1U : 0U;
    return count;
}

TEST(WindowsExplorerMru, EveryFormOfListIsRead)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_explorer_mru/testdata/user.hive.txt", HiveKind::user);
    auto const rows = collected->rows("windows.explorer_mru");
    EXPECT_EQ(rows.size(), 12U);
    auto const run = row_at(rows, "RunMRU", "a");
    EXPECT_EQ(run.at("text"), "cmd /c \\\\srv\\x");
    EXPECT_EQ(run.at("position"), "1");
    EXPECT_EQ(run.at("key_written_at"), "2024-05-06T01:02:03.0000000Z");
    EXPECT_EQ(row_at(rows, "RunMRU", "b").at("position"), "0");
    EXPECT_EQ(row_at(rows, "TypedPaths", "url2").at("text"), "\\\\srv\\data");
    EXPECT_EQ(row_at(rows, "TypedPaths", "url2").at("position"), "1");
    EXPECT_EQ(row_at(rows, "TypedURLs", "url1").at("used_at"), "2010-01-01T00:00:00.0000000Z");
    auto const recent = row_at(rows, "RecentDocs", "0");
    EXPECT_EQ(recent.at("text"), "a.txt");
    EXPECT_EQ(recent.at("link_name"), "a.lnk");
    EXPECT_EQ(row_at(rows, "RecentDocs", "0", ".txt").at("text"), "a.txt");
    EXPECT_EQ(row_at(rows, "RecentDocs", "0", ".txt").count("position"), 0U);
    auto const visited = row_at(rows, "LastVisitedPidlMRU", "0");
    EXPECT_EQ(visited.at("program"), "p.exe");
    EXPECT_EQ(visited.at("text"), "C:\\");
    EXPECT_EQ(row_at(rows, "WordWheelQuery", "1").at("text"), "key"); // no zero at its end, no whole order
    EXPECT_EQ(row_at(rows, "WordWheelQuery", "1").count("position"), 0U);
    auto const office = row_at(rows, "Office File MRU", "Item 1", "16.0\\Word");
    EXPECT_EQ(office.at("text"), "C:\\TMP\\a.docm");
    EXPECT_EQ(office.at("used_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(row_at(rows, "Office File MRU", "Item 2", "16.0\\Word").count("used_at"), 0U);
}

TEST(WindowsExplorerMru, RealHivesGiveTheirLists)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const seven = test::unpack_one(folder / "plaso.tar.xz", "NTUSER-WIN7.DAT");
    auto const collected = test::run_on(registry_artefact, as_bytes(seven), HiveKind::user);
    auto const rows = collected->rows("windows.explorer_mru");
    EXPECT_EQ(collected->diagnostics.list.size(), 0U);
    EXPECT_EQ(rows.size(), 113U);
    EXPECT_EQ(count_of(rows, "TypedURLs"), 13U);
    EXPECT_EQ(row_at(rows, "RunMRU", "a").at("text"), "\\\\controller\\WebDavShare");
    EXPECT_EQ(row_at(rows, "WordWheelQuery", "1").at("text"), "rar.exe");
    EXPECT_EQ(row_at(rows, "OpenSavePidlMRU", "1", "exe").at("text"),
        "P:\\Application Tools\\Firefox 6.0\\Firefox Setup 6.0.exe");
    EXPECT_EQ(row_at(rows, "RecentDocs", "17").at("position"), "0");
    auto const eight = test::unpack_one(folder / "plaso.tar.xz", "regf/NTUSER.DAT");
    auto const typed = test::run_on(registry_artefact, as_bytes(eight), HiveKind::user)->rows("windows.explorer_mru");
    EXPECT_EQ(count_of(typed, "TypedURLs"), 5U);
    EXPECT_EQ(row_at(typed, "TypedURLs", "url2").at("used_at"), "2016-10-05T09:38:22.8784497Z");
}

TEST(WindowsExplorerMru, AnyByteMayBeWrong)
{
    auto const whole = test::hive_from_text(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_explorer_mru/testdata/user.hive.txt"));
    for (std::size_t at = 4096; at < whole.size(); ++at) {
        auto damaged = whole;
        damaged[at] ^= std::byte { 0xff };
        EXPECT_LT(test::run_on(registry_artefact, damaged, HiveKind::user)->rows("windows.explorer_mru").size(), 1000U);
    }
}

}
