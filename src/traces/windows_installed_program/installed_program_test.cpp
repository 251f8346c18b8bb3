#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_installed_program/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_installed_program {

TEST(WindowsInstalledProgram, EveryPlaceOfTheMachineIsRead)
{
    auto const collected = test::run_on_text(
        registry_artefact, "windows_installed_program/testdata/software.hive.txt", HiveKind::software, "");
    auto const rows = collected->rows("windows.installed_program");
    ASSERT_EQ(rows.size(), 3U); // a key without values is Windows' place holder
    EXPECT_EQ(rows[0].at("name"), "Remote Tool");
    EXPECT_EQ(rows[0].at("version"), "7.0.14");
    EXPECT_EQ(rows[0].at("install_day"), "20240506");
    EXPECT_EQ(rows[0].at("size_kib"), "2048");
    EXPECT_EQ(rows[0].at("is_hidden"), "true");
    EXPECT_EQ(rows[0].at("is_wow64"), "false");
    EXPECT_EQ(rows[0].count("no_remove"), 0U);
    EXPECT_EQ(rows[0].at("key_written_at"), "2024-05-06T01:02:03.0000000Z");
    EXPECT_EQ(rows[1].at("id"), "old");
    EXPECT_EQ(rows[1].at("is_wow64"), "true");
    EXPECT_EQ(rows[1].at("parent"), "Remote Tool");
    EXPECT_EQ(rows[2].at("source"), "installer");
    EXPECT_EQ(rows[2].at("user"), "S-1-5-18");
    EXPECT_EQ(rows[2].at("id"), "11111111222233334444555555555555");
    EXPECT_EQ(rows[2].at("local_package"), "C:\\Windows\\Installer\\1a2b3.msi");
}

TEST(WindowsInstalledProgram, RealUserHivesGiveTheirPrograms)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const seven = test::unpack_one(folder / "plaso.tar.xz", "NTUSER-WIN7.DAT");
    auto const rows
        = test::run_on(registry_artefact, as_bytes(seven), HiveKind::user)->rows("windows.installed_program");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("name"), "Google Chrome");
    EXPECT_EQ(rows[0].at("install_day"), "20110815");
    EXPECT_EQ(rows[0].at("user"), "hanako");
    auto const part = test::unpack_one(folder / "regipy/ntuser_software_partial.xz"); // its root is "Software"
    EXPECT_EQ(
        test::run_on(registry_artefact, as_bytes(part), HiveKind::software)->rows("windows.installed_program").size(),
        5U);
}

}
