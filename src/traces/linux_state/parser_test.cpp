#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/linux_state/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::linux_state {
namespace {

std::string processes()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/linux_state/testdata/processes.jsonl");
}

void parse_into(test::CollectingContext& collected, std::string_view content, std::string_view name)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, name }, collected.context);
}

TEST(LinuxState, LinesAreRowsOfTheSchemaThatTheFirstLineNames)
{
    auto const content = processes();
    EXPECT_EQ(parser.sniff(as_bytes(content), "state/processes.jsonl"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(content), "processes/812/fd/7"), Sniff::no); // of another collector at work
    test::CollectingContext collected;
    parse_into(collected, content, "state/processes.jsonl");
    auto const rows = collected.rows("linux.process");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("pid"), "1");
    EXPECT_EQ(rows[0].at("parent_pid"), "0");
    EXPECT_EQ(rows[0].at("started_at"), "2026-11-23T01:02:03.2500000Z");
    EXPECT_EQ(rows[0].at("executable"), "/usr/lib/systemd/systemd");
    EXPECT_EQ(rows[0].at("@offset"), "46");
    EXPECT_FALSE(rows[0].contains("deleted_files"));
    EXPECT_EQ(rows[1].at("executable_state"), "memfd");
    EXPECT_EQ(rows[1].at("deleted_files"), "2");
}

TEST(LinuxState, ADamagedLineCostsItselfAndIsSaid)
{
    test::CollectingContext collected;
    parse_into(collected, processes(), "state/processes.jsonl");
    ASSERT_EQ(collected.diagnostics.list.size(), 2U);
    EXPECT_EQ(collected.diagnostics.list[0].error.what, "linux_state.line");
    EXPECT_EQ(collected.diagnostics.list[0].bytes_lost, 25U);
    EXPECT_EQ(collected.diagnostics.list[1].error.what, "linux_state.member");
    EXPECT_EQ(collected.diagnostics.list[1].bytes_lost, 0U);
}

TEST(LinuxState, EverySchemaOfACollectionIsKnown)
{
    for (auto const* schema : parser.emits) {
        auto const content = format("{{\"konseki_state\":\"{}\",\"version\":1}}\n{{}}\n", schema->name);
        test::CollectingContext collected;
        parse_into(collected, content, "state/x.jsonl");
        EXPECT_EQ(collected.rows(schema->name).size(), 1U) << schema->name;
        EXPECT_TRUE(collected.diagnostics.list.empty()) << schema->name;
    }
}

TEST(LinuxState, UnknownSchemasAndVersionsAreSaid)
{
    test::CollectingContext collected;
    parse_into(collected, "{\"konseki_state\":\"linux.ghost\",\"version\":1}\n{}\n", "x.jsonl");
    ASSERT_EQ(collected.diagnostics.list.size(), 1U);
    EXPECT_EQ(collected.diagnostics.list[0].error.what, "linux_state.schema");
    test::CollectingContext newer;
    parse_into(newer, "{\"konseki_state\":\"linux.mount\",\"version\":2}\n{\"mount_point\":\"/\"}\n", "x.jsonl");
    EXPECT_EQ(newer.rows("linux.mount").size(), 1U);
    ASSERT_EQ(newer.diagnostics.list.size(), 1U);
    EXPECT_EQ(newer.diagnostics.list[0].error.what, "linux_state.version");
}

TEST(LinuxState, PiecesGiveTheSameRowsAsTheWhole)
{
    auto const content = processes();
    test::CollectingContext whole, pieces;
    parse_into(whole, content, "state/processes.jsonl");
    auto const ranges = parser.split(as_bytes(content), 50);
    EXPECT_EQ(ranges.size(), 2U);
    for (auto const& range : ranges)
        parser.parse({ as_bytes(content), range, "state/processes.jsonl", 1, range.offset == 0,
                         range.offset + range.size == content.size() },
            pieces.context);
    EXPECT_EQ(pieces.rows("linux.process"), whole.rows("linux.process"));
}

TEST(LinuxState, TheCollectionDescribesItsHost)
{
    std::string_view const content
        = R"({"konseki_collection":1,"host":"web-1","os":"debian","kernel":"6.1.0-13-amd64",)"
          R"("began_at":"2026-11-23T01:02:03Z","is_root":false})";
    EXPECT_EQ(parser.sniff(as_bytes(content), "c/konseki-collection.json"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(content), "c/other.json"), Sniff::no);
    test::CollectingContext collected;
    parse_into(collected, content, "c/konseki-collection.json");
    auto const rows = collected.rows("linux.host");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("name"), "web-1");
    EXPECT_EQ(rows[0].at("is_root"), "false");
    EXPECT_EQ(rows[0].at("collected_at"), "2026-11-23T01:02:03.0000000Z");
}

TEST(LinuxState, RenderShowsTheLine)
{
    auto const content = processes();
    test::MapDictionary dictionary;
    EvidenceView const view { as_bytes(content), { 0, content.size() }, "state/processes.jsonl" };
    EXPECT_TRUE(parser.render(view, { 46, 0, false }, dictionary, "xml")->starts_with("{\"pid\":1,"));
    EXPECT_EQ(parser.render(view, { content.size(), 0, false }, dictionary, "xml"), std::nullopt);
}

TEST(LinuxState, EveryPrefixIsSurvived)
{
    auto const content = processes();
    for (std::size_t size = 0; size <= content.size(); ++size) {
        test::CollectingContext collected;
        parse_into(collected, std::string_view(content).substr(0, size), "state/processes.jsonl");
    }
}

}
}
