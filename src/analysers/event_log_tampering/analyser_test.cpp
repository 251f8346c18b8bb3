#include "analysers/event_log_tampering/analyser.hpp"
#include "support/analyser_case.hpp"
#include <gmock/gmock.h>

namespace konseki::event_log_tampering {
namespace {

using test::AnalyserCase;
using test::minutes;
using testing::HasSubstr;

void put_file(AnalyserCase& tampered, EvidenceNumber evidence, bool is_dirty)
{
    windows_event::FileRow row;
    row.is_dirty = is_dirty;
    tampered.put(evidence, windows_event::file_schema, { 0, 4'096, false }, row);
}

void put_sign(AnalyserCase& tampered, EvidenceNumber evidence, std::uint64_t offset, std::string_view kind)
{
    windows_event::SignRow row;
    row.kind = kind;
    row.record_id = 105;
    row.written_at = minutes(5);
    row.detail = "a sentence";
    tampered.put(evidence, windows_event::sign_schema, { offset, 100, false }, row);
}

void put_chunk(AnalyserCase& tampered, EvidenceNumber evidence, std::uint64_t offset, std::uint64_t first_id,
    std::uint64_t last_id, std::int64_t first, std::int64_t last)
{
    windows_event::ChunkRow row;
    row.channel = "Security";
    row.first_id = first_id;
    row.last_id = last_id;
    row.first_at = minutes(first);
    row.last_at = minutes(last);
    row.live_count = static_cast<std::uint32_t>(last_id - first_id + 1);
    tampered.put(evidence, windows_event::chunk_schema, { offset, 65'536, false }, row);
}

TEST(EventLogTampering, AHiddenRecordIsCriticalAndABadChecksumInAnOpenLogIsNot)
{
    AnalyserCase tampered;
    auto const closed = tampered.add_evidence("Security.evtx");
    auto const open = tampered.add_evidence("System.evtx");
    tampered.event(closed, 100, "Security", 4624, 1, minutes(0));
    tampered.event(open, 100, "System", 1, 1, minutes(0), "x");
    put_file(tampered, closed, false);
    put_file(tampered, open, true);
    put_sign(tampered, closed, 5'000, "record_hidden");
    put_sign(tampered, closed, 4'096, "chunk_records_crc");
    put_sign(tampered, open, 4'096, "chunk_records_crc");
    put_sign(tampered, open, 0, "file_dirty");
    auto const kept = tampered.run(analyser);
    ASSERT_NE(kept.find("event-log.record_hidden"), nullptr);
    EXPECT_EQ(kept.find("event-log.record_hidden")->severity, Severity::critical);
    EXPECT_EQ(kept.find("event-log.record_hidden")->host, "PC1");
    EXPECT_EQ(kept.find("event-log.record_hidden")->because.front().trace, (TraceId { closed, 5'000 }));
    EXPECT_EQ(kept.find("event-log.chunk_records_crc.open")->severity, Severity::informational);
    EXPECT_EQ(kept.find("event-log.file_dirty")->severity, Severity::informational);
    EXPECT_EQ(kept.findings.size(), 4U);
}

TEST(EventLogTampering, GapsInsideAFileWeighMoreThanGapsBetweenFiles)
{
    AnalyserCase tampered;
    auto const first = tampered.add_evidence("a.evtx");
    auto const second = tampered.add_evidence("b.evtx");
    for (auto const evidence : { first, second })
        tampered.event(evidence, 100, "Security", 4624, 1, minutes(0));
    put_chunk(tampered, first, 4'096, 1, 100, 0, 10);
    put_chunk(tampered, first, 69'632, 151, 200, 20, 30);
    put_chunk(tampered, second, 4'096, 901, 1'000, 100, 110);
    put_chunk(tampered, second, 69'632, 950, 1'100, 105, 120); // overlapping copies are no gap
    auto const kept = tampered.run(analyser);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.find("event-log.gap-between-chunks")->severity, Severity::medium);
    EXPECT_THAT(kept.find("event-log.gap-between-chunks")->explanation.en, HasSubstr("50 record numbers"));
    EXPECT_EQ(kept.find("event-log.gap-between-files")->severity, Severity::informational);
    EXPECT_THAT(kept.find("event-log.gap-between-files")->explanation.en, HasSubstr("700 record numbers"));
}

TEST(EventLogTampering, ExportsThatAreNumberedAnewHaveNoGap)
{
    AnalyserCase tampered;
    auto const first = tampered.add_evidence("a.evtx");
    auto const second = tampered.add_evidence("b.evtx");
    for (auto const evidence : { first, second })
        tampered.event(evidence, 100, "Security", 4624, 1, minutes(0));
    put_chunk(tampered, first, 4'096, 500, 600, 100, 110);
    put_chunk(tampered, second, 4'096, 1'000, 1'100, 0, 10); // higher numbers, earlier time
    EXPECT_TRUE(tampered.run(analyser).findings.empty());
}

TEST(EventLogTampering, AnExportMayRunBackwards)
{
    AnalyserCase tampered;
    auto const exported = tampered.add_evidence("export.evtx");
    auto const original = tampered.add_evidence("Security.evtx");
    tampered.event(exported, 100, "Security", 4624, 1, minutes(0));
    tampered.event(original, 100, "Security", 4624, 700, minutes(0));
    put_sign(tampered, exported, 5'000, "time_backwards");
    put_sign(tampered, original, 5'000, "time_backwards");
    auto const kept = tampered.run(analyser);
    ASSERT_EQ(kept.findings.size(), 2U);
    EXPECT_EQ(kept.find("event-log.time_backwards.export")->severity, Severity::informational);
    EXPECT_EQ(kept.findings[0].severity, Severity::low);
}

TEST(EventLogTampering, ForwardedEventsMayJump)
{
    AnalyserCase tampered;
    auto const evidence = tampered.add_evidence("ForwardedEvents.evtx");
    tampered.event(evidence, 100, "Security", 4624, 1, minutes(0));
    tampered.event(evidence, 200, "Security", 4624, 1, minutes(0), "x", false, "PC2");
    put_sign(tampered, evidence, 5'000, "record_id_gap");
    EXPECT_TRUE(tampered.run(analyser).findings.empty());
}

TEST(EventLogTampering, RecordsFromBeforeAClearAreAFinding)
{
    AnalyserCase tampered;
    auto const evidence = tampered.add_evidence("Security.evtx");
    tampered.event(evidence, 100, "Security", 1102, 50, minutes(10), "Microsoft-Windows-Eventlog");
    tampered.event(evidence, 200, "Security", 4624, 51, minutes(11));
    tampered.event(evidence, 300, "Security", 4688, 7, minutes(5), "Microsoft-Windows-Security-Auditing", true);
    tampered.event(evidence, 400, "Security", 4624, 51, minutes(11), "Microsoft-Windows-Security-Auditing",
        true); // after the clear
    auto const kept = tampered.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "event-log.survivors:Security");
    EXPECT_EQ(kept.findings[0].severity, Severity::high);
    EXPECT_THAT(kept.traces[0], testing::ElementsAre(TraceId { evidence, 300 }));
}

TEST(EventLogTampering, AStopCountsOnlyWithoutAShutdown)
{
    AnalyserCase tampered;
    auto const evidence = tampered.add_evidence("logs");
    tampered.event(evidence, 100, "System", 7036, 1, minutes(0), "Service Control Manager");
    tampered.event(evidence, 200, "System", 6006, 2, minutes(60), "EventLog");
    tampered.event(evidence, 300, "System", 7036, 3, minutes(300), "Service Control Manager");
    tampered.event(evidence, 400, "Security", 1100, 1, minutes(61), "Microsoft-Windows-Eventlog");
    EXPECT_TRUE(tampered.run(analyser).findings.empty());
    tampered.event(evidence, 500, "Security", 1100, 2, minutes(200), "Microsoft-Windows-Eventlog");
    auto const kept = tampered.run(analyser);
    ASSERT_EQ(kept.findings.size(), 1U);
    EXPECT_EQ(kept.findings[0].rule, "event-log.stopped-without-shutdown");
}

}
}
