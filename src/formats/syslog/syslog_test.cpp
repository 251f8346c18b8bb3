#include "formats/syslog/authentication.hpp"
#include "formats/syslog/syslog.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::syslog {

namespace {

struct All final : DiagnosticSink {
    std::vector<Line> lines;
    std::vector<Diagnostic> diagnostics;
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
};

All read_all(std::string_view file)
{
    All all;
    read(as_bytes(file), { 0, file.size() }, all, [&](Line const& line) { all.lines.push_back(line); });
    return all;
}

std::string own_log()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/syslog/testdata/auth.log");
}

}

TEST(Syslog, StampsSayWhatTheySayAndNoMore)
{
    auto const old = parse_line("Mar  1 04:06:07.250 web1 sshd[812]: text");
    ASSERT_TRUE(old);
    EXPECT_TRUE(old->stamp.has_no_year());
    EXPECT_FALSE(old->stamp.utc.is_set());
    auto const local = local_time_of(old->stamp, 2026);
    ASSERT_TRUE(local);
    EXPECT_EQ(to_string(Timestamp { local->ticks }), "2026-03-01T04:06:07.2500000Z");
    auto const leap = parse_line("Feb 29 01:15:43: --- x ---");
    ASSERT_TRUE(leap);
    EXPECT_FALSE(local_time_of(leap->stamp, 2025));
    EXPECT_EQ(to_string(Timestamp { local_time_of(leap->stamp, 2024)->ticks }), "2024-02-29T01:15:43.0000000Z");
    auto const zoned = parse_line("2016-10-25T12:37:24.987014-07:00 DEBUG kernel: [  316.5] wlan0");
    ASSERT_TRUE(zoned);
    EXPECT_EQ(to_string(zoned->stamp.utc), "2016-10-25T19:37:24.9870140Z");
    EXPECT_EQ(zoned->severity, 7);
    EXPECT_EQ(zoned->identifier, "kernel");
    auto const bare = parse_line("2026-01-02 03:04:05,678 web1 app: text");
    ASSERT_TRUE(bare);
    EXPECT_EQ(to_string(Timestamp { bare->stamp.local.ticks }), "2026-01-02T03:04:05.6780000Z");
    EXPECT_FALSE(parse_line("MMM 22 07:54:32 host anacron[29782]: Normal exit"));
    EXPECT_FALSE(parse_line("2026-13-02T03:04:05Z host x: y"));
}

TEST(Syslog, HostTagAndMessageAreToldApart)
{
    auto const line
        = parse_line("<86>1 2026-03-01T04:07:08.5+09:00 web1 su 900 - - FAILED SU (to root) hanako on pts/0");
    ASSERT_TRUE(line);
    EXPECT_EQ(line->facility, 10);
    EXPECT_EQ(line->severity, 6);
    EXPECT_EQ(line->identifier, "su");
    EXPECT_EQ(line->pid, 900U);
    EXPECT_EQ(line->message, "FAILED SU (to root) hanako on pts/0");
    auto const kernel = parse_line("Nov 18 08:30:20 kernel: [997.390602] sda2: rw=0");
    EXPECT_EQ(kernel->host.data(), nullptr);
    EXPECT_EQ(kernel->identifier, "kernel");
    auto const untagged = parse_line("Jan 22 07:54:32 myhost Job `cron.daily' terminated");
    EXPECT_EQ(untagged->host, "myhost");
    EXPECT_EQ(untagged->identifier.data(), nullptr);
    EXPECT_EQ(untagged->message, "Job `cron.daily' terminated");
    auto const apple = parse_line("Mar 11 19:26:45 mac sockerfilterfw[1985] <Info>: launchd Allow");
    EXPECT_EQ(apple->pid, 1985U);
    EXPECT_EQ(apple->message, "launchd Allow");
}

TEST(Syslog, LinesWithoutStampContinueTheMessage)
{
    auto const file = own_log();
    auto const all = read_all(file);
    ASSERT_EQ(all.lines.size(), 6U);
    EXPECT_EQ(all.lines[4].message,
        "new user: name=svc, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/0\n\tand a line that continues");
    EXPECT_EQ(all.lines[5].offset, file.rfind("Mar  1"));
    EXPECT_TRUE(all.diagnostics.empty());
    auto const headed = read_all("no stamp here\nnor here\nMar  1 04:05:06 h x: y\n");
    ASSERT_EQ(headed.lines.size(), 2U);
    EXPECT_EQ(headed.lines[0].message, "no stamp here\nnor here");
    EXPECT_EQ(headed.lines[0].size_bytes, 23U);
    EXPECT_FALSE(headed.lines[0].stamp.has_no_year());
    EXPECT_TRUE(headed.diagnostics.empty());
    auto const odd = read_all(std::string("\0\0\0\nMar  1 04:05:06 h x: y\n", 27));
    EXPECT_EQ(odd.lines.size(), 1U);
    ASSERT_EQ(odd.diagnostics.size(), 1U);
    EXPECT_EQ(odd.diagnostics[0].bytes_lost, 4U);
}

