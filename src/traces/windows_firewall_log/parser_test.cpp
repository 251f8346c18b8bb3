#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_firewall_log/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_firewall_log {

namespace {

std::unique_ptr<test::CollectingContext> read(std::string_view content)
{
    auto collected = std::make_unique<test::CollectingContext>();
    parser.parse({ as_bytes(content), { 0, content.size() }, "pfirewall.log" }, collected->context);
    return collected;
}

std::string local(std::string_view text)
{
    return format("{}", Timestamp::parse(text)->ticks);
}

}

TEST(WindowsFirewallLog, EveryLineIsARowWithWhatTheFieldsSay)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_firewall_log/testdata/pfirewall.log");
    auto const collected = read(content);
    auto const rows = collected->rows("windows.firewall_log.connection");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("logged_local"), local("2024-05-06T01:02:03Z"));
    EXPECT_EQ(rows[0].count("logged_at"), 0U);
    EXPECT_EQ(rows[0].at("process_id"), "1234");
    EXPECT_EQ(rows[0].at("direction"), "SEND");
    EXPECT_EQ(rows[1].at("action"), "DROP");
    EXPECT_EQ(rows[1].at("source_address"), "203.0.113.5");
    EXPECT_EQ(rows[1].at("source_port"), "40000");
    EXPECT_EQ(rows[1].at("target_port"), "3389");
    EXPECT_EQ(rows[1].at("packet_bytes"), "52");
    EXPECT_EQ(rows[1].at("tcp_flags"), "S");
    EXPECT_EQ(rows[2].at("info"), "59");
    EXPECT_EQ(rows[2].count("target_port"), 0U);
    EXPECT_EQ(rows[1].at("@offset"), format("{}", content.find("2024-05-06 01:02:04")));
    ASSERT_EQ(collected->diagnostics.list.size(), 1U); // the last line is cut in its time
    EXPECT_EQ(collected->diagnostics.list[0].bytes_lost, 15U);
}

TEST(WindowsFirewallLog, TheHeadDecidesOrderAndZone)
{
    auto const collected = read("#Version: 1.5\n#Time Format: UTC\n#Fields: time date dst-port action\n"
                                "01:02:03 2024-05-06 70000 DROP\n#Fields: date time action\n2024-05-06 x CLOSE 1 2\n");
    auto const rows = collected->rows("windows.firewall_log.connection");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("logged_at"), "2024-05-06T01:02:03.0000000Z");
    EXPECT_EQ(rows[0].count("logged_local"), 0U);
    EXPECT_EQ(rows[0].count("target_port"), 0U); // no such port
    EXPECT_EQ(rows[1].at("action"), "CLOSE");
    EXPECT_EQ(rows[1].count("logged_local"), 0U);
}

TEST(WindowsFirewallLog, TheLogIsKnownByItsHead)
{
    auto const head = as_bytes("#Version: 1.5\n#Software: Microsoft Windows Firewall\n");
    EXPECT_EQ(parser.sniff(head, "x"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes("#Version: 1.0\n#Fields: date\n"), "C/Windows/pfirewall.log.old"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes("#Software: IIS\n#Version: 1.0\n#Fields: date\n"), "u_ex1.log"), Sniff::no);
}

TEST(WindowsFirewallLog, PlasosLogHasFifteenLines)
{
    KONSEKI_NEEDS_DATA(path, "misc/windows_firewall.log");
    auto const collected = read(test::read_file(path));
    auto const rows = collected->rows("windows.firewall_log.connection");
    ASSERT_EQ(rows.size(), 15U);
    EXPECT_TRUE(collected->diagnostics.list.empty());
    EXPECT_EQ(rows[0].at("logged_local"), local("2005-04-11T08:05:57Z"));
    EXPECT_EQ(rows[7].at("tcp_flags"), "A");
    EXPECT_EQ(rows[14].at("action"), "INFO-EVENTS-LOST");
    EXPECT_EQ(rows[14].at("info"), "59");
}

}
