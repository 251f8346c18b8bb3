#include "intake/image/segments.hpp"
#include "support/collecting_context.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::intake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::set<std::string> const walked { "/a/disk.001", "/a/disk.002", "/a/disk.003", "/a/disk.txt", "/a/other.002",
    "/a/pc.E01", "/a/pc.E02", "/a/pc.E99", "/a/pc.EAA", "/a/pc.EAB", "/a/pc.FAA", "/a/pc.log", "/a/vm.vmdk",
    "/a/vm-flat.vmdk", "/a/vm-s001.vmdk", "/a/vm-s010.vmdk", "/a/vm-s002.vmdk", "/a/vm-notes.vmdk", "/a/x.000",
    "/a/x.001", "/a/small.e01", "/a/small.e02" };

Companion companion(std::string_view name, std::string_view bytes)
{
    return { name, as_bytes(bytes) };
}

}

TEST(ImageSegments, FamiliesAreKnownByTheNamesOfTheirFiles)
{
    EXPECT_THAT(segments_of("/a/disk.001", walked), ElementsAre("/a/disk.002", "/a/disk.003"));
    EXPECT_THAT(segments_of("/a/x.000", walked), ElementsAre("/a/x.001"));
    EXPECT_THAT(segments_of("/a/disk.002", walked), IsEmpty());
    EXPECT_THAT(
        segments_of("/a/pc.E01", walked), ElementsAre("/a/pc.E02", "/a/pc.E99", "/a/pc.EAA", "/a/pc.EAB", "/a/pc.FAA"));
    EXPECT_THAT(segments_of("/a/small.e01", walked), ElementsAre("/a/small.e02"));
    EXPECT_THAT(segments_of("/a/vm.vmdk", walked),
        ElementsAre("/a/vm-flat.vmdk", "/a/vm-s001.vmdk", "/a/vm-s002.vmdk", "/a/vm-s010.vmdk"));
    for (auto const* const path : { "/a/disk.txt", "/a/pc.log", "/a.b/disk", "/a/none.001", "", "." })
        EXPECT_THAT(segments_of(path, walked), IsEmpty()) << path;
}

TEST(ImageSegments, LaterFilesBelongToAFirstThatIsThere)
{
    for (auto const* const path : { "/a/disk.002", "/a/disk.003", "/a/pc.E02", "/a/pc.FAA", "/a/vm-flat.vmdk",
             "/a/vm-s010.vmdk", "/a/x.001", "/a/small.e02" })
        EXPECT_TRUE(is_later_segment(path, walked)) << path;
    for (auto const* const path : { "/a/disk.001", "/a/other.002", "/a/pc.E01", "/a/pc.log", "/a/vm.vmdk", "/a/x.000",
             "/a/vm-notes.vmdk", "/a/disk.txt", "/b/pc.E02", "" })
        EXPECT_FALSE(is_later_segment(path, walked)) << path;
}

TEST(ImageSegments, AGapEndsTheImageAndIsSaid)
{
    test::CollectingDiagnostics diagnostics;
    auto const first = companion("a/disk.001", "12");
    std::array const all { companion("disk.002", "34"), companion("disk.004", "5678") };
    EXPECT_EQ(usable_segments("raw", first, all, diagnostics).size(), 1U);
    ASSERT_EQ(diagnostics.list.size(), 1U);
    EXPECT_EQ(diagnostics.list[0].bytes_lost, 5U);
    EXPECT_EQ(diagnostics.list[0].error.detail,
        "segment 3 of disk.001 is not there: what lies in it and behind it cannot be read");
    EXPECT_EQ(usable_segments("vmdk", first, all, diagnostics).size(), 2U);
    EXPECT_EQ(diagnostics.list.size(), 1U);
}

TEST(ImageSegments, EwfFilesSayTheirNumberAndWhetherAnotherFollows)
{
    auto const segment = [](char number, std::string_view last_section) {
        std::string bytes("EVF\x09\x0d\x0a\xff\x00\x01", 9);
        bytes += number;
        bytes.append("\0\0\0", 3);
        bytes += last_section;
        bytes.resize(bytes.size() + 76 - last_section.size(), '\0');
        return bytes;
    };
    auto const one = segment(1, "next"), two = segment(2, "done"), two_of_three = segment(2, "next");
    test::CollectingDiagnostics whole, cut, strange;
    std::array const good { companion("pc.E02", two) };
    EXPECT_EQ(usable_segments("ewf", companion("pc.E01", one), good, whole).size(), 1U);
    EXPECT_TRUE(whole.list.empty());
    std::array const half { companion("pc.E02", two_of_three) };
    EXPECT_EQ(usable_segments("ewf", companion("pc.E01", one), half, cut).size(), 1U);
    ASSERT_EQ(cut.list.size(), 1U);
    EXPECT_TRUE(cut.list[0].error.detail.starts_with("segment 3 of pc.E01"));
    std::array const foreign { companion("pc.E02", one), companion("pc.E03", "short") };
    EXPECT_TRUE(usable_segments("ewf", companion("pc.E01", one), foreign, strange).empty());
    EXPECT_EQ(strange.list.size(), 1U);
}

}
