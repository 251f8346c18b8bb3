#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_userassist/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_userassist {

TEST(WindowsUserassist, NamesAreTurnedBackAndFoldersNamed)
{
    EXPECT_EQ(rot13("HRZR_EHACNGU:P:\\k1"), "UEME_RUNPATH:C:\\x1");
    EXPECT_EQ(with_known_folder("{f38bf404-1d43-42f2-9305-67de0b28fc23}\\regedit.exe"), "%windir%\\regedit.exe");
    EXPECT_EQ(
        with_known_folder("{00000000-0000-0000-0000-000000000000}\\x"), "{00000000-0000-0000-0000-000000000000}\\x");
}

TEST(WindowsUserassist, BothVersionsGiveCountsAndTimes)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_userassist/testdata/user.hive.txt", HiveKind::user);
    auto const rows = collected->rows("windows.userassist");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("path"), "UEME_RUNPATH:C:\\TMP\\p.exe");
    EXPECT_EQ(rows[0].at("run_count"), "2");
    EXPECT_EQ(rows[0].at("format_version"), "3");
    EXPECT_EQ(rows[0].at("user"), "hanako");
    EXPECT_EQ(rows[1].at("path"), "%windir%\\System32\\cmd.exe");
    EXPECT_EQ(rows[1].at("run_count"), "3");
    EXPECT_EQ(rows[1].at("focus_count"), "2");
    EXPECT_EQ(rows[1].at("focus_ms"), "1000");
    EXPECT_EQ(rows[1].at("last_run_at"), rows[0].at("last_run_at"));
    EXPECT_EQ(rows[1].at("key_written_at"), "2024-05-06T01:02:03.0000000Z");
    EXPECT_EQ(rows[2].count("run_count"), 0U); // cut short: the name still counts
    EXPECT_EQ(collected->diagnostics.list.size(), 1U);
}

TEST(WindowsUserassist, RealHivesGiveTheCountsOfTheirGroundTruth)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const hive = test::unpack_one(folder / "regipy/NTUSER.DAT.xz");
    auto const collected = test::run_on(registry_artefact, as_bytes(hive), HiveKind::user);
    // regipy's 62 counts both lists twice (its table names the GUIDs twice) and the two sums UEME_CTLCUACount:ctor:
    // 2 * (29 + 2). plaso's 14 of the XP hive has that sum too.
    EXPECT_EQ(collected->rows("windows.userassist").size(), 29U);
    EXPECT_EQ(collected->diagnostics.list.size(), 0U);
    auto const xp = test::unpack_one(folder / "plaso.tar.xz", "plaso/NTUSER.DAT");
    EXPECT_EQ(test::run_on(registry_artefact, as_bytes(xp), HiveKind::user)->rows("windows.userassist").size(), 13U);
    auto const eight = test::unpack_one(folder / "plaso.tar.xz", "plaso/NTUSER-WIN7.DAT");
    EXPECT_GE(test::run_on(registry_artefact, as_bytes(eight), HiveKind::user)->rows("windows.userassist").size(), 40U);
    auto const windows_8 = test::unpack_one(folder / "plaso.tar.xz", "plaso/regf/NTUSER.DAT");
    // plaso's 9 are the first list (8) with its sum; the links of the start menu are the second.
    std::map<std::string, std::size_t> lists;
    for (auto const& row :
        test::run_on(registry_artefact, as_bytes(windows_8), HiveKind::user)->rows("windows.userassist"))
        ++lists[row.at("list")];
    EXPECT_EQ(lists["{CEBFF5CD-ACE2-4F4F-9178-9926F41749EA}"], 8U);
    EXPECT_EQ(lists["{F4E57C4B-2036-45F0-A9AB-443BCFE33D9F}"], 3U);
    EXPECT_EQ(lists.size(), 2U);
}

}
