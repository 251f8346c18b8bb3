#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_remote_desktop/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_remote_desktop {

TEST(WindowsRemoteDesktop, TheClientKeepsNamesAndAccounts)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_remote_desktop/testdata/user.hive.txt", HiveKind::user);
    auto const rows = collected->rows("windows.remote_desktop.client");
    ASSERT_EQ(rows.size(), 5U);
    EXPECT_EQ(rows[0].at("server"), "dc01.example.test");
    EXPECT_EQ(rows[0].at("position"), "0");
    EXPECT_EQ(rows[0].at("key_written_at"), "2024-05-06T01:02:03.0000000Z");
    EXPECT_EQ(rows[1].at("server"), "10.0.0.5:3390");
    EXPECT_EQ(rows[2].at("list"), "Servers");
    EXPECT_EQ(rows[2].at("username_hint"), "EXAMPLE\\admin");
    EXPECT_EQ(rows[2].at("certificate_hash"), "0102FF");
    EXPECT_EQ(rows[3].count("username_hint"), 0U);
    EXPECT_EQ(rows[4].at("list"), "LocalDevices");
    EXPECT_EQ(rows[4].at("server"), "dc01.example.test");
}

TEST(WindowsRemoteDesktop, TheServersSettingsAreRead)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_remote_desktop/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.remote_desktop.server");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("place"), "settings");
    EXPECT_EQ(rows[0].at("denies_connections"), "false");
    EXPECT_EQ(rows[0].at("single_session_per_user"), "false");
    EXPECT_EQ(rows[0].count("port"), 0U);
    EXPECT_EQ(rows[1].at("place"), "listener");
    EXPECT_EQ(rows[1].at("name"), "RDP-Tcp");
    EXPECT_EQ(rows[1].at("port"), "3390");
    EXPECT_EQ(rows[1].at("shadow"), "2");
    EXPECT_EQ(rows[1].at("needs_network_logon"), "false");
    EXPECT_EQ(rows[1].at("initial_program"), "C:\\TMP\\p.exe");
    EXPECT_EQ(rows[2].at("place"), "lsa");
    EXPECT_EQ(rows[2].at("restricted_admin_disabled"), "false");
}

TEST(WindowsRemoteDesktop, ARealMachineLetOthersIn)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const hive = test::unpack_one(folder / "regipy/SYSTEM.xz");
    auto const rows
        = test::run_on(registry_artefact, as_bytes(hive), HiveKind::system)->rows("windows.remote_desktop.server");
    ASSERT_EQ(rows.size(), 8U); // two control sets: the key itself, Console, EH-Tcp, RDP-Tcp
    EXPECT_EQ(rows[0].at("denies_connections"), "false");
    EXPECT_EQ(rows[3].at("name"), "RDP-Tcp");
    EXPECT_EQ(rows[3].at("port"), "3389");
    EXPECT_EQ(rows[3].at("needs_network_logon"), "false");
}

}
