#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include "traces/windows_prefetch/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_prefetch {

namespace {

std::vector<std::byte> small_file()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_prefetch/testdata/small_v17.hex"));
}

}

TEST(WindowsPrefetch, AFileGivesItsProgramItsRunsAndWhatItLoaded)
{
    auto const bytes = small_file();
    test::CollectingContext collected;
    parser.parse({ bytes, { 0, bytes.size() }, "A.EXE-00000000.pf" }, collected.context);
    auto const programs = collected.rows("windows.prefetch.program");
    ASSERT_EQ(programs.size(), 1U);
    EXPECT_EQ(programs[0].at("executable"), "A.EXE");
    EXPECT_EQ(programs[0].at("path"), "\\D\\A.EXE");
    EXPECT_EQ(programs[0].at("run_count"), "3");
    EXPECT_EQ(programs[0].at("last_run_at"), "2021-03-04T00:00:00.0000000Z");
    EXPECT_TRUE(programs[0].at("volume_list").ends_with("24CB074B"));
    auto const runs = collected.rows("windows.prefetch.run");
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0].at("run_at"), "2021-03-04T00:00:00.0000000Z");
    EXPECT_EQ(runs[0].at("@offset"), "120");
    auto const files = collected.rows("windows.prefetch.file");
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].at("path"), "\\D\\A.EXE");
    EXPECT_EQ(files[0].count("file_record"), 0U);
    EXPECT_EQ(files[0].at("@offset"), "152");
}

TEST(WindowsPrefetch, CompressedFilesAreSureOnlyByTheirName)
{
    auto const head = as_bytes(std::string_view("MAM\x04\x00\x10\x00\x00", 8));
    EXPECT_EQ(parser.sniff(head, "C/Windows/Prefetch/CMD.EXE-087B4001.pf"), Sniff::sure);
    EXPECT_EQ(parser.sniff(head, "C/Windows/Prefetch/AgGlGlobalHistory.db"), Sniff::maybe);
    EXPECT_EQ(parser.sniff(as_bytes("nothing of the kind"), "x.pf"), Sniff::no);
}

TEST(WindowsPrefetch, ACutNameFindsItsPathByItsBeginning)
{
    std::vector<std::string> const loaded { "\\V\\OTHER.DLL", "\\V\\AM_DELTA_PATCH_1.443.990.0.EXE" };
    EXPECT_EQ(path_of_executable("AM_DELTA_PATCH_1.443.990.0.EX", loaded), loaded[1]);
    EXPECT_EQ(path_of_executable("OTHER", loaded), "");
}

TEST(WindowsPrefetch, KnownFilesGiveTheRunsThatAreStated)
{
    KONSEKI_NEEDS_DATA(folder, "prefetch/plaso");
    struct Known {
        char const* file;
        std::size_t runs;
        char const* last_run;
    };
    for (auto const& known : { Known { "CMD.EXE-087B4001.pf", 1, "2013-03-10T10:11:49.2812500Z" },
             Known { "PING.EXE-B29F6629.pf", 1, nullptr }, Known { "TASKHOST.EXE-3AE259FC.pf", 4, nullptr },
             Known { "ONEDRIVE.EXE-7E152375.pf", 2, "2015-05-14T22:11:05.4852771Z" },
             Known { "NOTEPAD.EXE-D8414F97.pf", 2, "2019-06-05T19:55:04.8777787Z" },
             Known { "AM_DELTA_PATCH_1.443.990.0.EX-7037CF86.pf", 1, nullptr } }) {
        auto const content = test::read_file(folder / known.file);
        EXPECT_EQ(parser.sniff(as_bytes(content).first(512), known.file), Sniff::sure) << known.file;
        test::CollectingContext collected;
        parser.parse({ as_bytes(content), { 0, content.size() }, known.file }, collected.context);
        EXPECT_TRUE(collected.diagnostics.list.empty()) << known.file;
        auto const runs = collected.rows("windows.prefetch.run");
        EXPECT_EQ(runs.size(), known.runs) << known.file;
        if (known.last_run != nullptr && !runs.empty()) {
            EXPECT_EQ(runs[0].at("run_at"), known.last_run) << known.file;
        }
    }
}

TEST(WindowsPrefetch, AWholeWindows11FolderGivesEveryFile)
{
    KONSEKI_NEEDS_DATA(folder, "prefetch/museum-win11/SutharPC");
    std::size_t files = 0;
    test::CollectingContext collected;
    for (auto const& archive : test::files_below(folder, ".7z")) {
        for (auto const& member : test::unpack(archive)) {
            if (member.content.empty())
                continue;
            ++files;
            parser.parse({ as_bytes(member.content), { 0, member.content.size() }, member.name }, collected.context);
        }
    }
    EXPECT_EQ(files, 434U);
    EXPECT_EQ(collected.rows("windows.prefetch.program").size(), 434U);
}

}
