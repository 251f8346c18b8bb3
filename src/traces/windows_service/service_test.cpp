#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_service/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_service {

// covers: W30 W31
TEST(WindowsService, AServiceIsReadWithItsLibraryAndTriggers)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_service/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.service");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("name"), "Evil");
    EXPECT_EQ(rows[0].at("kind"), "shared_process");
    EXPECT_EQ(rows[0].at("start"), "automatic");
    EXPECT_EQ(rows[0].at("service_dll"), "C:\\ProgramData\\evil.dll");
    EXPECT_EQ(rows[0].at("failure_command"), "C:\\TMP\\p.exe");
    EXPECT_EQ(rows[0].at("has_triggers"), "true");
    EXPECT_EQ(rows[0].at("key_written_at"), "2024-05-06T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].at("parameters_written_at"), "2024-05-07T00:00:00.0000000Z");
    EXPECT_EQ(rows[1].at("start"), "other");
    EXPECT_EQ(rows[2].count("kind"), 0U);
}

// covers: W30 W33
TEST(WindowsService, RealHivesGiveAllServices)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const hive = test::unpack_one(folder / "regipy/SYSTEM.xz");
    auto const collected = test::run_on(registry_artefact, as_bytes(hive), HiveKind::system);
    std::map<std::string, std::size_t> counts;
    for (auto const& row : collected->rows("windows.service"))
        ++counts[row.at("control_set")];
    EXPECT_EQ(counts["ControlSet001"], 467U);
    EXPECT_EQ(counts["ControlSet002"], 466U);
}

TEST(WindowsService, ACorruptedHiveStillGivesItsServices)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const hive = test::unpack_one(folder / "regipy/corrupted_system_hive.xz");
    auto const collected = test::run_on(registry_artefact, as_bytes(hive), HiveKind::system);
    auto const rows = collected->rows("windows.service");
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows[0].at("name"), "Abiosdsk");
    EXPECT_EQ(rows[0].at("key_written_at"), "2008-10-21T17:48:29.3281250Z"); // regipy rounds to .328124
}

}
