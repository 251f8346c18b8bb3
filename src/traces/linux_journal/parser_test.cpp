#include "support/collecting_context.hpp"
#include "support/journal_writer.hpp"
#include "support/samples.hpp"
#include "traces/linux_journal/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_journal {

namespace {

void parse_all(std::string_view content, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, "var/log/journal/x/system.journal" }, collected.context);
}

std::string own_journal()
{
    test::JournalWriter writer(true, true, test::JournalPacking::zstd);
    writer.state = 1;
    writer.add({ 41, 1'767'225'600'000'000, 77, '\xa1',
        { { "MESSAGE", "Accepted publickey for hanako from 198.51.100.9 port 40112 ssh2: ED25519 SHA256:abc" },
            { "SYSLOG_IDENTIFIER", "sshd" }, { "_PID", "812" }, { "_UID", "0" }, { "PRIORITY", "6" },
            { "_SYSTEMD_UNIT", "ssh.service" }, { "_EXE", "/usr/sbin/sshd" }, { "_CMDLINE", "sshd: hanako [priv]" },
            { "_HOSTNAME", "web1" }, { "_TRANSPORT", "syslog" },
            { "_SOURCE_REALTIME_TIMESTAMP", "1767225599999000" } } });
    writer.add({ 42, 1'767'225'601'000'000, 78, '\xa1',
        { { "MESSAGE", "bytes \xff that are no text" }, { "_COMM", "app" }, { "_HOSTNAME", "web1" } } });
    return writer.write();
}

}

TEST(LinuxJournal, AnEntryIsARowWithItsSender)
{
    auto const content = own_journal();
    EXPECT_EQ(parser.sniff(as_bytes(content), "anything"), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, collected);
    auto const rows = collected.rows("linux.journal_entry");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("at"), "2026-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].at("sent_at"), "2025-12-31T23:59:59.9990000Z");
    EXPECT_EQ(rows[0].at("unit"), "ssh.service");
    EXPECT_EQ(rows[0].at("executable"), "/usr/sbin/sshd");
    EXPECT_EQ(rows[0].at("pid"), "812");
    EXPECT_EQ(rows[0].at("sequence_id"), "51515151515151515151515151515151");
    EXPECT_EQ(rows[1].at("identifier"), "app");
    EXPECT_EQ(rows[1].at("message"), "bytes \xef\xbf\xbd that are no text");
    EXPECT_EQ(collected.watcher.events, 2U);
    auto const files = collected.rows("linux.journal_file");
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].at("state"), "online");
    EXPECT_EQ(files[0].at("dialect"), "compact keyed zstd");
    EXPECT_TRUE(collected.rows("linux.journal_sign").empty());
}

TEST(LinuxJournal, ALoginIsARowOfItsOwn)
{
    test::CollectingContext collected;
    parse_all(own_journal(), collected);
    auto const rows = collected.rows("linux.authentication");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("kind"), "accepted");
    EXPECT_EQ(rows[0].at("user"), "hanako");
    EXPECT_EQ(rows[0].at("source_address"), "198.51.100.9");
    EXPECT_EQ(rows[0].at("key_fingerprint"), "SHA256:abc");
    EXPECT_EQ(rows[0].at("log"), "journal");
}

TEST(LinuxJournal, ARemovedEntryLeavesSigns)
{
    test::CollectingContext collected;
    parse_all(test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_journal/testdata/xz-hole.journal"),
        collected);
    EXPECT_EQ(collected.rows("linux.journal_entry").size(), 5U);
    auto const signs = collected.rows("linux.journal_sign");
    ASSERT_GE(signs.size(), 3U);
    EXPECT_FALSE(collected.diagnostics.list.empty());
    EXPECT_EQ(signs.back().at("kind"), "data_orphan");
}

TEST(LinuxJournal, AnEntryRendersAsJson)
{
    auto const content = own_journal();
    test::CollectingContext collected;
    parse_all(content, collected);
    auto const offset = parse_uint(collected.rows("linux.journal_entry")[0].at("@offset"));
    auto const text = parser.render(
        { as_bytes(content), { 0, content.size() }, "x" }, { *offset, 0, false }, collected.dictionary, "json");
    ASSERT_TRUE(text);
    EXPECT_NE(text->find("\"_CMDLINE\": \"sshd: hanako [priv]\""), std::string::npos);
}

}
