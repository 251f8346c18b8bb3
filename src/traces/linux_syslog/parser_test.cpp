#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_syslog/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_syslog {

namespace {

void parse_all(std::string_view content, std::string_view name, test::CollectingContext& collected,
    std::span<Companion const> companions = {})
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name, 1, true, true, companions }, collected.context);
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
