#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_security_setting/parts.hpp"
#include "traces/windows_security_setting/registry.hpp"
#include "traces/windows_security_setting/settings.hpp"
#include <set>
#include <gtest/gtest.h>

namespace konseki::windows_security_setting {

static test::Row row_at(std::vector<test::Row> const& rows, std::string_view name)
{
    for (auto const& row : rows) {
        if (row.at("name") == name)
            return row;
    }
    return {};
}

TEST(WindowsSecuritySetting, TheTableNamesEveryValueOnce)
{
    std::set<std::string> seen;
    for (auto const& setting : settings()) {
        EXPECT_FALSE(setting.meaning.empty()) << setting.path;
        EXPECT_NE(setting.scopes, 0U) << setting.path;
        EXPECT_TRUE(setting.attack.empty() || setting.attack.starts_with("T1")) << setting.path;
        EXPECT_FALSE(setting.path.empty() || setting.path.ends_with('\\')) << setting.path;
        for (auto const name : split(setting.names, '|')) {
            for (std::uint32_t scope = 1; scope <= 4; scope *= 2) { // one row per offset and schema
                if ((setting.scopes & scope) != 0) {
                    EXPECT_TRUE(seen.insert(ascii_lower(format("{}|{}|{}", scope, setting.path, name))).second)
                        << setting.path << " " << name;
                }
            }
        }
    }
}

TEST(WindowsSecuritySetting, SettingsOfTheSystemAreCompared)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_security_setting/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.security_setting");
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(
        rows[0].at("key_path"), "ControlSet001\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\DomainProfile");
    EXPECT_EQ(rows[0].at("is_weaker"), "true");
    EXPECT_EQ(rows[0].at("is_usual"), "false");
    EXPECT_EQ(rows[0].at("attack"), "T1562.004");
    EXPECT_EQ(rows[0].at("key_written_at"), "2024-05-06T01:02:03.0000000Z");
    EXPECT_EQ(rows[1].at("is_usual"), "true");
    EXPECT_EQ(rows[1].at("is_weaker"), "false");
    EXPECT_EQ(row_at(rows, "UseLogonCredential").at("is_weaker"), "true");
    EXPECT_EQ(row_at(rows, "NoLmHash").at("is_weaker"), "false");
    EXPECT_EQ(row_at(rows, "MiniNt").at("is_weaker"), "true");
    EXPECT_EQ(row_at(rows, "MiniNt").count("value"), 0U);
    EXPECT_EQ(row_at(rows, "Altitude").at("value"), "385201");
    EXPECT_EQ(row_at(rows, "Altitude").count("is_usual"), 0U);
}

TEST(WindowsSecuritySetting, FirewallRulesAreTakenApart)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_security_setting/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.firewall_rule");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("source"), "local");
    EXPECT_EQ(rows[0].at("version"), "v2.30");
    EXPECT_EQ(rows[0].at("action"), "Allow");
    EXPECT_EQ(rows[0].at("is_active"), "true");
    EXPECT_EQ(rows[0].at("direction"), "In");
    EXPECT_EQ(rows[0].at("protocol"), "tcp");
    EXPECT_EQ(rows[0].at("profiles"), "Domain,Private");
    EXPECT_EQ(rows[0].at("local_ports"), "22,8080");
    EXPECT_EQ(rows[0].at("remote_addresses"), "LocalSubnet");
    EXPECT_EQ(rows[0].at("application"), "C:\\TMP\\p.exe");
    EXPECT_EQ(rows[0].at("service"), "*");
    EXPECT_EQ(rows[0].at("name"), "Update");
    EXPECT_EQ(rows[0].at("description"), "a=b");
    EXPECT_EQ(rows[0].at("other"), "Edge=TRUE");
    EXPECT_EQ(rows[0].at("users"), "S-1-5-21-1");
    EXPECT_EQ(rows[1].at("source"), "old");
    EXPECT_EQ(rows[1].at("application"), "C:\\old.exe");
    EXPECT_EQ(rows[1].at("name"), "Old");
    EXPECT_EQ(rows[2].at("local_ports"), "3389");
    EXPECT_EQ(rows[2].at("protocol"), "tcp");
    EXPECT_EQ(rows[2].at("is_active"), "false");
    EXPECT_EQ(rows[2].at("profiles"), "StandardProfile");
}

