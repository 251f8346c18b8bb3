#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_syslog/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_syslog {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected,
    std::span<Companion const> companions = {}, Timestamp modified_at = {})
{
    parser.parse(
        { as_bytes(content), { 0, content.size() }, name, 1, true, true, companions, modified_at }, collected.context);
}

std::string own_log()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_syslog/testdata/auth.log");
}

std::string local(test::Row const& row)
{
    auto const ticks = row.find("local_at");
    return ticks == row.end() ? "" : to_string(Timestamp { *parse_int(ticks->second) });
}

// The days of all lines, and what they were inferred from.
std::string days(
    std::string_view content, std::string_view name, std::string_view modified, std::string_view beside = "")
{
    test::CollectingContext collected;
    Companion const companion { "dpkg.log", as_bytes(beside) };
    parse_all(content, name, collected, { &companion, beside.empty() ? 0U : 1U },
        Timestamp::parse(modified).value_or(Timestamp {}));
    std::string text;
    std::string_view source = "none";
    auto const rows = collected.rows("linux.log_line");
    for (auto const& row : rows) {
        text += local(row).substr(0, 10) + " ";
        if (auto const from = row.find("year_from"); from != row.end())
            source = from->second;
    }
    return text + std::string(source);
}

std::string lines_on(std::initializer_list<std::string_view> stamps)
{
    std::string text;
    for (auto const stamp : stamps)
        text += std::string(stamp) + " 10:00:00 h a: x\n";
    return text;
}

}

TEST(LinuxSyslog, AMessageIsARowAndALoginOneMore)
{
    auto const content = own_log();
    EXPECT_EQ(parser.sniff(as_bytes(content), "[root]/var/log/auth.log.1"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(content), "unknown.txt"), Sniff::maybe);
    EXPECT_EQ(parser.sniff(as_bytes("no stamps\n"), "var/log/syslog"), Sniff::no);
    test::CollectingContext collected;
    parse_all(content, "[root]/var/log/auth.log.1", collected);
    auto const rows = collected.rows("linux.log_line");
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(rows[0].at("log"), "auth.log");
    EXPECT_EQ(rows[0].at("host"), "web1");
    EXPECT_EQ(rows[0].at("stamp"), "Mar  1 04:05:06");
    EXPECT_EQ(rows[0].count("local_at"), 0U); // nothing says the year
    EXPECT_EQ(rows[3].at("at"), "2026-02-28T19:07:08.5000000Z");
    EXPECT_EQ(rows[3].at("facility"), "authpriv");
    auto const logins = collected.rows("linux.authentication");
    ASSERT_EQ(logins.size(), 5U);
    EXPECT_EQ(logins[0].at("key_type"), "ED25519");
    EXPECT_EQ(logins[2].at("command"), "/usr/bin/apt update");
    EXPECT_EQ(logins[4].at("kind"), "account_created");
    EXPECT_EQ(collected.watcher.events, 6U);
}

TEST(LinuxSyslog, YearsComeFromTheNameOrAFileBesideIt)
{
    std::string const content = "Dec 30 10:00:00 h a: one\nDec 31 23:59:59 h a: two\nJan  1 00:00:01 h a: three\n"
                                "Feb 29 00:00:00 h a: no such day in 2026\n";
    test::CollectingContext by_name;
    parse_all(content, "var/log/messages-20260301", by_name);
    auto rows = by_name.rows("linux.log_line");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(local(rows[0]), "2025-12-30T10:00:00.0000000Z");
    EXPECT_EQ(rows[0].at("year_from"), "file_name");
    EXPECT_EQ(rows[3].count("local_at"), 0U);
    EXPECT_EQ(rows[3].at("stamp"), "Feb 29 00:00:00");
    test::CollectingContext beside;
    std::string const packages = "2026-01-05 08:00:00 startup archives unpack\n";
    Companion const companion { "dpkg.log", as_bytes(packages) };
    parse_all(content.substr(0, content.find("Feb")), "var/log/syslog", beside, { &companion, 1 });
    rows = beside.rows("linux.log_line");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(local(rows[0]), "2025-12-30T10:00:00.0000000Z");
    EXPECT_EQ(local(rows[2]), "2026-01-01T00:00:01.0000000Z");
    EXPECT_EQ(rows[2].at("year_from"), "neighbour");
}

TEST(LinuxSyslog, TheFilesOwnTimeGivesTheYearWhereItFitsTheNewestLine)
{
    auto const log = lines_on({ "Nov 20", "Nov 23" });
    EXPECT_EQ(days(log, "syslog", "2025-11-23T01:00:00Z"), "2025-11-20 2025-11-23 modified"); // local time is ahead
    EXPECT_EQ(days(log, "syslog", "2025-11-24T23:00:00Z"), "2025-11-20 2025-11-23 modified");
    // A copy, made later: only a bound.
    EXPECT_EQ(days(log, "syslog", "2026-03-01T00:00:00Z"), "  none");
    EXPECT_EQ(days(log, "syslog", "2026-03-01T00:00:00Z", "2026-02-27 08:00:00 startup\n"),
        "2025-11-20 2025-11-23 neighbour");
    EXPECT_EQ(days(log, "messages-20251130", "2026-11-23T10:00:00Z"), "2025-11-20 2025-11-23 file_name");
    EXPECT_EQ(days(log, "syslog", "1601-01-02T00:00:00Z"), "  none");
    EXPECT_EQ(days(log, "syslog", "9999-01-02T00:00:00Z"), "  none");
}

