#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_amcache/registry.hpp"
#include <set>
#include <gtest/gtest.h>

namespace konseki::windows_amcache {

TEST(WindowsAmcache, BothLayoutsGiveFilesWithHashesAndTimes)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_amcache/testdata/amcache.hive.txt", HiveKind::amcache);
    auto const files = collected->rows("windows.amcache.file");
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[0].at("sha1"), "e992f0c2aa48b763b5f7109ea16b8f800436c27e");
    EXPECT_EQ(files[0].at("name"), "setup64.exe");
    EXPECT_EQ(files[0].at("linked_at"), "2017-03-17T14:35:16.0000000Z");
    EXPECT_EQ(files[0].at("file_modified_at"), "2017-08-01T11:53:38.1197204Z");
    EXPECT_EQ(files[1].at("path"), "c:\\tmp\\p.exe");
    EXPECT_EQ(files[1].at("file_size_bytes"), "34816");
    EXPECT_EQ(files[1].at("linked_at"), "2004-04-07T16:18:57.0000000Z");
    EXPECT_EQ(files[1].at("is_os_component"), "false");
    auto const programs = collected->rows("windows.amcache.program");
    ASSERT_EQ(programs.size(), 1U);
    EXPECT_EQ(programs[0].at("name"), "Thing");
    EXPECT_EQ(programs[0].count("installed_at"), 0U);
    EXPECT_EQ(programs[0].count("installed_local"), 1U);
    auto const drivers = collected->rows("windows.amcache.driver");
    ASSERT_EQ(drivers.size(), 1U);
    EXPECT_EQ(drivers[0].at("path"), "c:/windows/system32/drivers/x.sys");
    EXPECT_EQ(drivers[0].at("is_signed"), "false");
}

TEST(WindowsAmcache, DatesThatAreNoneStayUnset)
{
    EXPECT_FALSE(time_of_american_date("").is_set());
    EXPECT_FALSE(time_of_american_date("yesterday at noon").is_set());
    EXPECT_EQ(to_string(time_of_american_date("12/31/2023")), "2023-12-31T00:00:00.0000000Z");
}

static std::size_t files_with_logs(std::filesystem::path const& folder, DiagnosticSink& diagnostics, bool replays)
{
    auto const primary = test::read_file(folder / "Amcache.hve");
    auto const log1 = test::read_file(folder / "Amcache.hve.LOG1"), log2 = test::read_file(folder / "Amcache.hve.LOG2");
    std::array<ByteView, 2> const logs { as_bytes(log1), as_bytes(log2) };
    auto const replay = regf::replay_logs(as_bytes(primary), logs, diagnostics);
    bool const uses_image = replays && !replay.image.empty();
    auto const collected = test::run_on(registry_artefact, uses_image ? ByteView(replay.image) : as_bytes(primary),
        HiveKind::amcache, "Amcache.hve", "");
    std::size_t count = 0;
    for (auto const& row : collected->rows("windows.amcache.file"))
        count += row.at("layout") == "InventoryApplicationFile" ? 1U : 0U;
    return count;
}

TEST(WindowsAmcache, LogsBringTheFilesTheGroundTruthNames)
{
    KONSEKI_NEEDS_DATA(folder, "museum/Amcache");
    std::multiset<std::pair<std::size_t, std::size_t>> found;
    std::string text;
    for (auto const& hive : test::files_below(folder, "Amcache.hve")) {
        test::CollectingDiagnostics diagnostics;
        auto const before = files_with_logs(hive.parent_path(), diagnostics, false);
        auto const after = files_with_logs(hive.parent_path(), diagnostics, true);
        found.emplace(before, after);
        text += format("{}: {} -> {}\n", hive.string(), before, after);
    }
    for (auto const& expected : { std::pair<std::size_t, std::size_t> { 123, 124 },
             { 183, 183 } }) // the Win11 hive of the table is not in the data
        EXPECT_EQ(found.count(expected), 1U) << expected.first << " -> " << expected.second << " of\n" << text;
}

TEST(WindowsAmcache, RealHivesGiveAllTheirKeys)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const regipy = test::unpack_one(folder / "regipy/amcache.hve.xz");
    auto const old = test::run_on(registry_artefact, as_bytes(regipy), HiveKind::amcache, "Amcache.hve", "");
    std::map<std::string, std::size_t> layouts;
    for (auto const& row : old->rows("windows.amcache.file"))
        ++layouts[row.at("layout")];
    // regipy's 1,367 are both layouts together.
    EXPECT_EQ(layouts["File"], 1'120U);
    EXPECT_EQ(layouts["InventoryApplicationFile"], 247U);
    EXPECT_EQ(layouts.size(), 2U);
    EXPECT_EQ(old->rows("windows.amcache.program").size(), 100U);
    EXPECT_EQ(old->diagnostics.list.size(), 0U);
    auto const ten = test::unpack_one(folder / "plaso.tar.xz", "win10-Amcache.hve");
    auto const collected = test::run_on(registry_artefact, as_bytes(ten), HiveKind::amcache, "Amcache.hve", "");
    bool has_svchost = false;
    for (auto const& row : collected->rows("windows.amcache.file"))
        has_svchost |= row.count("sha1") != 0 && row.at("sha1").starts_with("75c5") && row.at("name") == "svchost.exe";
    EXPECT_TRUE(has_svchost);
}

}
