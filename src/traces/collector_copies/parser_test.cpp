#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/collector_copies/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::collector_copies {
namespace {

std::vector<test::Row> rows_of(std::string_view bytes)
{
    test::CollectingContext collected;
    EvidenceView view;
    view.bytes = as_bytes(bytes);
    view.range = { 0, bytes.size() };
    parser.parse(view, collected.context);
    return collected.rows("collector.copy");
}

TEST(CollectorCopies, KapeSaysWhereItTookFilesFromAndWhatItLeft)
{
    std::string_view const copied
        = "\xef\xbb\xbf"
          "CopiedTimestamp,SourceFile,DestinationFile,FileSize,SourceFileSha1,DeferredCopy,CreatedOnUtc,ModifiedOnUtc,"
          "LastAccessedOnUtc,CopyDuration\r\n"
          "2023-02-06 02:14:54.1234567,C:\\$MFT,E:\\out\\C\\$MFT,1048576,aa,True,2020-01-02 03:04:05.0000001,"
          "2020-01-02 03:04:06.0000000,2020-01-02 03:04:07.0000000,00:00:01\r\n";
    EXPECT_EQ(parser.sniff(as_bytes(copied), "x"), Sniff::sure);
    auto const rows = rows_of(copied);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("tool"), "kape");
    EXPECT_EQ(rows[0].at("path"), "C:\\$MFT");
    EXPECT_EQ(rows[0].at("stored_as"), "E:\\out\\C\\$MFT");
    EXPECT_EQ(rows[0].at("created_at"), "2020-01-02T03:04:05.0000001Z");
    EXPECT_EQ(rows[0].at("sha1"), "aa");
    std::string_view const skipped = "SourceFile,SourceFileSha1,Reason\nC:\\a.log,bb,Deduped\n";
    EXPECT_EQ(rows_of(skipped)[0].at("skip_reason"), "Deduped");
    EXPECT_EQ(parser.sniff(as_bytes(std::string_view("SourceFile,Reason\n")), "x"), Sniff::no);
}

TEST(CollectorCopies, KonsekiListsEveryMember)
{
    std::string_view const manifest
        = "{\"path\":\"konseki-collection.json\",\"size\":498,\"sha256\":\"97f3\",\"mtime\":\"2026-11-23T14:50:41Z\"}\n"
          "{\"path\":\"[root]/etc/passwd\",\"size\":5,\"sha256\":\"aa\",\"mtime\":\"2026-01-02T03:04:05Z\",\"source\":"
          "\"/etc/passwd\"}\n{\"path\":\"manifest.jsonl\",\"members\":2,\"finished_at\":\"2026-11-23T14:51:38Z\"}\n";
    EXPECT_EQ(parser.sniff(as_bytes(manifest), "c/manifest.jsonl"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(manifest), "other.jsonl"), Sniff::no);
    test::CollectingContext collected;
    parser.parse({ as_bytes(manifest), { 0, manifest.size() }, "manifest.jsonl" }, collected.context);
    auto const rows = collected.rows("collector.copy");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].at("tool"), "konseki");
    EXPECT_EQ(rows[1].at("path"), "/etc/passwd");
    EXPECT_EQ(rows[1].at("stored_as"), "[root]/etc/passwd");
    EXPECT_EQ(rows[1].at("modified_at"), "2026-01-02T03:04:05.0000000Z");
}

TEST(CollectorCopies, OrcSaysWhichSampleIsWhichFile)
{
    auto const text
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/collector_copies/testdata/GetThis.csv");
    EXPECT_EQ(parser.sniff(as_bytes(std::string_view(text)), "x"), Sniff::sure);
    auto const rows = rows_of(text);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("tool"), "orc");
    EXPECT_EQ(rows[0].at("path"), "\\Windows\\System32\\config\\SYSTEM");
    EXPECT_EQ(rows[0].at("name_created_at"), "2021-03-02T10:00:04.0000000Z");
    for (std::size_t size = 0; size < text.size(); size += 3)
        (void)rows_of(std::string_view(text).substr(0, size));
}

}
}
