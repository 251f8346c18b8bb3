#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_machine/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_machine {
namespace {

TEST(WindowsMachine, EachControlSetSaysWhatTheMachineIsCalledTheCurrentOneFirst)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_machine/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.machine.name");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("control_set"), "ControlSet002");
    EXPECT_EQ(rows[0].at("is_current"), "true");
    EXPECT_EQ(rows[0].at("computer_name"), "PC-HANAKO");
    EXPECT_EQ(rows[0].at("host_name"), "pc-hanako");
    EXPECT_EQ(rows[0].at("domain"), "corp.example");
    EXPECT_EQ(rows[0].at("time_zone"), "Tokyo Standard Time");
    EXPECT_EQ(rows[0].at("time_zone_bias_minutes"), "-540");
    EXPECT_EQ(rows[0].at("last_shutdown_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[1].at("computer_name"), "WIN-OLDNAME");
    EXPECT_EQ(rows[1].count("time_zone"), 0U);
    EXPECT_EQ(collected->diagnostics.list.size(), 0U);
}

TEST(WindowsMachine, SoftwareSaysWhichWindows)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_machine/testdata/software.hive.txt", HiveKind::software);
    auto const rows = collected->rows("windows.machine.system");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("product"), "Windows 10 Pro");
    EXPECT_EQ(rows[0].at("version"), "22H2");
    EXPECT_EQ(rows[0].at("build"), "19045.2965");
    EXPECT_EQ(rows[0].at("installed_at"), "2020-09-13T12:26:40.0000000Z");
    EXPECT_EQ(rows[0].at("owner"), "hanako");
}

TEST(WindowsMachine, ACutShutdownTimeIsSaid)
{
    auto const bytes = test::hive_from_text("[Select]\nCurrent = dword:1\n[ControlSet001\\Control\\Windows]\n"
                                            "ShutdownTime = hex:0000\n[ControlSet001\\Services\\Tcpip\\Parameters]\n"
                                            "Hostname = sz:a\n");
    auto const collected = test::run_on(registry_artefact, bytes, HiveKind::system);
    auto const rows = collected->rows("windows.machine.name");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("host_name"), "a");
    EXPECT_EQ(rows[0].count("last_shutdown_at"), 0U);
    EXPECT_EQ(collected->diagnostics.list.size(), 1U);
}

TEST(WindowsMachine, ARealHiveNamesItsMachine)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const hive = test::unpack_one(folder / "regipy/SYSTEM_WIN_10_1709.xz");
    auto const collected = test::run_on(registry_artefact, as_bytes(hive), HiveKind::system);
    auto const rows = collected->rows("windows.machine.name");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("computer_name"), "DESKTOP-2KGM189");
    auto const seven = test::unpack_one(folder / "regipy/SYSTEM.xz");
    auto const sets = test::run_on(registry_artefact, as_bytes(seven), HiveKind::system)->rows("windows.machine.name");
    ASSERT_EQ(sets.size(), 2U);
    EXPECT_EQ(sets[0].at("computer_name"), "WKS-WIN732BITA");
}

}
}
