#include "bytes/utf16.hpp"
#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_pca/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_pca {

namespace {

void parse_all(std::string_view content, test::CollectingContext& collected)
{
    parser.parse({ as_bytes(content), { 0, content.size() }, "PcaAppLaunchDic.txt" }, collected.context);
}

}

TEST(WindowsPca, LaunchesHaveAPathATimeAndTheirLine)
{
    auto const content
        = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_pca/testdata/PcaAppLaunchDic.txt");
    EXPECT_EQ(parser.sniff(as_bytes(content), "C/Windows/appcompat/pca/PcaAppLaunchDic.txt"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(content), "notes.txt"), Sniff::no);
    test::CollectingContext collected;
    parse_all(content, collected);
    auto const rows = collected.rows("windows.pca.launch");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("path"), "C:\\TMP\\mim.exe");
    EXPECT_EQ(rows[0].at("last_run_at"), "2021-03-04T00:00:00.5000000Z");
    EXPECT_EQ(rows[1].at("@offset"), "39");
    EXPECT_TRUE(collected.diagnostics.list.empty());
}

TEST(WindowsPca, NotesInUtf16KeepTheOffsetsOfTheEvidence)
{
    std::string const note
        = "2021-03-04 00:00:01.000|2|%temp%\\a.exe|A|B|1.0|0006aa|Abnormal process exit with code 0x1\r\n";
    auto const content = utf16le_from_utf8(note + "no shape at all\r\n");
    test::CollectingContext collected;
    parse_all(content, collected);
    auto const rows = collected.rows("windows.pca.event");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("path"), "%temp%\\a.exe");
    EXPECT_EQ(rows[0].at("detail"), "Abnormal process exit with code 0x1");
    ASSERT_EQ(collected.diagnostics.list.size(), 1U);
    EXPECT_EQ(collected.diagnostics.list[0].error.offset, note.size() * 2);
}

TEST(WindowsPca, KnownFilesOfPlaso)
{
    KONSEKI_NEEDS_DATA(folder, "misc");
    test::CollectingContext collected;
    for (auto const* const name : { "PcaAppLaunchDic.txt", "PcaGeneralDb0.txt" }) {
        auto const content = test::read_file(folder / name);
        EXPECT_EQ(parser.sniff(as_bytes(content), name), Sniff::sure) << name;
        parse_all(content, collected);
    }
    auto const launches = collected.rows("windows.pca.launch");
    ASSERT_EQ(launches.size(), 4U);
    EXPECT_EQ(launches[0].at("last_run_at"), "2022-11-15T00:02:08.4760000Z");
    auto const events = collected.rows("windows.pca.event");
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].at("written_at"), "2022-11-14T23:37:11.7890000Z");
}

}
