#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_package/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_package {
namespace {

std::string sample(std::string_view name)
{
    return test::read_file(format("{}/src/traces/linux_package/testdata/{}", KONSEKI_SOURCE_DIR, name));
}

void parse_into(test::CollectingContext& collected, std::string_view content, std::string_view name)
{
    EXPECT_EQ(parser.sniff(as_bytes(content.substr(0, 4096)), name), Sniff::sure) << name;
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

std::string told(test::Row const& row)
{
    std::string text;
    for (auto const* const column : { "manager", "action", "at", "at_utc", "package", "architecture", "version_before",
             "package_version", "command", "user" }) {
        auto const value = row.find(column);
        append_format(text, "{}|", value == row.end() ? "" : value->second);
    }
    return text;
}

TEST(LinuxPackage, DpkgStatusParagraphsArePackages)
{
    auto const content = sample("status");
    test::CollectingContext collected;
    parse_into(collected, content, "/var/lib/dpkg/status");
    auto const rows = collected.rows("linux.package");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("name"), "bash");
    EXPECT_EQ(rows[0].at("package_version"), "5.2.15-2+b2");
    EXPECT_EQ(rows[0].at("status"), "installed");
    EXPECT_EQ(rows[0].at("maintainer"), "Matthias Klose <doko@debian.org>");
    EXPECT_EQ(rows[0].at("@offset"), "0");
    EXPECT_EQ(rows[1].at("status"), "config-files");
    EXPECT_EQ(rows[1].at("@offset"), format("{}", content.find("Package: nmap")));
    EXPECT_EQ(rows[2].at("name"), "cut");
    ASSERT_EQ(collected.diagnostics.list.size(), 1U);
    EXPECT_EQ(collected.diagnostics.list[0].error.what, "dpkg.status.package");
}

TEST(LinuxPackage, RpmHeadersArePackages)
{
    test::CollectingContext collected;
    parse_into(collected, sample("rpmdb.sqlite"), "[root]/var/lib/rpm/rpmdb.sqlite");
    auto const rows = collected.rows("linux.package");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("name"), "bash");
    EXPECT_EQ(rows[0].at("package_version"), "5.1.8-6.el9");
    EXPECT_EQ(rows[0].at("architecture"), "x86_64");
    EXPECT_EQ(rows[0].at("maintainer"), "Red Hat, Inc.");
    EXPECT_EQ(rows[0].at("installed_at"), "2023-11-14T22:13:20.0000000Z");
    EXPECT_EQ(rows[1].at("package_version"), "1:2.06-61.el9");
    EXPECT_EQ(rows[1].at("maintainer"), "somebody");
    ASSERT_EQ(collected.diagnostics.list.size(), 1U);
    EXPECT_EQ(collected.diagnostics.list[0].error.what, "rpm.header");
}

TEST(LinuxPackage, WhatRpmHadNotWrittenBackIsSaid)
{
    auto const content = sample("rpmdb.sqlite");
    EXPECT_EQ(parser.companion_names("/var/lib/rpm/rpmdb.sqlite").size(), 1U);
    std::vector<Companion> const beside { { "rpmdb.sqlite-wal", as_bytes("wal") } };
    test::CollectingContext collected;
    parser.parse({ as_bytes(content), { 0, content.size() }, "/var/lib/rpm/rpmdb.sqlite", 1, true, true, beside },
        collected.context);
    EXPECT_EQ(collected.diagnostics.list.back().error.what, "rpm.write_ahead_log");
    test::CollectingContext old;
    parse_into(old, "\1\2\3", "/var/lib/rpm/Packages");
    EXPECT_EQ(old.diagnostics.list.at(0).error.what, "rpm.old_database");
}

TEST(LinuxPackage, DpkgLogLinesAreEvents)
{
    test::CollectingContext collected;
    parse_into(collected,
        "2016-08-06 17:35:39 upgrade bash:amd64 1.0 1.1\n2016-08-06 17:35:40 status installed bash:amd64 1.1\n"
        "2016-08-06 nonsense\n2016-08-03 15:25:53 startup archives install\n",
        "/var/log/dpkg.log.1");
    auto const rows = collected.rows("linux.package_event");
    ASSERT_EQ(rows.size(), 3U);
    auto const ticks = Timestamp::parse("2016-08-06T17:35:39Z")->ticks;
    EXPECT_EQ(told(rows[0]), format("dpkg|upgrade|{}||bash|amd64|1.0|1.1|||", ticks));
    EXPECT_EQ(rows[1].at("command"), "installed");
    EXPECT_EQ(rows[1].at("package_version"), "1.1");
    EXPECT_EQ(rows[2].at("package"), "archives");
    EXPECT_EQ(collected.diagnostics.list.size(), 1U);
}