TEST(WindowsSecuritySetting, SettingsOfSoftwareAndItsChannels)
{
    auto const collected = test::run_on_text(
        registry_artefact, "windows_security_setting/testdata/software.hive.txt", HiveKind::software, "");
    auto const rows = collected->rows("windows.security_setting");
    EXPECT_EQ(rows.size(), 4U);
    EXPECT_EQ(row_at(rows, "C:\\TMP").at("is_weaker"), "true");
    EXPECT_EQ(row_at(rows, "C:\\TMP").at("area"), "defender");
    EXPECT_EQ(row_at(rows, "TamperProtection").at("is_weaker"), "true");
    EXPECT_EQ(row_at(rows, "DefaultPassword").at("value"), "(not copied)");
    EXPECT_EQ(row_at(rows, "DefaultPassword").at("is_weaker"), "true");
    EXPECT_EQ(row_at(rows, "ExecutionPolicy").at("is_weaker"), "true");
    auto const channels = collected->rows("windows.event_channel");
    ASSERT_EQ(channels.size(), 2U);
    EXPECT_EQ(channels[0].at("name"), "Microsoft-Windows-Sysmon/Operational");
    EXPECT_EQ(channels[0].at("is_enabled"), "false");
    EXPECT_EQ(channels[0].at("max_bytes"), "1052672");
    EXPECT_EQ(channels[0].at("is_file_usual"), "false");
    EXPECT_EQ(channels[1].at("source"), "policy");
    EXPECT_EQ(channels[1].at("max_bytes"), "1048576"); // 1,024 KiB
}

TEST(WindowsSecuritySetting, TrustedDocumentsSayWhetherMacrosRan)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_security_setting/testdata/user.hive.txt", HiveKind::user);
    auto const rows = collected->rows("windows.office_trusted_document");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("document"), "%USERPROFILE%/Downloads/invoice.docm");
    EXPECT_EQ(rows[0].at("runs_macros"), "true");
    EXPECT_EQ(rows[0].at("program"), "Word");
    EXPECT_EQ(rows[0].at("version"), "16.0");
    EXPECT_EQ(rows[0].at("trusted_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[1].at("runs_macros"), "false");
    EXPECT_EQ(rows[2].count("flags"), 0U);
    EXPECT_EQ(collected->diagnostics.list.size(), 1U);
    auto const settings = collected->rows("windows.security_setting");
    ASSERT_EQ(settings.size(), 2U);
    EXPECT_EQ(row_at(settings, "VBAWarnings").at("is_weaker"), "true");
    EXPECT_EQ(row_at(settings, "COMPlus_ETWEnabled").at("is_weaker"), "true");
}

TEST(WindowsSecuritySetting, RealSystemHivesGiveTheirSettings)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const ten = test::unpack_one(folder / "regipy/SYSTEM_WIN_10_1709.xz");
    auto const collected = test::run_on(registry_artefact, as_bytes(ten), HiveKind::system);
    auto const rows = collected->rows("windows.security_setting");
    EXPECT_EQ(rows.size(), 82U);
    EXPECT_EQ(collected->diagnostics.list.size(), 0U);
    std::set<std::string> offsets;
    for (auto const& row : rows)
        EXPECT_TRUE(offsets.insert(row.at("@offset")).second) << row.at("key_path");
    auto const rules = collected->rows("windows.firewall_rule");
    EXPECT_EQ(rules.size(), 1064U);
    for (auto const& rule : rules)
        EXPECT_TRUE(rule.count("action") == 1 && rule.count("direction") == 1) << rule.at("id");
    for (auto const& channel : collected->rows("windows.event_channel")) {
        if (channel.count("is_file_usual") != 0) {
            EXPECT_EQ(channel.at("is_file_usual"), "true") << channel.at("name") << channel.at("file");
        }
    }
    auto const seven = test::unpack_one(folder / "plaso.tar.xz", "NTUSER-WIN7.DAT");
    auto const documents
        = test::run_on(registry_artefact, as_bytes(seven), HiveKind::user)->rows("windows.office_trusted_document");
    ASSERT_EQ(documents.size(), 3U);
    EXPECT_EQ(documents[0].at("document"), "%USERPROFILE%/Documents/StarFury/StarFury/StarFury.docx");
    EXPECT_EQ(documents[0].at("runs_macros"), "false");
}

TEST(WindowsSecuritySetting, AnyByteMayBeWrong)
{
    for (auto const* file : { "system", "user" }) {
        auto const whole = test::hive_from_text(test::read_file(format(
            "{}/src/traces/windows_security_setting/testdata/{}.hive.txt", std::string(KONSEKI_SOURCE_DIR), file)));
        auto const kind = std::string_view(file) == "user" ? HiveKind::user : HiveKind::system;
        for (std::size_t at = 4096; at < whole.size(); at += 3) {
            auto damaged = whole;
            damaged[at] ^= std::byte { 0xff };
            EXPECT_LT(test::run_on(registry_artefact, damaged, kind)->rows("windows.security_setting").size(), 1000U);
        }
    }
}

}