TEST(Syslog, PiecesGiveWhatTheWholeGives)
{
    auto const file = own_log();
    for (std::uint64_t piece = 1; piece < file.size(); piece += 7) {
        std::size_t lines = 0, bytes = 0;
        All ignored;
        for (auto const range : split(as_bytes(file), piece)) {
            read(as_bytes(file), range, ignored, [&](Line const&) { ++lines; });
            bytes += range.size;
        }
        EXPECT_EQ(lines, 6U) << piece;
        EXPECT_EQ(bytes, file.size());
    }
}

TEST(Syslog, LoginsAreTakenApart)
{
    auto const key = authentication_of(
        "sshd", "Accepted publickey for hanako from 198.51.100.9 port 40112 ssh2: ED25519 SHA256:5xyQ+PG1Z3");
    ASSERT_TRUE(key);
    EXPECT_EQ(key->kind, "accepted");
    EXPECT_EQ(key->method, "publickey");
    EXPECT_EQ(key->user, "hanako");
    EXPECT_EQ(key->source_address, "198.51.100.9");
    EXPECT_EQ(key->port, 40'112U);
    EXPECT_EQ(key->key_fingerprint, "SHA256:5xyQ+PG1Z3");
    // A name chosen so that the log lies about the address.
    auto const lie = authentication_of(
        "sshd-session", "Failed password for invalid user root from 10.0.0.1 port 22 from 192.0.2.7 port 555 ssh2");
    ASSERT_TRUE(lie);
    EXPECT_EQ(lie->kind, "invalid_user");
    EXPECT_EQ(lie->user, "root from 10.0.0.1 port 22");
    EXPECT_EQ(lie->source_address, "192.0.2.7");
    EXPECT_EQ(lie->is_success, false);
    auto const sudo
        = authentication_of("sudo", "  hanako : TTY=pts/0 ; PWD=/home/hanako ; USER=root ; COMMAND=/bin/sh -c id ; x");
    ASSERT_TRUE(sudo);
    EXPECT_EQ(sudo->kind, "command");
    EXPECT_FALSE(authentication_of("sudo", "t ; COMMAND=/usr/bin/apt : x")); // not behind the user
    EXPECT_EQ(sudo->target_user, "root");
    EXPECT_EQ(sudo->command, "/bin/sh -c id ; x");
    auto const refused = authentication_of(
        "sudo", "hanako : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls");
    EXPECT_EQ(refused->kind, "refused");
    EXPECT_EQ(refused->method, "3 incorrect password attempts");
    auto const made = authentication_of("useradd", "new user: name=svc, UID=0, GID=0, home=/root, shell=/bin/bash");
    EXPECT_EQ(made->kind, "account_created");
    EXPECT_EQ(made->uid, 0U);
    auto const group = authentication_of("usermod", "add 'svc' to group 'sudo'");
    EXPECT_EQ(group->group, "sudo");
    auto const su = authentication_of("su", "(to root) hanako on pts/0");
    EXPECT_EQ(su->kind, "accepted");
    EXPECT_EQ(su->user, "hanako");
    auto const opened
        = authentication_of("su", "pam_unix(su:session): session opened for user root(uid=0) by hanako(uid=1000)");
    EXPECT_EQ(opened->user, "hanako");
    EXPECT_EQ(opened->target_user, "root");
    EXPECT_FALSE(authentication_of("CRON", "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"));
    EXPECT_EQ(authentication_of("systemd-logind", "New session 12 of user hanako.")->user, "hanako");
    EXPECT_EQ(
        authentication_of("login", "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure")->user, "root");
}

TEST(Syslog, EveryPrefixAndRandomDamageAreSurvived)
{
    auto const file = own_log();
    for (std::size_t size = 0; size < file.size(); ++size)
        (void)read_all(std::string_view(file).substr(0, size));
    test::Random random { 11 };
    for (int round = 0; round < 3'000; ++round) {
        auto damaged = file;
        for (int i = 0; i < 4; ++i)
            damaged[random.below(damaged.size())] = static_cast<char>(random.next());
        for (auto const& line : read_all(damaged).lines)
            (void)authentication_of(line.identifier, line.message);
    }
}

// plaso's counts [fsa 4]; where ours differ the reason stands there.
TEST(Syslog, PlasosSamplesGiveTheirLines)
{
    KONSEKI_NEEDS_DATA(folder, "linux/syslog");
    struct Expected {
        char const* name;
        std::size_t lines;
    };
    for (auto const& expected : { Expected { "syslog", 16 }, // and one stamp "MMM 22" that is none
             Expected { "syslog_cron.log", 9 }, Expected { "syslog_ssh.log", 9 }, Expected { "syslog_chromeos", 8 },
             Expected { "syslog_osx", 2 }, Expected { "syslog_rsyslog", 5 },
             Expected { "syslog_rsyslog_traditional", 8 }, Expected { "syslog_rsyslog_ForwardFormat", 9 },
             Expected { "syslog_rsyslog_TraditionalForwardFormat", 9 },
             Expected { "syslog_rsyslog_SyslogProtocol23Format", 9 },
             Expected { "syslog_rsyslog_SysklogdFileFormat", 9 } }) {
        auto const file = test::read_file(folder / expected.name);
        auto const all = read_all(file);
        EXPECT_EQ(all.lines.size(), expected.lines) << expected.name;
        EXPECT_TRUE(looks_like_lines(as_bytes(file))) << expected.name;
    }
}

}
