#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_account/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_account {

// covers: W85
TEST(WindowsAccount, HiddenAndHijackedAccountsShow)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_account/testdata/sam.hive.txt", HiveKind::sam, "");
    auto const rows = collected->rows("windows.account");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("name"), "Administrator");
    EXPECT_EQ(rows[0].at("is_disabled"), "true");
    EXPECT_EQ(rows[0].at("has_name_entry"), "true");
    EXPECT_EQ(rows[0].at("is_rid_foreign"), "false");
    EXPECT_EQ(rows[0].at("last_logon_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].count("expires_at"), 0U);
    EXPECT_EQ(rows[0].at("logon_count"), "9");
    EXPECT_EQ(rows[1].at("name"), "svc$");
    EXPECT_EQ(rows[1].at("rid"), "1001");
    EXPECT_EQ(rows[1].at("stored_rid"), "500");
    EXPECT_EQ(rows[1].at("is_rid_foreign"), "true");
    EXPECT_EQ(rows[1].at("has_name_entry"), "false");
    EXPECT_EQ(rows[2].count("is_rid_foreign"), 0U); // F cut short
    EXPECT_EQ(collected->diagnostics.list.size(), 1U);
}

TEST(WindowsAccount, RealHivesGiveTheirThreeAccounts)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    for (auto const& hive :
        { test::unpack_one(folder / "regipy/SAM.xz"), test::unpack_one(folder / "plaso.tar.xz", "regf/SAM") }) {
        auto const collected = test::run_on(registry_artefact, as_bytes(hive), HiveKind::sam);
        auto const rows = collected->rows("windows.account");
        ASSERT_EQ(rows.size(), 3U);
        for (auto const& row : rows) {
            EXPECT_EQ(row.at("is_rid_foreign"), "false") << row.at("name");
            EXPECT_EQ(row.at("has_name_entry"), "true") << row.at("name");
        }
        EXPECT_EQ(rows[0].at("name"), "Administrator");
        EXPECT_EQ(rows[0].at("rid"), "500");
        EXPECT_EQ(collected->diagnostics.list.size(), 0U);
    }
}

}
