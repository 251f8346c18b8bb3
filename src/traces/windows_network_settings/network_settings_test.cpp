#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_network_settings/parts.hpp"
#include "traces/windows_network_settings/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_network_settings {

TEST(WindowsNetworkSettings, SmallReadersKnowNonsense)
{
    EXPECT_EQ(network_hint("86F6D656"), "home");
    EXPECT_EQ(network_hint("86F6D65"), "");
    EXPECT_EQ(network_hint("{5f3f359e}"), "");
    EXPECT_EQ(network_hint("00"), "");
    std::array<std::byte, 6> const mac { std::byte { 0 }, std::byte { 0x50 } };
    EXPECT_EQ(mac_text(mac), "00:50:00:00:00:00");
    EXPECT_EQ(mac_text({}), "");
    EXPECT_EQ(system_time(mac).ticks, 0);
}

TEST(WindowsNetworkSettings, ProfilesKeepLocalTimesAndTheGateway)
{
    auto const collected = test::run_on_text(
        registry_artefact, "windows_network_settings/testdata/software.hive.txt", HiveKind::software, "");
    auto const profiles = collected->rows("windows.network.profile");
    ASSERT_EQ(profiles.size(), 1U);
    EXPECT_EQ(profiles[0].at("name"), "example.test");
    EXPECT_EQ(profiles[0].at("category"), "domain");
    EXPECT_EQ(profiles[0].at("medium"), "wired");
    EXPECT_EQ(profiles[0].at("created_at"), format("{}", Timestamp::parse("2024-05-06T09:30:15.5Z")->ticks));
    EXPECT_EQ(profiles[0].count("last_connected_at"), 0U); // month 13
    EXPECT_EQ(profiles[0].at("gateway_mac"), "00:50:56:e0:3f:3e");
    EXPECT_EQ(profiles[0].at("dns_suffix"), "example.test");
    auto const signatures = collected->rows("windows.network.signature");
    ASSERT_EQ(signatures.size(), 1U);
    EXPECT_EQ(signatures[0].at("kind"), "Managed");
    EXPECT_EQ(signatures[0].at("id"), "010103000F");
}

TEST(WindowsNetworkSettings, BinaryProxySettingsAreRead)
{
    auto const collected = test::run_on_text(
        registry_artefact, "windows_network_settings/testdata/software.hive.txt", HiveKind::software, "");
    auto const rows = collected->rows("windows.network.proxy");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("source"), "connections");
    EXPECT_EQ(rows[0].at("is_enabled"), "true");
    EXPECT_EQ(rows[0].at("detects"), "false");
    EXPECT_EQ(rows[0].at("server"), "a:1");
    EXPECT_EQ(rows[0].at("script_url"), "http://p");
    EXPECT_EQ(rows[0].at("change_count"), "5");
    EXPECT_EQ(rows[1].at("source"), "winhttp");
    EXPECT_EQ(rows[1].at("bypass"), "<local>");
    EXPECT_EQ(rows[2].at("name"), "Cut");
    EXPECT_EQ(collected->diagnostics.list.size(), 1U);
}

TEST(WindowsNetworkSettings, InterfacesKeepEveryLease)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_network_settings/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.network.interface");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("name"), "Ethernet");
    EXPECT_EQ(rows[0].at("name_servers"), "203.0.113.9");
    EXPECT_EQ(rows[0].at("dhcp_gateway"), "192.168.146.2");
    EXPECT_EQ(rows[0].at("gateway_mac"), "00:50:56:e0:3f:3e");
    EXPECT_EQ(rows[0].at("lease_obtained_at"), "2020-04-24T05:15:08.0000000Z");
    EXPECT_EQ(rows[1].at("network_hint"), "home");
    EXPECT_EQ(rows[1].count("gateway_mac"), 0U); // a size that cannot be
    auto const proxies = collected->rows("windows.network.port_proxy");
    ASSERT_EQ(proxies.size(), 1U);
    EXPECT_EQ(proxies[0].at("direction"), "v4tov4");
    EXPECT_EQ(proxies[0].at("listen"), "0.0.0.0/8080");
    EXPECT_EQ(proxies[0].at("connect"), "10.0.0.5/3389");
}

TEST(WindowsNetworkSettings, AUsersProxyAndWhatWpadFound)
{
    auto const rows
        = test::run_on_text(registry_artefact, "windows_network_settings/testdata/user.hive.txt", HiveKind::user)
              ->rows("windows.network.proxy");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("source"), "settings");
    EXPECT_EQ(rows[0].at("server"), "127.0.0.1:8080");
    EXPECT_EQ(rows[0].at("script_url"), "http://203.0.113.9/p.pac");
    EXPECT_EQ(rows[1].at("source"), "wpad");
    EXPECT_EQ(rows[1].at("script_url"), "http://wpad/wpad.dat");
    EXPECT_EQ(rows[1].at("decided_at"), "2010-01-01T00:00:00.0000000Z");
}

TEST(WindowsNetworkSettings, RealHivesGiveTheirInterfaces)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const hive = test::unpack_one(folder / "regipy/SYSTEM.xz");
    auto const rows
        = test::run_on(registry_artefact, as_bytes(hive), HiveKind::system)->rows("windows.network.interface");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("address"), "10.3.58.5");
    EXPECT_EQ(rows[0].at("name"), "Local Area Connection 2");
    EXPECT_EQ(rows[1].at("gateway_mac"), "00:18:f8:ea:2e:a2");
}

}
