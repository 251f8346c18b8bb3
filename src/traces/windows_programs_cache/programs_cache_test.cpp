#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_programs_cache/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_programs_cache {

namespace {

std::size_t count_of(std::vector<test::Row> const& rows, std::string const& list)
{
    std::size_t count = 0;
    for (auto const& row : rows)
        count += row.at("list") == list ? 1U : 0U;
    return count;
}

std::size_t files_below(ByteView bytes, std::string_view key, std::string_view name, std::string_view root)
{
    auto const hive = regf::Hive::open(bytes);
    auto const found = hive.value().find(format("Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\{}", key));
    auto const value = hive.value().value(found.value(), name);
    test::CollectingDiagnostics diagnostics;
    std::size_t count = 0;
    for (auto const& entry : read_cache(value.value().content, 0, diagnostics)) {
        for (auto const& item : entry.items)
            count += entry.root == root && item.created_at.is_set() ? 1U : 0U;
    }
    return count;
}

}

TEST(WindowsProgramsCache, EveryGroupOfEveryVersionIsRead)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_programs_cache/testdata/user.hive.txt", HiveKind::user);
    EXPECT_TRUE(collected->diagnostics.list.empty());
    auto const rows = collected->rows("windows.programs_cache");
    ASSERT_EQ(rows.size(), 9U);
    EXPECT_EQ(rows[0].at("kind"), "folder");
    EXPECT_EQ(rows[1].at("path"), "Programs\\Evil.lnk");
    EXPECT_EQ(rows[1].at("root"), "%StartMenu%");
    EXPECT_EQ(rows[1].at("item_modified_at"), "2009-08-04T15:13:06.0000000Z");
    EXPECT_EQ(rows[3].at("path"), "Programs\\Tools\\Cmd.lnk");
    EXPECT_EQ(rows[4].at("root"), "%CommonDesktop%"); // the empty group of the desktop lies between
    EXPECT_EQ(rows[5].at("path"), "Game.lnk");
    EXPECT_EQ(rows[5].at("name"), "Game.lnk");
    EXPECT_EQ(rows[5].at("position"), "5");
    EXPECT_EQ(rows[5].at("user"), "hanako");
    EXPECT_EQ(rows[7].at("path"), "Programs\\A.lnk");
    EXPECT_EQ(rows[8].at("list"), "ProgramsCacheTBP");
    EXPECT_EQ(rows[8].count("root"), 0U);
    EXPECT_EQ(rows[8].at("key_written_at"), "2012-01-02T03:04:05.0000000Z");
}

TEST(WindowsProgramsCache, DamageLosesTheRestAndSaysSo)
{
    auto const good = test::bytes_from_hex("01000000 01000000 01 02000000 0000 01 02000000 0000 02");
    for (std::size_t size = 0; size < good.size(); ++size) {
        test::CollectingDiagnostics diagnostics;
        auto const entries = read_cache(ByteView(good).first(size), 0, diagnostics);
        EXPECT_LE(entries.size(), 2U);
        EXPECT_EQ(diagnostics.list.size(), 1U) << size;
    }
    test::CollectingDiagnostics none, bad_mark, bad_size, bad_version;
    EXPECT_EQ(read_cache(good, 0, none).size(), 2U);
    EXPECT_TRUE(none.list.empty());
    EXPECT_EQ(read_cache(test::bytes_from_hex("01000000 00000000 07 00000000"), 0, bad_mark).size(), 0U);
    EXPECT_EQ(bad_mark.list.size(), 1U);
    EXPECT_EQ(read_cache(test::bytes_from_hex("01000000 00000000 01 ffffffff 0000"), 0, bad_size).size(), 0U);
    EXPECT_EQ(bad_size.list.size(), 1U);
    EXPECT_EQ(read_cache(test::bytes_from_hex("63000000 00"), 0, bad_version).size(), 0U);
    EXPECT_EQ(bad_version.list.size(), 1U);
}

TEST(WindowsProgramsCache, PlasosHivesAreReadToTheLastByte)
{
    KONSEKI_NEEDS_DATA(archive, "registry/plaso.tar.xz");
    auto const xp = test::unpack_one(archive, "plaso/NTUSER.DAT");
    auto const of_xp = test::run_on(registry_artefact, as_bytes(xp), HiveKind::user);
    auto const seven = test::unpack_one(archive, "plaso/NTUSER-WIN7.DAT");
    auto const of_seven = test::run_on(registry_artefact, as_bytes(seven), HiveKind::user);
    EXPECT_TRUE(of_xp->diagnostics.list.empty());
    EXPECT_TRUE(of_seven->diagnostics.list.empty());
    // plaso's 27 and 42 are what it reads of the first group and of the task bar's list, one event for each file in a
    // path, and one for each list and key: 25 + 1 + 1; 30 + 8 + 3 + 1.
    EXPECT_EQ(files_below(as_bytes(xp), "StartPage", "ProgramsCache", "%StartMenu%"), 25U);
    EXPECT_EQ(files_below(as_bytes(seven), "StartPage2", "ProgramsCache", "%StartMenu%"), 30U);
    EXPECT_EQ(files_below(as_bytes(seven), "StartPage2", "ProgramsCacheTBP", ""), 8U);
    EXPECT_EQ(count_of(of_xp->rows("windows.programs_cache"), "ProgramsCache"), 92U);
    EXPECT_EQ(count_of(of_seven->rows("windows.programs_cache"), "ProgramsCache"), 149U);
    EXPECT_EQ(count_of(of_seven->rows("windows.programs_cache"), "ProgramsCacheTBP"), 4U);
}

}