TEST(LinuxSyslog, NoLineIsDatedAfterItsFile)
{
    // The nearest year would be in the future of the file.
    EXPECT_EQ(days(lines_on({ "Nov 1" }), "syslog", "2026-09-01T00:00:00Z", "2026-08-30 08:00:00 startup\n"),
        "2025-11-01 neighbour");
}

TEST(LinuxSyslog, RotatedLogsEndBeforeTheFilesBesideThem)
{
    EXPECT_EQ(days(lines_on({ "Dec 1", "Dec 20" }), "auth.log.4", "", "2026-09-01 08:00:00 startup\n"),
        "2025-12-01 2025-12-20 neighbour");
    EXPECT_EQ(days(lines_on({ "Sep 8" }), "auth.log.1", "", "2026-09-01 08:00:00 startup\n"), "2026-09-08 neighbour");
}

TEST(LinuxSyslog, LinesOutOfOrderAreNoTurnOfTheYear)
{
    auto const at = "2026-01-03T12:00:00Z";
    EXPECT_EQ(days(lines_on({ "Dec 30", "Dec 31", "Jan  1", "Dec 31", "Jan  1", "Jan  3" }), "syslog", at),
        "2025-12-30 2025-12-31 2026-01-01 2025-12-31 2026-01-01 2026-01-03 modified");
    EXPECT_EQ(
        days(lines_on({ "Jan  1", "Dec 31", "Jan  2" }), "syslog", at), "2026-01-01 2025-12-31 2026-01-02 modified");
    EXPECT_EQ(days(lines_on({ "Dec 30", "Sep  1", "Dec 31", "Jan  3" }), "syslog", at), // one that came late
        "2025-12-30 2025-09-01 2025-12-31 2026-01-03 modified");
    EXPECT_EQ(days(lines_on({ "Jan  2", "Dec 31" }), "syslog", at), "2026-01-02 2025-12-31 modified");
}

TEST(LinuxSyslog, LinesBeforeALastingJumpBackHaveNoYear)
{
    std::string many;
    for (int line = 0; line < 60; ++line)
        many += lines_on({ "Sep  1" });
    // A clock that was set back, or a silence into the next year: nothing tells.
    auto const text = lines_on({ "Nov 20" }) + many + lines_on({ "Nov 21" }) + many + lines_on({ "Nov 23" });
    auto const all = days(text, "syslog", "2026-11-23T12:00:00Z");
    EXPECT_TRUE(all.starts_with(" ")) << all; // Nov 20
    EXPECT_EQ(all.find("2025"), std::string::npos) << all;
    EXPECT_TRUE(all.ends_with(" 2026-09-01 2026-11-23 modified")) << all;
    test::CollectingContext collected;
    parse_all(text, "messages-20261130", collected);
    ASSERT_EQ(collected.diagnostics.list.size(), 1U);
    EXPECT_EQ(collected.diagnostics.list[0].error.what, "syslog.order");
    EXPECT_EQ(collected.diagnostics.list[0].error.offset, text.rfind(many)); // the second time
    EXPECT_EQ(collected.diagnostics.list[0].bytes_lost, 0U);
}

TEST(LinuxSyslog, OfAJumpBackAtTheEndTheFilesOwnTimeTells)
{
    auto const log = lines_on({ "Aug  1", "Oct  1", "Jul  1" });
    EXPECT_EQ(days(log, "syslog", "2026-10-01T12:00:00Z"), "2026-08-01 2026-10-01 2026-07-01 modified"); // came late
    EXPECT_EQ(days(log, "syslog", "2026-07-01T12:00:00Z"), "  2026-07-01 modified");
    EXPECT_EQ(days(log, "syslog", "", "2026-10-01 08:00:00 startup\n"), "  2026-07-01 neighbour");
}

TEST(LinuxSyslog, ManyYearsFollowOneAnother)
{
    auto const log = lines_on({ "Oct 10", "Jan  1", "Apr  1", "Jul  1", "Sep  1", "Dec  1", "Feb  1" });
    EXPECT_EQ(days(log, "syslog", "2026-02-01T12:00:00Z"),
        "2024-10-10 2025-01-01 2025-04-01 2025-07-01 2025-09-01 2025-12-01 2026-02-01 modified");
}

TEST(LinuxSyslog, PlasosLoginsAreRead)
{
    KONSEKI_NEEDS_DATA(folder, "linux/syslog");
    test::CollectingContext collected;
    parse_all(test::read_file(folder / "syslog_ssh.log"), "syslog_ssh.log", collected);
    auto const rows = collected.rows("linux.authentication");
    ASSERT_EQ(rows.size(), 7U);
    EXPECT_EQ(rows[1].at("source_address"), "2001:0db8:0a0b:12f0:0000:0000:0000:0001");
    EXPECT_EQ(rows[6].at("key_fingerprint"), "SHA256:5xyQ+PG1Z3CIiShclJ2iNya5TOdKDgE/HrOXr21IdOo");
}

}
