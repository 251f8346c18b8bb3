#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_autostart/locations.hpp"
#include "traces/windows_autostart/registry.hpp"
#include "traces/windows_autostart/usual_content.hpp"
#include <map>
#include <set>
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

static HiveKind kind_of(std::string_view name)
{
    return name == "software" ? HiveKind::software
        : name == "user"      ? HiveKind::user
        : name == "system"    ? HiveKind::system
                              : HiveKind::user_classes;
}

struct ExpectedEntry {
    std::string_view id, hive, key;
    std::string_view value {}; // without data(): the bare key
};

static ExpectedEntry read_expected(std::string_view line)
{
    auto const hive = line.find(' ') + 1;
    auto const key = line.find(' ', hive) + 1;
    auto const value = line.find(" ! ", key);
    ExpectedEntry expected { line.substr(0, hive - 1), line.substr(hive, key - hive - 1), line.substr(key) };
    if (value != std::string_view::npos) {
        expected.key = line.substr(key, value - key);
        expected.value = line.substr(value + 3);
    }
    return expected;
}

// covers: testdata/every_location.txt
TEST(WindowsAutostart, EveryPlaceGivesTheOneEntryThatIsThere)
{
    auto const text = test::read_file(
        std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_autostart/testdata/every_location.txt");
    std::size_t places = 0;
    std::map<std::string, std::string, std::less<>> together; // all of a hive at once
    for (auto const line : split(text, '\n')) {
        if (line.empty() || line.front() == '#')
            continue;
        ++places;
        auto const expected = read_expected(line);
        auto const value
            = expected.value.data() == nullptr ? std::string() : format("{} = sz:C:\\x.exe\n", expected.value);
        auto const hive = format("[{}] 2024-05-06T00:00:00Z\n{}", expected.key, value);
        together[std::string(expected.hive)] += hive;
        auto const rows = test::run_on(registry_artefact, test::hive_from_text(hive), kind_of(expected.hive))
                              ->rows("windows.autostart");
        ASSERT_EQ(rows.size(), 1U) << line;
        EXPECT_EQ(rows[0].at("location"), expected.id) << line;
        EXPECT_EQ(rows[0].at("key_path"), expected.key) << line;
        EXPECT_EQ(
            rows[0].at("is_wow64"), expected.key.find("Wow6432Node") != std::string_view::npos ? "true" : "false");
    }
    EXPECT_GT(places, 600U);
    std::size_t found = 0;
    for (auto const& [hive, content] : together)
        found += test::run_on(registry_artefact, test::hive_from_text(content), kind_of(hive))
                     ->rows("windows.autostart")
                     .size();
    EXPECT_EQ(found, places);
}

TEST(WindowsAutostart, AValueThatTwoLocationsNameIsOneRowAtTheCloserOne)
{
    auto const hive = test::hive_from_text(
        "[Software\\Classes\\exefile\\shell\\open\\command]\n@ = sz:\"%1\" %*\n"
        "[Software\\Classes\\CLSID\\{52A2AAAE-085D-4187-97EA-8C30DB990436}\\InprocServer32]\n@ = sz:C:\\x.ocx\n");
    auto const rows = test::run_on(registry_artefact, hive, HiveKind::user)->rows("windows.autostart");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("location"), "W66");
    EXPECT_EQ(rows[1].at("location"), "W62");
    EXPECT_EQ(rows[1].at("is_usual"), "true");
}

TEST(WindowsAutostart, WhatWindowsPutsThereIsKnownOnAnyDriveAndForAnyUser)
{
    EXPECT_EQ(general_command("%SystemRoot%\\System32\\X.DLL"), "c:\\windows\\system32\\x.dll");
    EXPECT_EQ(general_command("D:\\Windows\\x.exe -o E:\\a"), "c:\\windows\\x.exe -o c:\\a");
    EXPECT_EQ(general_command("%USERPROFILE%\\a"), general_command("C:\\Users\\hanako\\a"));
    EXPECT_EQ(general_command("http://go"), "http://go");
    EXPECT_EQ(general_command(""), "");
    auto const is_usual = [](std::string_view key, std::string_view entry) {
        auto const rows = test::run_on(registry_artefact, test::hive_from_text(format("[{}]\n{}\n", key, entry)),
            key.substr(0, 7) == "Control" ? HiveKind::system : HiveKind::software)
                              ->rows("windows.autostart");
        return rows.size() == 1 ? rows[0].at("is_usual") : "none";
    };
    constexpr std::string_view winlogon = "Microsoft\\Windows NT\\CurrentVersion\\Winlogon";
    EXPECT_EQ(is_usual(winlogon, "Userinit = sz:D:\\WINDOWS\\system32\\userinit.exe,"), "true");
    EXPECT_EQ(is_usual(winlogon, "Userinit = sz:C:\\Windows\\system32\\userinit.exe,C:\\x.exe"), "false");
    constexpr std::string_view folders = "Microsoft\\Windows\\CurrentVersion\\Explorer\\Shell Folders";
    EXPECT_EQ(is_usual(folders,
                  "Startup = sz:C:\\Users\\a\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup"),
        "true");
    EXPECT_EQ(is_usual(folders, "Startup = sz:C:\\Users\\a\\AppData\\Roaming\\x"), "false");
    EXPECT_EQ(is_usual("Microsoft\\Netsh", "2 = sz:ifmon.dll"), "true");
    EXPECT_EQ(is_usual("Microsoft\\Netsh", "2 = sz:C:\\Windows\\System32\\ifmon.dll"), "true");
    EXPECT_EQ(is_usual("Microsoft\\Netsh", "2 = sz:C:\\Users\\ifmon.dll"), "false");
    EXPECT_EQ(is_usual("ControlSet001\\Control\\Session Manager\\KnownDLLs", "kernel32 = sz:kernel32.dll"), "true");
    EXPECT_EQ(is_usual("ControlSet001\\Control\\Session Manager\\KnownDLLs", "kernel32 = sz:kernel33.dll"), "false");
    EXPECT_EQ(
        is_usual("ControlSet001\\Control\\Session Manager\\SubSystems",
            "Windows = expand:%SystemRoot%\\system32\\csrss.exe ObjectDirectory=\\Windows SharedSection=1024,20480,768 "
            "Windows=On SubSystemType=Windows ServerDll=basesrv,1 ServerDll=winsrv:UserServerDllInitialization,3 "
            "ServerDll=sxssrv,4 ProfileControl=Off MaxRequestThreads=16"),
        "true");
    EXPECT_EQ(is_usual("ControlSet001\\Control\\SafeBoot\\Minimal\\AppInfo", "@ = sz:Service"), "true");
    EXPECT_EQ(is_usual("ControlSet001\\Control\\SafeBoot\\Minimal\\Evil", "@ = sz:Service"), "false");
    constexpr std::string_view lsa = "ControlSet001\\Control\\Lsa";
    EXPECT_EQ(is_usual(lsa, "Notification Packages = multi:rassfm|scecli"), "true");
    EXPECT_EQ(is_usual(lsa, "Notification Packages = multi:scecli|evil"), "false");
}

// covers: W01 W06 W09 W24 W47 W67 W88
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

// covers: W01
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

// covers: W19 W39 W41 W43
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
