#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_autostart/locations.hpp"
#include "traces/windows_autostart/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_autostart {

static test::Row const* row_at(std::vector<test::Row> const& rows, std::string_view location, std::string_view name)
{
    for (auto const& row : rows) {
        if (row.at("location") == location && row.at("name") == name)
            return &row;
    }
    return nullptr;
}

TEST(WindowsAutostart, MachineLocationsGiveTheirEntries)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_autostart/testdata/software.hive.txt", HiveKind::software, "");
    auto const rows = collected->rows("windows.autostart");
    EXPECT_EQ(rows.size(), 10U);
    auto const* run = row_at(rows, "W01", "UpdateSvc");
    ASSERT_NE(run, nullptr);
    EXPECT_EQ(run->at("command"), "C:\\TMP\\p.exe");
    EXPECT_EQ(run->at("attack"), "T1547.001");
    EXPECT_EQ(run->at("is_wow64"), "false");
    EXPECT_EQ(run->at("key_path"), "Microsoft\\Windows\\CurrentVersion\\Run");
    ASSERT_NE(row_at(rows, "W01", "Old"), nullptr);
    EXPECT_EQ(row_at(rows, "W01", "Old")->at("is_wow64"), "true");
    EXPECT_EQ(row_at(rows, "W09", "Userinit")->at("is_usual"), "true");
    EXPECT_EQ(row_at(rows, "W09", "Shell")->at("is_usual"), "false");
    EXPECT_EQ(row_at(rows, "W24", "Debugger")->at("command"), "cmd.exe");
    auto const* provider = row_at(rows, "W47", "{11111111-2222-3333-4444-555555555555}");
    ASSERT_NE(provider, nullptr);
    EXPECT_EQ(provider->at("class_server"), "%SystemRoot%\\provider.dll");
    auto const* scanner = row_at(rows, "W67", "{11111111-2222-3333-4444-555555555555}");
    ASSERT_NE(scanner, nullptr);
    EXPECT_EQ(scanner->at("class_server"), "%SystemRoot%\\provider.dll");
    auto const* state = row_at(rows, "W06", "UpdateSvc");
    ASSERT_NE(state, nullptr);
    EXPECT_EQ(state->at("is_enabled"), "false");
    EXPECT_EQ(state->at("state_changed_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_NE(row_at(rows, "W88", "C:\\TMP"), nullptr);
}

TEST(WindowsAutostart, TheTableIsInOrder)
{
    for (auto const& location : locations()) {
        EXPECT_TRUE(location.id.size() == 3 && location.id.front() == 'W') << location.path;
        EXPECT_TRUE(location.attack.starts_with("T1")) << location.path;
        EXPECT_NE(location.scopes, 0U) << location.path;
        EXPECT_FALSE(location.starts.empty()) << location.path;
        constexpr auto classes
            = static_cast<std::uint32_t>(Scope::classes) | static_cast<std::uint32_t>(Scope::user_classes);
        EXPECT_EQ(location.path.starts_with("Classes\\"), (location.scopes & classes) != 0) << location.path;
    }
}

TEST(WindowsAutostart, RealUserHivesGiveTheirRunEntries)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const regipy = test::unpack_one(folder / "regipy/NTUSER.DAT.xz");
    auto const user = test::run_on(registry_artefact, as_bytes(regipy), HiveKind::user)->rows("windows.autostart");
    auto const* sidebar = row_at(user, "W01", "Sidebar");
    ASSERT_NE(sidebar, nullptr);
    EXPECT_EQ(sidebar->at("user"), "hanako");
    auto const plaso = test::unpack_one(folder / "plaso.tar.xz", "NTUSER-RunTests.DAT");
    std::size_t runs = 0;
    for (auto const& row : test::run_on(registry_artefact, as_bytes(plaso), HiveKind::user)->rows("windows.autostart"))
        runs += row.at("location") == "W01" ? 1U : 0U;
    EXPECT_EQ(runs, 2U); // one Run, one RunOnce
}

TEST(WindowsAutostart, ARealSystemHiveGivesTheUsualOnes)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const hive = test::unpack_one(folder / "regipy/SYSTEM.xz");
    auto const collected = test::run_on(registry_artefact, as_bytes(hive), HiveKind::system);
    auto const rows = collected->rows("windows.autostart");
    ASSERT_NE(row_at(rows, "W19", "BootExecute"), nullptr);
    EXPECT_EQ(row_at(rows, "W19", "BootExecute")->at("command"), "autocheck autochk *");
    EXPECT_EQ(row_at(rows, "W19", "BootExecute")->at("is_usual"), "true");
    EXPECT_NE(row_at(rows, "W43", "Authentication Packages"), nullptr);
    EXPECT_NE(row_at(rows, "W41", "Driver"), nullptr);
    auto const* network = row_at(rows, "W39", "PackedCatalogItem");
    ASSERT_NE(network, nullptr);
    EXPECT_EQ(network->at("is_usual"), "true") << network->at("command");
    EXPECT_EQ(collected->diagnostics.list.size(), 0U);
}

}