TEST(LinuxPackage, AptTransactionsAreEventsPerPackage)
{
    std::string_view const content
        = "\nStart-Date: 2024-01-02  03:04:05\nCommandline: apt-get install nmap\nRequested-By: u (1000)\n"
          "Install: nmap:amd64 (7.93, automatic), liblua:amd64 (5.3)\nUpgrade: bash:amd64 (1.0, 1.1)\n"
          "Purge: vim:amd64 (2:8)\nError: Sub-process failed\nEnd-Date: 2024-01-02  03:04:06\n";
    test::CollectingContext collected;
    parse_into(collected, content, "/var/log/apt/history.log");
    auto const rows = collected.rows("linux.package_event");
    ASSERT_EQ(rows.size(), 5U);
    auto const ticks = Timestamp::parse("2024-01-02T03:04:05Z")->ticks;
    EXPECT_EQ(told(rows[0]), format("apt|install|{}||nmap|amd64||7.93|apt-get install nmap|u|", ticks));
    EXPECT_EQ(rows[0].at("@offset"), format("{}", content.find("nmap:amd64")));
    EXPECT_EQ(rows[1].at("package"), "liblua");
    EXPECT_EQ(rows[2].at("version_before"), "1.0");
    EXPECT_EQ(rows[2].at("package_version"), "1.1");
    EXPECT_EQ(rows[3].at("version_before"), "2:8");
    EXPECT_EQ(rows[4].at("action"), "error");
    test::MapDictionary dictionary;
    EvidenceView const view { as_bytes(content), { 0, content.size() }, "/var/log/apt/history.log" };
    auto const shown = parser.render(view, { content.find("liblua"), 0, false }, dictionary, "xml");
    ASSERT_TRUE(shown);
    EXPECT_TRUE(shown->starts_with("Install: nmap"));
}

TEST(LinuxPackage, DnfAndPacmanLogsHaveAZone)
{
    test::CollectingContext collected;
    parse_into(collected,
        "2024-01-02T03:04:05+0900 INFO --- logging initialized ---\n"
        "2024-01-02T03:04:05+0900 SUBDEBUG Installed: vim-enhanced-2:8.2.2637-20.el9.x86_64\n",
        "/var/log/dnf.rpm.log");
    parse_into(collected,
        "[2024-01-02T03:04:05+0900] [PACMAN] Running 'pacman -S vim'\n[2024-01-02T03:04:06+0900] [ALPM] upgraded vim "
        "(1.0-1 -> 1.1-1)\n[2019-01-02 03:04] [ALPM] removed nano (2.0-1)\n[x] [ALPM] running 'hook'\n",
        "/var/log/pacman.log");
    auto const rows = collected.rows("linux.package_event");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(told(rows[0]), "rpm|installed||2024-01-01T18:04:05.0000000Z|vim-enhanced|x86_64||2:8.2.2637-20.el9|||");
    EXPECT_EQ(told(rows[1]), "pacman|upgrade||2024-01-01T18:04:06.0000000Z|vim||1.0-1|1.1-1|pacman -S vim||");
    EXPECT_EQ(rows[2].at("version_before"), "2.0-1");
}

TEST(LinuxPackage, EveryPrefixIsSurvived)
{
    std::pair<std::string, std::string_view> const files[] { { sample("status"), "/var/lib/dpkg/status" },
        { sample("rpmdb.sqlite"), "rpmdb.sqlite" },
        { "Start-Date: 2024-01-02  03:04:05\nInstall: a:b (1, automatic), c (2)\n", "history.log" },
        { "[2024-01-02T03:04:06+0900] [ALPM] upgraded vim (1.0-1 -> 1.1-1)\n", "pacman.log" },
        { "2024-01-02T03:04:05+0900 SUBDEBUG Installed: a-1-2.x\n", "dnf.rpm.log" } };
    for (auto const& [content, name] : files) {
        for (std::size_t size = 0; size <= content.size(); ++size) {
            test::CollectingContext collected;
            auto const bytes = as_bytes(content).first(size);
            (void)parser.sniff(bytes.first(std::min<std::size_t>(size, 4096)), name);
            parser.parse({ bytes, { 0, size }, name }, collected.context);
        }
    }
}

TEST(LinuxPackage, ThePlasoSamplesAreReadWhole)
{
    KONSEKI_NEEDS_DATA(folder, "linux");
    test::CollectingContext dpkg;
    parse_into(dpkg, test::read_file(folder / "dpkg.log"), "dpkg.log");
    EXPECT_EQ(dpkg.rows("linux.package_event").size(), 4U);
    EXPECT_TRUE(dpkg.diagnostics.list.empty());
    test::CollectingContext apt;
    parse_into(apt, test::read_file(folder / "apt_history.log"), "apt_history.log");
    auto const rows = apt.rows("linux.package_event");
    EXPECT_TRUE(apt.diagnostics.list.empty());
    std::set<std::string> transactions;
    for (auto const& row : rows)
        transactions.insert(row.at("at"));
    EXPECT_EQ(transactions.size(), 10U); // as plaso counts
}

}
}
