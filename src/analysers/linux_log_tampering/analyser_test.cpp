#include "analysers/linux_log_tampering/analyser.hpp"
#include "base/text.hpp"
#include "support/analyser_case.hpp"
#include "traces/linux_columns.hpp"
#include "traces/linux_log_columns.hpp"
#include <gmock/gmock.h>

namespace konseki::linux_log_tampering {

namespace {

using test::AnalyserCase;
using test::minutes;

std::span<Schema const* const> schemas()
{
    static constexpr Schema const* all[] { &linux_login_schema.erased, &linux_login_file_schema.erased,
        &linux_journal_entry_schema.erased, &linux_journal_file_schema.erased, &linux_journal_sign_schema.erased,
        &linux_log_line_schema.erased, &linux_authentication_schema.erased, &linux_audit_record_schema.erased,
        &linux_audit_event_schema.erased, &linux_shell_history_schema.erased, &linux_file_schema.erased,
        &linux_account_schema.erased, &linux_autostart_schema.erased };
    return all;
}

constexpr std::uint64_t record_bytes = 384;

void put_login(AnalyserCase& logs, EvidenceNumber evidence, std::uint64_t index, Timestamp at,
    std::string_view kind = "user", std::string_view user = "hanako", std::string_view source = "198.51.100.9",
    std::string_view file = "wtmp", std::string_view terminal = "pts/0")
{
    LinuxLoginRow row;
    row.kind = kind;
    row.file_kind = file;
    row.at = at;
    row.user = user;
    row.terminal = terminal;
    row.source_host = source;
    row.source_address = source;
    row.is_zeroed = kind == "zeroed";
    logs.put(evidence, linux_login_schema, { index * record_bytes, record_bytes, false }, row);
}

void put_login_file(AnalyserCase& logs, EvidenceNumber evidence, std::uint64_t records, std::uint64_t tail = 0)
{
    LinuxLoginFileRow row;
    row.file_kind = "wtmp";
    row.path = "/var/log/wtmp";
    row.record_bytes = record_bytes;
    row.records = records;
    row.tail_bytes = tail;
    row.file_bytes = records * record_bytes + tail;
    row.last_at = minutes(100);
    logs.put(evidence, linux_login_file_schema, { 0, row.file_bytes, false }, row);
}

void put_accepted(AnalyserCase& logs, EvidenceNumber evidence, std::uint64_t offset, Timestamp at,
    bool is_local = false, std::string_view user = "hanako", std::string_view source = "198.51.100.9",
    std::string_view log = "auth.log")
{
    LinuxAuthenticationRow row;
    row.program = "sshd";
    row.kind = "accepted";
    row.user = user;
    row.source_address = source;
    row.log = log;
    if (is_local)
        row.local_at = { at.ticks + 9 * 3'600 * ticks_per_second }; // the host is in Japan
    else
        row.at = at;
    logs.put(evidence, linux_authentication_schema, { offset, 100, false }, row);
}

void put_entry(AnalyserCase& logs, EvidenceNumber evidence, std::uint64_t number, Timestamp at, std::uint64_t uptime_us,
    std::string_view boot = "a1")
{
    LinuxJournalEntryRow row;
    row.at = at;
    row.sequence_number = number;
    row.monotonic_us = uptime_us;
    row.sequence_id = "51";
    row.boot_id = boot;
    logs.put(evidence, linux_journal_entry_schema, { number * 100, 100, false }, row);
}

void put_sign(AnalyserCase& logs, EvidenceNumber evidence, std::string_view kind, std::string_view state)
{
    LinuxJournalFileRow file;
    file.path = "/var/log/journal/x/system.journal";
    file.state = state;
    logs.put(evidence, linux_journal_file_schema, { 0, 264, false }, file);
    LinuxJournalSignRow sign;
    sign.kind = kind;
    sign.at = minutes(3);
    sign.detail = "MESSAGE=gone";
    logs.put(evidence, linux_journal_sign_schema, { 5'000, 100, false }, sign);
}

void put_file(AnalyserCase& logs, EvidenceNumber evidence, std::uint64_t offset, std::string_view path,
    std::uint64_t bytes, Timestamp modified, std::string_view target = {})
{
    LinuxFileRow row;
    row.path = path;
    row.type = target.empty() ? "regular" : "link";
    row.file_bytes = bytes;
    row.modified_at = modified;
    if (!target.empty())
        row.target = target;
    logs.put(evidence, linux_file_schema, { offset, 10, false }, row);
}

void put_history(
    AnalyserCase& logs, EvidenceNumber evidence, std::uint64_t offset, std::string_view command, Timestamp at = {})
{
    LinuxShellHistoryRow row;
    row.program = "bash";
    row.command = command;
    row.at = at;
    row.path = "/root/.bash_history";
    logs.put(evidence, linux_shell_history_schema, { offset, 10, false }, row);
}

// Login records of which the second was zeroed.
EvidenceNumber put_zeroed_wtmp(AnalyserCase& logs, std::string const& host)
{
    auto const wtmp = logs.add_evidence("/var/log/wtmp", host);
    put_login(logs, wtmp, 0, minutes(0));
    put_login(logs, wtmp, 1, {}, "zeroed");
    put_login(logs, wtmp, 2, minutes(10));
    put_login_file(logs, wtmp, 3);
    return wtmp;
}

}

TEST(LinuxLogTampering, ZeroedRecordsWeighLessAtTheEndOfTheFile)
{
    AnalyserCase logs(schemas());
    auto const middle = put_zeroed_wtmp(logs, "web1");
    auto const end = logs.add_evidence("/var/log/wtmp", "web2");
    put_login(logs, end, 0, minutes(0));
    put_login(logs, end, 1, {}, "zeroed");
    put_login_file(logs, end, 2);
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.login-zeroed");
    EXPECT_EQ(kept.findings[0].severity, Severity::high);
    EXPECT_EQ(kept.findings[0].host, "web1");
    EXPECT_EQ(kept.findings[0].because[0].trace, (TraceId { middle, record_bytes }));
    EXPECT_EQ(kept.findings[1].rule, "linux-log.login-zeroed.weak");
    EXPECT_EQ(kept.findings[1].severity, Severity::low);
}

TEST(LinuxLogTampering, TheSameBytesOnTwoMachinesAreFoundOnBoth)
{
    AnalyserCase logs(schemas());
    auto const wtmp = put_zeroed_wtmp(logs, "web1");
    auto const history = logs.add_evidence("/root/.bash_history", "web1");
    put_history(logs, history, 0, "unset HISTFILE");
    logs.add_evidence("copy/wtmp", "web1", wtmp);
    logs.add_evidence("/var/log/wtmp", "web2", wtmp);
    logs.add_evidence("/root/.bash_history", "web2", history);
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 4U);
    EXPECT_NE(kept.findings[0].id, kept.findings[1].id);
    for (std::size_t at = 0; at < 4; ++at) {
        EXPECT_EQ(kept.findings[at].host, at % 2 == 0 ? "web1" : "web2");
        EXPECT_EQ(kept.findings[at].rule, at < 2 ? "linux-log.login-zeroed" : "linux-log.against-logs:history");
        EXPECT_EQ(kept.traces[at].size(), 1U);
    }
}

TEST(LinuxLogTampering, OrderAndTailsOfWtmpAreSeen)
{
    AnalyserCase logs(schemas());
    auto const evidence = logs.add_evidence("/var/log/wtmp", "web1");
    put_login(logs, evidence, 0, minutes(10));
    put_login(logs, evidence, 1, minutes(5));
    put_login(logs, evidence, 2, minutes(3), "boot");
    put_login_file(logs, evidence, 3, 50);
    auto const kept = logs.run(analyser);
    ASSERT_NE(kept.find("linux-log.login-tail"), nullptr);
    ASSERT_EQ(kept.findings.size(), 3U);
    EXPECT_EQ(kept.findings[1].rule, "linux-log.login-order");
    EXPECT_EQ(kept.findings[1].severity, Severity::medium);
    EXPECT_EQ(kept.findings[2].rule, "linux-log.login-order.weak");
}

TEST(LinuxLogTampering, LastlogRemembersWhatWasTakenFromWtmp)
{
    AnalyserCase logs(schemas());
    auto const wtmp = logs.add_evidence("/var/log/wtmp", "web1");
    auto const lastlog = logs.add_evidence("/var/log/lastlog", "web1");
    put_login(logs, wtmp, 0, minutes(0));
    put_login(logs, wtmp, 1, minutes(100));
    put_login(logs, lastlog, 0, minutes(50), "last", "", "192.0.2.7", "lastlog");
    put_login(logs, lastlog, 1, minutes(100), "last", "", "198.51.100.9", "lastlog");
    put_login(logs, lastlog, 2, minutes(200), "last", "", "198.51.100.9", "lastlog"); // later than wtmp goes
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.lastlog-without-wtmp");
    EXPECT_THAT(kept.traces[0], testing::ElementsAre(TraceId { lastlog, 0 }));
}

TEST(LinuxLogTampering, LoginsAreComparedAcrossTimeZones)
{
    AnalyserCase logs(schemas());
    auto const wtmp = logs.add_evidence("/var/log/wtmp", "web1");
    auto const log = logs.add_evidence("/var/log/auth.log", "web1");
    for (std::uint64_t i = 0; i < 12; ++i) {
        auto const at = minutes(static_cast<std::int64_t>(i) * 1'000);
        if (i != 6)
            put_login(logs, wtmp, i, at);
        if (i != 9)
            put_accepted(logs, log, i * 100, at, true);
    }
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.wtmp-without-log");
    EXPECT_THAT(kept.traces[0], testing::ElementsAre(TraceId { wtmp, 9 * record_bytes }));
    EXPECT_EQ(kept.findings[1].rule, "linux-log.log-without-wtmp");
    EXPECT_EQ(kept.findings[1].severity, Severity::low);
    EXPECT_THAT(kept.traces[1], testing::ElementsAre(TraceId { log, 600 }));
}

TEST(LinuxLogTampering, SessionsWithoutTerminalAreNoFinding)
{
    AnalyserCase logs(schemas());
    auto const wtmp = logs.add_evidence("/var/log/wtmp", "web1");
    auto const log = logs.add_evidence("/var/log/auth.log", "web1");
    put_login(logs, wtmp, 0, minutes(0));
    put_login(logs, wtmp, 1, minutes(9'000));
    put_accepted(logs, log, 0, minutes(0));
    put_accepted(logs, log, 100, minutes(9'000));
    for (std::uint64_t i = 2; i < 40; ++i) // a backup that comes by scp
        put_accepted(logs, log, i * 100, minutes(static_cast<std::int64_t>(i) * 60), false, "backup", "192.0.2.50");
    EXPECT_TRUE(logs.run(analyser).findings.empty());
}

TEST(LinuxLogTampering, SignsOfAnOpenJournalMeanLess)
{
    AnalyserCase logs(schemas());
    put_sign(logs, logs.add_evidence("system.journal", "web1"), "data_orphan", "archived");
    put_sign(logs, logs.add_evidence("system.journal", "web2"), "data_orphan", "online");
    put_sign(logs, logs.add_evidence("system.journal", "web3"), "monotonic_backwards", "online");
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 3U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.journal-edited");
    EXPECT_EQ(kept.findings[0].severity, Severity::high);
    EXPECT_EQ(kept.findings[1].rule, "linux-log.journal-edited.weak");
    EXPECT_EQ(kept.findings[1].severity, Severity::low);
    EXPECT_EQ(kept.findings[2].rule, "linux-log.journal-order");
    EXPECT_EQ(kept.findings[2].severity, Severity::medium);
}

TEST(LinuxLogTampering, NumbersThatAreMissingCountOnlyWhereAnHourPassed)
{
    AnalyserCase logs(schemas());
    auto const evidence = logs.add_evidence("system.journal", "web1");
    put_entry(logs, evidence, 1, minutes(0), 60'000'000);
    put_entry(logs, evidence, 2, minutes(1), 120'000'000);
    put_entry(logs, evidence, 9, minutes(2), 180'000'000); // a user's own journal has 3 to 8
    put_entry(logs, evidence, 60, minutes(200), 12'060'000'000);
    put_entry(logs, evidence, 90, minutes(900), 60'000'000, "b2"); // another boot
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.journal-gap");
    EXPECT_THAT(kept.traces[0], testing::ElementsAre(TraceId { evidence, 6'000 }));
}

TEST(LinuxLogTampering, BootsAreComparedWhereBothSidesKnowSome)
{
    AnalyserCase logs(schemas());
    auto const journal = logs.add_evidence("system.journal", "web1");
    auto const wtmp = logs.add_evidence("wtmp", "web1");
    std::uint64_t number = 0;
    for (auto const* const boot : { "a1", "b2", "c3" }) {
        ++number;
        put_entry(logs, journal, number, minutes(static_cast<std::int64_t>(number) * 1'000), 1'000'000, boot);
        if (number != 2)
            put_login(logs, wtmp, number, minutes(static_cast<std::int64_t>(number) * 1'000), "boot", "reboot", "6.1.0",
                "wtmp", "~");
    }
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.boot-without-wtmp");
    EXPECT_THAT(kept.traces[0], testing::ElementsAre(TraceId { journal, 200 }));
}

TEST(LinuxLogTampering, AuditingThatSomebodyStoppedIsAFindingAndALoadAtBootIsNot)
{
    AnalyserCase logs(schemas());
    auto const evidence = logs.add_evidence("audit.log", "web1");
    auto const put_record = [&](std::uint64_t offset, std::string_view fields) {
        LinuxAuditRecordRow row;
        row.at = minutes(static_cast<std::int64_t>(offset));
        row.type = "CONFIG_CHANGE";
        row.fields = fields;
        logs.put(evidence, linux_audit_record_schema, { offset, 10, false }, row);
    };
    put_record(1, "op=set audit_enabled=0 old=1 auid=1000 ses=3 res=1");
    put_record(2, "op=remove_rule key=exec list=4 auid=4294967295 ses=4294967295 res=1");
    put_record(3, "op=remove_rule key=exec list=4 auid=1000 ses=3 res=1");
    auto const put_event = [&](std::uint64_t offset, std::string_view type, std::int64_t at) {
        LinuxAuditEventRow row;
        row.at = minutes(at);
        row.type = type;
        logs.put(evidence, linux_audit_event_schema, { offset, 10, false }, row);
    };
    put_event(10, "DAEMON_END", 100); // a restart
    put_event(11, "DAEMON_START", 101);
    put_event(12, "DAEMON_END", 500);
    put_event(13, "DAEMON_START", 700);
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.audit-disabled");
    EXPECT_THAT(kept.traces[0], testing::ElementsAre(TraceId { evidence, 1 }, TraceId { evidence, 3 }));
    EXPECT_EQ(kept.findings[1].rule, "linux-log.audit-stopped");
    EXPECT_THAT(kept.traces[1], testing::ElementsAre(TraceId { evidence, 12 }));
}

TEST(LinuxLogTampering, MissingAuditNumbersCountOnlyInADenseLog)
{
    AnalyserCase logs(schemas());
    auto const dense = logs.add_evidence("audit.log", "web1");
    auto const sparse = logs.add_evidence("audit.log", "web2");
    TraceBatch batch(linux_audit_event_schema.erased, dense);
    for (std::uint64_t i = 0; i < 1'200; ++i) {
        LinuxAuditEventRow row;
        row.at = minutes(static_cast<std::int64_t>(i));
        row.type = "SYSCALL";
        row.serial = i < 600 ? i : i + 50;
        logs.put(dense, linux_audit_event_schema, { i, 10, false }, row);
        row.serial = i * 3;
        logs.put(sparse, linux_audit_event_schema, { i, 10, false }, row);
    }
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.audit-gap");
    EXPECT_EQ(kept.findings[0].host, "web1");
    EXPECT_EQ(kept.findings[0].count, 1U);
}

TEST(LinuxLogTampering, AnEmptyLogCountsWhereItWasWrittenToAfterTheRotation)
{
    AnalyserCase logs(schemas());
    auto const evidence = logs.add_evidence("files.jsonl", "web1");
    put_file(logs, evidence, 1, "/var/log/auth.log", 0, minutes(5'000));
    put_file(logs, evidence, 2, "/var/log/auth.log.1", 9'000, minutes(100));
    put_file(logs, evidence, 3, "/var/log/syslog", 0, minutes(101)); // just rotated
    put_file(logs, evidence, 4, "/var/log/syslog.1", 9'000, minutes(100));
    put_file(logs, evidence, 5, "/var/log/btmp", 0, minutes(5'000)); // nobody failed this month
    put_file(logs, evidence, 6, "/var/log/messages", 0, minutes(5'000)); // never used
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.emptied");
    EXPECT_THAT(kept.traces[0], testing::ElementsAre(TraceId { evidence, 1 }));
    EXPECT_EQ(kept.findings[1].rule, "linux-log.emptied.weak");
    EXPECT_THAT(kept.traces[1], testing::ElementsAre(TraceId { evidence, 3 }));
}

TEST(LinuxLogTampering, SilenceCountsOnAMachineThatAlwaysWrites)
{
    AnalyserCase logs(schemas());
    auto const evidence = logs.add_evidence("syslog", "web1");
    for (std::int64_t hour = 0; hour < 400; ++hour) {
        if (hour > 100 && hour < 106)
            continue;
        LinuxLogLineRow row;
        row.at = minutes(hour * 60);
        row.log = "syslog";
        row.message = "still here";
        logs.put(evidence, linux_log_line_schema, { static_cast<std::uint64_t>(hour), 10, false }, row);
    }
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.silent-hours");
    EXPECT_THAT(kept.traces[0], testing::ElementsAre(TraceId { evidence, 106 }));
}

TEST(LinuxLogTampering, CommandsAgainstLogsAreToldFromEverydayOnes)
{
    AnalyserCase logs(schemas());
    auto const evidence = logs.add_evidence(".bash_history", "web1");
    std::vector<std::string_view> const bad { "unset HISTFILE", "export HISTFILE=/dev/null", "HISTSIZE=0", "history -c",
        "set +o history", "ln -sf /dev/null ~/.bash_history", "rm -f ~/.bash_history", "> /var/log/wtmp",
        "cat /dev/null > ~/.bash_history", "echo > /var/log/auth.log", "shred -u /var/log/auth.log",
        "rm -rf /var/log/*", "journalctl --vacuum-time=1s", "utmpdump -r < x > /var/log/wtmp", "auditctl -e 0",
        "systemctl stop rsyslog", "sudo systemctl disable auditd", "service auditd stop", "id; unset HISTFILE" };
    std::vector<std::string_view> const good { "ls -la /var/log", "tail -f /var/log/syslog", "history | grep ssh",
        "cat ~/.bash_history", "grep root /var/log/auth.log > /tmp/x", "systemctl restart rsyslog", "rm -rf build",
        "HISTSIZE=10000", "export HISTFILE=~/.history_all", "journalctl -u ssh --since today", "echo hello > /tmp/log",
        "vim /etc/rsyslog.conf", "systemctl stop nginx", "auditctl -l", "less /var/log/messages 2>&1" };
    std::uint64_t offset = 0;
    for (auto const command : bad)
        put_history(logs, evidence, ++offset, command);
    for (auto const command : good)
        put_history(logs, evidence, ++offset, command);
    auto const kept = logs.run(analyser);
    auto const* const finding = kept.find("linux-log.against-logs:history");
    ASSERT_NE(finding, nullptr);
    std::vector<std::string> seen;
    for (auto const trace : kept.traces[0])
        seen.emplace_back(trace.offset <= bad.size() ? bad[trace.offset - 1] : good[trace.offset - bad.size() - 1]);
    EXPECT_THAT(seen, testing::UnorderedElementsAreArray(bad));
}

TEST(LinuxLogTampering, HistoriesThatLeadNowhereOrRunBackwards)
{
    AnalyserCase logs(schemas());
    auto const files = logs.add_evidence("files.jsonl", "web1");
    put_file(logs, files, 1, "/root/.bash_history", 0, minutes(1), "/dev/null");
    put_file(logs, files, 2, "/home/a/link", 0, minutes(1), "/dev/null");
    auto const history = logs.add_evidence(".bash_history", "web1");
    put_history(logs, history, 1, "id", minutes(10'000));
    put_history(logs, history, 2, "ls", minutes(100));
    put_history(logs, history, 3, "ls", minutes(90)); // two shells
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.history-linked");
    EXPECT_THAT(kept.traces[0], testing::ElementsAre(TraceId { files, 1 }));
    EXPECT_EQ(kept.findings[1].rule, "linux-log.history-order");
    EXPECT_THAT(kept.traces[1], testing::ElementsAre(TraceId { history, 2 }));
}

TEST(LinuxLogTampering, ACaseWithoutLinuxHasNoFindings)
{
    AnalyserCase windows;
    EXPECT_TRUE(windows.run(analyser).findings.empty());
}

TEST(LinuxLogTampering, ALoginThatTheJournalHasAndTheTextLogLacksIsTold)
{
    AnalyserCase logs(schemas());
    auto const text = logs.add_evidence("/var/log/auth.log", "web1");
    auto const journal = logs.add_evidence("system.journal", "web1");
    for (int login = 0; login < 6; ++login) {
        auto const place = static_cast<std::uint64_t>(login) * 100;
        put_accepted(logs, journal, place, minutes(login * 60), false, "hanako", "198.51.100.9", "journal");
        if (login != 3)
            put_accepted(logs, text, place, minutes(login * 60));
    }
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.journal-without-line");
    EXPECT_EQ(kept.findings[0].first_at, minutes(180));
    EXPECT_EQ(kept.findings[0].because_total, 1U);
}

TEST(LinuxLogTampering, ATextLogThatHasHalfOfTheLoginsIsAnotherKindOfLog)
{
    AnalyserCase logs(schemas());
    auto const text = logs.add_evidence("/var/log/auth.log", "web1");
    auto const journal = logs.add_evidence("system.journal", "web1");
    for (int login = 0; login < 9; ++login) {
        auto const place = static_cast<std::uint64_t>(login) * 100;
        put_accepted(logs, journal, place, minutes(login * 60), false, "hanako", "198.51.100.9", "journal");
        if (login % 2 == 0)
            put_accepted(logs, text, place, minutes(login * 60));
    }
    EXPECT_TRUE(logs.run(analyser).findings.empty());
}

namespace {

void put_account(AnalyserCase& logs, EvidenceNumber evidence, std::string_view name, std::uint32_t uid)
{
    LinuxAccountRow row;
    row.name = name;
    row.uid = uid;
    logs.put(evidence, linux_account_schema, { uid, 10, false }, row);
}

void put_lastlog(AnalyserCase& logs, EvidenceNumber evidence, std::uint32_t uid, Timestamp at)
{
    LinuxLoginRow row;
    row.kind = "last";
    row.file_kind = "lastlog";
    row.at = at;
    row.uid = uid;
    row.terminal = "pts/0";
    row.source_host = "198.51.100.9";
    logs.put(evidence, linux_login_schema, { uid * 292ULL, 292, false }, row);
}

// Two accounts that logged on; lastlog has the newest login of the first.
void put_logins_of_two(AnalyserCase& logs, std::string const& host, Timestamp second_in_lastlog)
{
    auto const wtmp = logs.add_evidence(host + "/var/log/wtmp", host);
    put_login(logs, wtmp, 0, minutes(10), "user", "hanako");
    put_login(logs, wtmp, 1, minutes(20), "user", "taro");
    put_login(logs, wtmp, 2, minutes(9'000), "user", "hanako");
    put_login(logs, wtmp, 3, minutes(9'001), "user", "taro");
    auto const names = logs.add_evidence(host + "/etc/passwd", host);
    put_account(logs, names, "hanako", 1'000);
    put_account(logs, names, "taro", 1'001);
    auto const last = logs.add_evidence(host + "/var/log/lastlog", host);
    put_lastlog(logs, last, 1'000, minutes(9'000));
    if (second_in_lastlog.is_set())
        put_lastlog(logs, last, 1'001, second_in_lastlog);
}

}

TEST(LinuxLogTampering, ALoginThatLastlogShouldHaveAndHasNotIsTold)
{
    AnalyserCase logs(schemas());
    put_logins_of_two(logs, "blanked", {});
    put_logins_of_two(logs, "put-back", minutes(20));
    put_logins_of_two(logs, "kept", minutes(9'001));
    auto const kept = logs.run(analyser);
    std::vector<std::string> hosts;
    for (auto const& finding : kept.findings) {
        EXPECT_EQ(finding.rule, "linux-log.wtmp-without-lastlog");
        hosts.push_back(finding.host);
    }
    EXPECT_THAT(hosts, testing::UnorderedElementsAre("blanked", "put-back"));
}

TEST(LinuxLogTampering, AnEmptyLogOfLoginsContradictsTheLoginsOfOthers)
{
    AnalyserCase logs(schemas());
    for (auto const* host : { "emptied", "quiet", "rotated" }) {
        auto const files = logs.add_evidence(format("{}/bodyfile", host), host);
        put_file(logs, files, 0, "/var/log/wtmp", 0, minutes(5));
        if (std::string_view(host) == "rotated")
            put_file(logs, files, 100, "/var/log/wtmp.1", 3'840, minutes(4));
        auto const text = logs.add_evidence(format("{}/var/log/auth.log", host), host);
        auto const logins = std::string_view(host) == "quiet" ? 9 : 10;
        for (int login = 0; login < logins; ++login)
            put_accepted(logs, text, static_cast<std::uint64_t>(login) * 100, minutes(login * 60));
    }
    auto const kept = logs.run(analyser);
    std::vector<std::string> told;
    for (auto const& finding : kept.findings)
        if (finding.rule == "linux-log.empty-though-written")
            told.push_back(finding.host);
    EXPECT_THAT(told, testing::ElementsAre("emptied"));
}

TEST(LinuxLogTampering, ALogThatEndsDaysBeforeTheOthersIsTold)
{
    AnalyserCase logs(schemas());
    constexpr int day = 24 * 60;
    for (auto const* host : { "cut", "whole" }) {
        auto const audit = logs.add_evidence(format("{}/audit.log", host), host);
        auto const journal = logs.add_evidence(format("{}/system.journal", host), host);
        constexpr std::uint64_t day_us = 86'400'000'000;
        for (int at = 0; at < 12; ++at) {
            auto const days = static_cast<std::uint64_t>(at);
            put_entry(logs, journal, days + 1, minutes(at * day), days * day_us);
            if (std::string_view(host) == "cut" && at > 5)
                continue;
            LinuxAuditEventRow row;
            row.at = minutes(at * day);
            row.serial = days;
            row.type = "USER_START";
            logs.put(audit, linux_audit_event_schema, { days * 100, 100, false }, row);
        }
    }
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.falls-silent");
    EXPECT_EQ(kept.findings[0].host, "cut");
    EXPECT_EQ(kept.findings[0].first_at, minutes(5 * day));
}

TEST(LinuxLogTampering, AShellThatIsToldAtItsStartToForgetIsTold)
{
    AnalyserCase logs(schemas());
    auto const file = logs.add_evidence("/home/hanako/.bashrc", "web1");
    std::uint64_t offset = 0;
    for (auto const* command : { "unset HISTFILE", "export HISTSIZE=0", "HISTSIZE=1000", "HISTFILESIZE=2000" }) {
        LinuxAutostartRow row;
        row.kind = "shell";
        row.path = "/home/hanako/.bashrc";
        row.command = command;
        logs.put(file, linux_autostart_schema, { offset += 50, 20, false }, row);
    }
    auto const kept = logs.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "linux-log.against-logs:startup");
    EXPECT_EQ(kept.findings[0].because_total, 2U);
}

}
