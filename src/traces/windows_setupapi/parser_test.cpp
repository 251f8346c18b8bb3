#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_setupapi/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_setupapi {

namespace {

std::vector<test::Row> rows_of(std::string_view content)
{
    test::CollectingContext collected;
    parser.parse({ as_bytes(content), { 0, content.size() }, "setupapi.dev.log" }, collected.context);
    EXPECT_TRUE(collected.diagnostics.list.empty());
    return collected.rows("windows.setupapi.section");
}

std::string local(std::string_view text)
{
    return format("{}", Timestamp::parse(text)->ticks);
}

std::string sample()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_setupapi/testdata/setupapi.dev.log");
}

}

TEST(WindowsSetupapi, EverySectionIsARowWithItsLocalTimes)
{
    auto const content = sample();
    auto const rows = rows_of(content);
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("operation"), "Device Install (Hardware initiated)");
    EXPECT_EQ(rows[0].at("subject"), "USBSTOR\\Disk&Ven_ACME&Prod_Stick&Rev_1.00\\070808&0");
    EXPECT_EQ(rows[0].at("started_local"), local("2024-05-06T09:10:11.123Z"));
    EXPECT_EQ(rows[0].at("ended_local"), local("2024-05-06T09:10:12.456Z"));
    EXPECT_EQ(rows[0].at("boot_local"), local("2024-05-06T08:00:00.5Z"));
    EXPECT_EQ(rows[0].at("inf"), "c:\\windows\\system32\\driverstore\\filerepository\\disk.inf_amd64\\disk.inf");
    EXPECT_EQ(rows[0].at("warnings"), "1");
    EXPECT_EQ(rows[0].at("errors"), "0");
    EXPECT_EQ(rows[0].count("services"), 0U); // an update creates none
    EXPECT_EQ(rows[0].at("os_version"), "10.0.19041");
    EXPECT_EQ(rows[0].at("exit_status"), "SUCCESS");
    EXPECT_EQ(rows[0].at("@offset"), format("{}", content.find(">>>  [Device")));
    EXPECT_EQ(rows[0].at("@size"), format("{}", content.find("\n\n\n>>>  [Setup") + 1 - content.find(">>>  [Device")));
}

TEST(WindowsSetupapi, WhoAskedAndWhatItLeftIsKept)
{
    auto const rows = rows_of(sample());
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[1].at("command"), "\"C:\\Users\\hanako\\AppData\\Local\\Temp\\loader.exe\" install");
    EXPECT_EQ(rows[1].at("services"), "evil; eviltwo");
    EXPECT_EQ(rows[1].at("errors"), "1");
    EXPECT_EQ(rows[1].at("exit_status"), "FAILURE(0x800b0109)");
    EXPECT_EQ(rows[2].count("subject"), 0U);
    EXPECT_EQ(rows[2].at("started_local"), local("2024-05-06T09:30:00Z")); // the documented form
    EXPECT_EQ(rows[2].at("ended_local"), local("2024-05-06T09:30:01.5Z"));
    EXPECT_EQ(rows[2].at("exit_status"), "0x00000000");
    EXPECT_EQ(rows[3].at("boot_local"), local("2024-05-07T08:00:00.5Z"));
    EXPECT_EQ(rows[3].count("ended_local"), 0U); // the log stops in it
    EXPECT_EQ(rows[3].count("exit_status"), 0U);
}

TEST(WindowsSetupapi, TheLogIsKnownByItsHeadOrByItsNameAndASection)
{
    auto const content = sample();
    EXPECT_EQ(parser.sniff(as_bytes(content), "x.txt"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(">>>  [A - B]\n"), "C\\Windows\\INF\\setupapi.dev.log"), Sniff::maybe);
    EXPECT_EQ(parser.sniff(as_bytes("[BeginLog]\n"), "setupapi.log"), Sniff::no);
    EXPECT_EQ(parser.sniff(as_bytes(">>>  [A - B]\n"), "other.log"), Sniff::no);
}

TEST(WindowsSetupapi, CutAnywhereItGivesWhatIsThere)
{
    auto const content = sample();
    for (std::size_t size = 0; size <= content.size(); ++size) {
        auto const rows = rows_of(content.substr(0, size));
        EXPECT_LE(rows.size(), 4U);
    }
    EXPECT_EQ(rows_of(">>>  [\n>>>  /\n<<<  Exit\n<<<\n!\n").size(), 1U);
}

TEST(WindowsSetupapi, PlasosLogHasItsSections)
{
    KONSEKI_NEEDS_DATA(path, "misc/setupapi.dev.log");
    auto const rows = rows_of(test::read_file(path));
    ASSERT_EQ(rows.size(), 194U); // plaso's count
    EXPECT_EQ(rows[0].at("started_local"), local("2015-11-22T17:59:28.110Z"));
    EXPECT_EQ(rows[0].at("services"), "tunnel");
    EXPECT_EQ(rows[2].at("subject"), "SWD\\IP_TUNNEL_VBUS\\Teredo_Tunnel_Device");
    EXPECT_EQ(rows[193].at("ended_local"), local("2016-11-22T23:50:58.236Z"));
    EXPECT_EQ(rows[193].at("services"), "WUDFWpdFs");
    std::size_t asked = 0, whole = 0;
    for (auto const& row : rows) {
        asked += row.count("command");
        whole += row.count("ended_local") * row.count("exit_status");
    }
    EXPECT_EQ(whole, 194U);
    EXPECT_GE(asked, 10U);
}

}
