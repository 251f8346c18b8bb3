#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/collector_results/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::collector_results {
namespace {

std::unique_ptr<test::CollectingContext> parsed(std::string_view name, std::string_view bytes)
{
    auto collected = std::make_unique<test::CollectingContext>();
    EvidenceView view;
    view.bytes = as_bytes(bytes);
    view.range = { 0, bytes.size() };
    view.name = name;
    parser.parse(view, collected->context);
    return collected;
}

Sniff sniffed(std::string_view name, std::string_view head)
{
    return parser.sniff(as_bytes(head), name);
}

TEST(CollectorResults, FilesAreToldByPathAndContent)
{
    EXPECT_EQ(sniffed("in/uploads.json", "{\"vfs_path\":\"x\"}"), Sniff::sure);
    EXPECT_EQ(sniffed("in/uploads.json", "{\"a\":1}"), Sniff::no);
    EXPECT_EQ(sniffed("C:\\$Extend\\$UsnJrnl:$J.idx", "{\"ranges\":[]}"), Sniff::sure);
    EXPECT_EQ(sniffed("results/Windows.System.Pslist.json", "{\"Pid\":1}"), Sniff::sure);
    EXPECT_EQ(sniffed("Generic.Client.Info/BasicInformation.json", "[{\"Name\":1}]"), Sniff::sure);
    EXPECT_EQ(sniffed("results/Windows.EventLogs.Evtx.json", "{\"EventID\":1,\"Channel\":\"x\"}"), Sniff::no);
    EXPECT_EQ(sniffed("results/readme.json", "{}"), Sniff::no);
    EXPECT_EQ(sniffed("results/Windows.System.Pslist.json.index", "xx"), Sniff::sure);
}

TEST(CollectorResults, ProcessesConnectionsAndClientsAreRows)
{
    auto const text
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/collector_results/testdata/Pslist.json");
    auto const processes = parsed("results/Windows.System.Pslist.json", text);
    auto const rows = processes->rows("collector.process");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].at("path"), "C:\\Users\\a.exe");
    EXPECT_EQ(rows[1].at("started_at"), "2024-01-02T03:04:06.0000000Z");
    EXPECT_EQ(rows[1].at("sha256"), "t");
    EXPECT_EQ(rows[1].at("signature"), "untrusted");
    EXPECT_EQ(rows[0].count("path"), 0U);
    EXPECT_EQ(processes->rows("collector.result")[0].at("rows"), "2");
    EXPECT_TRUE(processes->diagnostics.list.empty());
    auto const netstat = parsed("results/Windows.Network.Netstat.json",
        R"({"Pid":77,"Name":"a.exe","Family":"IPv4","Type":"TCP","Status":"ESTAB","Laddr":{"IP":"10.0.0.5","Port":50000},"Raddr":{"IP":"203.0.113.9","Port":443},"Timestamp":"2024-01-02T03:04:07Z"})")
                             ->rows("collector.connection");
    ASSERT_EQ(netstat.size(), 1U);
    EXPECT_EQ(netstat[0].at("remote_address"), "203.0.113.9");
    EXPECT_EQ(netstat[0].at("remote_port"), "443");
    auto const client
        = parsed("Generic.Client.Info/BasicInformation.json", R"([{"Hostname":"PC1","Fqdn":"PC1.corp.example"}])");
    EXPECT_EQ(client->rows("collector.client")[0].at("full_name"), "PC1.corp.example");
}

TEST(CollectorResults, ResultsThatNobodyReadsAreSaid)
{
    auto const other = parsed("results/Windows.Sys.Programs%2FAll.json", "{\"A\":1,\"B\":2}\n{\"A\":2}\n");
    EXPECT_EQ(other->rows("collector.result")[0].at("artifact"), "Windows.Sys.Programs/All");
    EXPECT_EQ(other->rows("collector.result")[0].at("columns"), "A, B");
    ASSERT_EQ(other->diagnostics.list.size(), 1U);
    EXPECT_EQ(other->diagnostics.list[0].bytes_lost, 0U);
}

TEST(CollectorResults, UploadsAndHolesKeepTheirNumbers)
{
    auto const uploads = parsed("uploads.json",
        R"({"vfs_path":"\\\\.\\C:\\$Extend\\$UsnJrnl:$J","_Components":["uploads","ntfs","\\\\.\\C:","$Extend","$UsnJrnl:$J"],"file_size":13771763704,"uploaded_size":39612408,"Type":""})")
                             ->rows("collector.upload");
    ASSERT_EQ(uploads.size(), 1U);
    EXPECT_EQ(uploads[0].at("path"), "\\\\.\\C:\\$Extend\\$UsnJrnl:$J");
    EXPECT_EQ(uploads[0].at("stored_as"), "uploads/ntfs/\\\\.\\C:/$Extend/$UsnJrnl:$J");
    EXPECT_EQ(uploads[0].at("file_size_bytes"), "13771763704");
    auto const ranges = parsed("$J.idx",
        R"({"ranges":[{"length":9301852160},{"original_offset":9301852160,"length":4430299136},{"original_offset":13732151296,"file_length":39612408,"length":39612408}]})")
                            ->rows("collector.range");
    ASSERT_EQ(ranges.size(), 3U);
    EXPECT_EQ(ranges[0].at("is_hole"), "true");
    EXPECT_EQ(ranges[2].at("original_offset"), "13732151296");
    EXPECT_EQ(ranges[2].at("is_hole"), "false");
}

TEST(CollectorResults, EveryPrefixIsSurvived)
{
    auto const text
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/collector_results/testdata/Pslist.json");
    for (std::size_t size = 0; size < text.size(); size += 5)
        (void)parsed("results/Windows.System.Pslist.json", std::string_view(text).substr(0, size));
}

}
}
