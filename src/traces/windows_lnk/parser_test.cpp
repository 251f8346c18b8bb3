#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_lnk/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_lnk {

namespace {

std::vector<test::Row> rows_of(ByteView bytes, std::string_view name)
{
    test::CollectingContext collected;
    parser.parse({ bytes, { 0, bytes.size() }, name }, collected.context);
    return collected.rows("windows.lnk.link");
}

}

TEST(WindowsLnk, ALinkSaysWhatItStartsAndWhereThatWasSeen)
{
    auto bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_lnk/testdata/small.hex"));
    auto rows = rows_of(bytes, "C/Users/hanako/Desktop/invoice.lnk");
    ASSERT_EQ(rows.size(), 1U);
    auto const& row = rows[0];
    EXPECT_EQ(row.at("target"), "C:\\TMP\\mimikatz.exe");
    EXPECT_EQ(row.at("arguments"), "privilege::debug");
    EXPECT_EQ(row.at("drive_serial"), "ABCD1234");
    EXPECT_EQ(row.at("drive_type"), "fixed");
    EXPECT_EQ(row.at("machine_id"), "desktop-hanako");
    EXPECT_EQ(row.at("mac_address"), "00:0c:29:aa:bb:cc");
    EXPECT_EQ(row.at("target_record"), "41");
    EXPECT_EQ(row.at("trailing_bytes"), "0");
    EXPECT_EQ(row.count("description"), 0U);
    bytes.resize(bytes.size() + 100, std::byte { 'M' });
    rows = rows_of(bytes, "invoice.lnk");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("trailing_bytes"), "100");
}

// covers: W91
TEST(WindowsLnk, AHotKeyIsSaidAsItIsPressed)
{
    auto bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_lnk/testdata/small.hex"));
    auto const with_keys = [&](unsigned low, unsigned high) {
        bytes[64] = static_cast<std::byte>(low);
        bytes[65] = static_cast<std::byte>(high);
        auto const rows = rows_of(bytes, "x.lnk");
        return rows.at(0).count("hot_key") != 0 ? rows[0].at("hot_key") : std::string();
    };
    EXPECT_EQ(with_keys(0, 6), "");
    EXPECT_EQ(with_keys('C', 2), "Ctrl+C");
    EXPECT_EQ(with_keys('T', 7), "Ctrl+Shift+Alt+T");
    EXPECT_EQ(with_keys(0x7b, 0), "F12");
    EXPECT_EQ(with_keys(0x91, 2), "Ctrl+0x91");
}

TEST(WindowsLnk, KnownLinksOfPlaso)
{
    KONSEKI_NEEDS_DATA(folder, "lnk");
    auto const example = test::read_file(folder / "example.lnk");
    auto const rows = rows_of(as_bytes(example), "example.lnk");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("target"), "%windir%\\system32\\migwiz\\migwiz.exe");
    EXPECT_EQ(rows[0].at("target_created_at"), "2009-07-13T23:29:02.8491310Z");
    EXPECT_EQ(rows[0].at("target_bytes"), "544768");
    auto const nero = test::read_file(folder / "NeroInfoTool.lnk");
    EXPECT_EQ(rows_of(as_bytes(nero), "NeroInfoTool.lnk").size(), 1U);
}

}
