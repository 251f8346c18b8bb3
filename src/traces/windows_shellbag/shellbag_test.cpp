#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_shellbag/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_shellbag {

static test::Row const* row_at(std::vector<test::Row> const& rows, std::string_view path)
{
    for (auto const& row : rows) {
        if (row.at("path") == path)
            return &row;
    }
    return nullptr;
}

TEST(WindowsShellbag, TheTreeIsPutTogether)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_shellbag/testdata/user.hive.txt", HiveKind::user);
    auto const rows = collected->rows("windows.shellbag");
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(rows[0].at("path"), "<This PC>");
    EXPECT_EQ(rows[0].at("item_kind"), "place");
    EXPECT_EQ(rows[0].at("position"), "1");
    EXPECT_EQ(rows[0].at("depth"), "1");
    EXPECT_EQ(rows[1].at("path"), "\\\\srv\\data");
    EXPECT_EQ(rows[1].at("item_kind"), "network");
    EXPECT_EQ(rows[1].at("position"), "0");
    EXPECT_EQ(rows[1].at("list_written_at"), "2024-05-06T01:02:03.0000000Z");
    EXPECT_EQ(rows[1].count("key_written_at"), 0U);
    EXPECT_EQ(rows[2].at("path"), "?");
    EXPECT_NE(row_at(rows, "C:\\"), nullptr);
    auto const* folder = row_at(rows, "C:\\TMP 1");
    ASSERT_NE(folder, nullptr);
    EXPECT_EQ(folder->at("name"), "TMP 1");
    EXPECT_EQ(folder->at("item_kind"), "folder");
    EXPECT_EQ(folder->at("item_modified_at"), "2024-05-06T03:01:02.0000000Z");
    EXPECT_EQ(folder->at("item_created_at"), "2024-05-06T01:16:00.0000000Z");
    EXPECT_EQ(folder->at("mft_record"), "298");
    EXPECT_EQ(folder->at("mft_sequence"), "7");
    EXPECT_EQ(folder->at("node_slot"), "7");
    EXPECT_EQ(folder->at("key_written_at"), "2024-05-03T00:00:00.0000000Z");
    EXPECT_EQ(folder->at("bag_written_at"), "2024-05-02T00:00:00.0000000Z");
    EXPECT_EQ(folder->at("key_path"), "Software\\Microsoft\\Windows\\Shell\\BagMRU\\0\\0\\0");
    EXPECT_EQ(rows[5].at("path"), "?\\?"); // cut short: still a row, and a diagnostic
    EXPECT_EQ(collected->diagnostics.list.size(), 1U);
}

TEST(WindowsShellbag, RealHivesGiveWhatPyfwsiGives)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const classes = test::unpack_one(folder / "plaso.tar.xz", "regf/UsrClass.dat");
    auto const rows
        = test::run_on(registry_artefact, as_bytes(classes), HiveKind::user_classes)->rows("windows.shellbag");
    ASSERT_EQ(rows.size(), 6U); // plaso's seven are the keys: the root is one
    EXPECT_NE(row_at(rows, "<Control Panel>\\<Appearance and Personalization>\\<Personalization>\\Desktop Background"),
        nullptr);
    EXPECT_NE(row_at(rows, "<This PC>\\<Pictures>"), nullptr);
    auto const xp = test::unpack_one(folder / "plaso.tar.xz", "plaso/NTUSER.DAT");
    auto const old = test::run_on(registry_artefact, as_bytes(xp), HiveKind::user)->rows("windows.shellbag");
    ASSERT_EQ(old.size(), 5U);
    auto const* documents = row_at(old, "C:\\Documents and Settings\\Administrator\\My Documents");
    ASSERT_NE(documents, nullptr);
    EXPECT_EQ(documents->at("item_created_at"), "2007-10-11T12:48:36.0000000Z");
    auto const seven = test::unpack_one(folder / "plaso.tar.xz", "NTUSER-WIN7.DAT");
    auto const web = test::run_on(registry_artefact, as_bytes(seven), HiveKind::user)->rows("windows.shellbag");
    ASSERT_EQ(web.size(), 3U);
    EXPECT_NE(row_at(web, "<Network>\\controller"), nullptr);
    EXPECT_NE(row_at(web, "\\\\controller\\WebDavShare"), nullptr);
}

TEST(WindowsShellbag, AnyByteMayBeWrong)
{
    auto const text
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_shellbag/testdata/user.hive.txt");
    auto const whole = test::hive_from_text(text);
    for (std::size_t at = 4096; at < whole.size(); ++at) {
        auto damaged = whole;
        damaged[at] ^= std::byte { 0xff };
        auto const collected = test::run_on(registry_artefact, damaged, HiveKind::user);
        EXPECT_LT(collected->rows("windows.shellbag").size(), 100U);
    }
}

}
