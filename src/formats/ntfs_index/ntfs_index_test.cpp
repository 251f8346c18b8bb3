#include "bytes/byte_reader.hpp"
#include "formats/ntfs_index/ntfs_index.hpp"
#include "support/samples.hpp"
#include <random>
#include <gtest/gtest.h>

namespace konseki::ntfs_index {

namespace {

struct Collect final : DiagnosticSink, Visitor {
    std::vector<Diagnostic> diagnostics;
    std::vector<Entry> entries;
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    void on_entry(Entry const& entry) override { entries.push_back(entry); }
    std::size_t live() const
    {
        return static_cast<std::size_t>(
            std::count_if(entries.begin(), entries.end(), [](Entry const& entry) { return !entry.is_in_slack; }));
    }
};

Collect read_all(ByteView bytes)
{
    Collect collect;
    read(bytes, collect, collect);
    return collect;
}

std::vector<std::byte> small_index()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/ntfs_index/testdata/small.hex"));
}

// The node of a small page, behind the header that a root has in the MFT.
std::vector<std::byte> small_root()
{
    auto const page = small_index();
    std::vector<std::byte> root(16);
    root[0] = std::byte { 0x30 }; // it is sorted by $FILE_NAME
    ByteReader reader { page };
    reader.seek(0x18 + 4, "used");
    auto const used = reader.u32("used");
    root.insert(root.end(), page.begin() + 0x18, page.begin() + 0x18 + used);
    return root;
}

}

TEST(NtfsIndex, LiveEntriesAndNamesInSlackAreRead)
{
    auto const bytes = small_index();
    EXPECT_EQ(sniff(bytes), Sniff::sure);
    EXPECT_EQ(page_bytes_of(bytes), 1'024U);
    auto const all = read_all(bytes);
    EXPECT_TRUE(all.diagnostics.empty());
    ASSERT_EQ(all.entries.size(), 4U);
    EXPECT_EQ(all.entries[0].name.name, "alpha.txt");
    EXPECT_EQ(all.entries[0].file->record(), 6'001U);
    EXPECT_EQ(all.entries[0].file->sequence(), 2U);
    EXPECT_EQ(all.entries[0].name.parent.record(), 5'000U);
    EXPECT_EQ(all.entries[0].name.size_bytes, 100U);
    EXPECT_EQ(to_string(all.entries[0].name.times.created_at), "2021-01-01T00:00:00.0000000Z");
    EXPECT_EQ(to_string(all.entries[0].name.times.accessed_at), "2021-01-01T00:00:03.0000000Z");
    EXPECT_FALSE(all.entries[1].is_in_slack);
    EXPECT_TRUE(all.entries[2].is_in_slack);
    EXPECT_EQ(all.entries[2].name.name, "gone.exe");
    EXPECT_EQ(all.entries[2].file->record(), 6'003U);
    EXPECT_EQ(all.entries[2].name.size_bytes, 73'802U);
}

TEST(NtfsIndex, ARootIsReadLikeAPage)
{
    auto const root = small_root();
    Collect all;
    read_root(root, 5'000, all, all);
    EXPECT_TRUE(all.diagnostics.empty());
    ASSERT_EQ(all.entries.size(), 2U);
    EXPECT_EQ(all.entries[0].name.name, "alpha.txt");
    EXPECT_EQ(all.entries[0].file->record(), 6'001U);
    EXPECT_GE(all.entries[0].offset, 5'032U);
    for (std::size_t size = 0; size < root.size(); ++size) {
        Collect cut;
        read_root(ByteView(root).first(size), 0, cut, cut);
        EXPECT_EQ(cut.diagnostics.size(), 1U) << size;
    }
}

TEST(NtfsIndex, ANameWithoutItsHeaderAcrossASectorIsWholeAndHasNoFile)
{
    auto const all = read_all(small_index());
    ASSERT_EQ(all.entries.size(), 4U);
    EXPECT_EQ(all.entries[3].name.name, "lost header.dll");
    EXPECT_FALSE(all.entries[3].file.has_value());
    EXPECT_TRUE(all.entries[3].is_in_slack);
}

TEST(NtfsIndex, APageWithoutItsHeaderStillGivesItsNames)
{
    auto bytes = small_index();
    bytes[0] = std::byte { 'X' };
    auto const all = read_all(bytes);
    EXPECT_EQ(all.diagnostics.size(), 1U);
    EXPECT_EQ(all.live(), 0U);
    EXPECT_GE(all.entries.size(), 3U);
}

TEST(NtfsIndex, AnUpdateSequenceThatDoesNotFitIsTold)
{
    auto bytes = small_index();
    bytes[511] = std::byte { 0x77 };
    auto const all = read_all(bytes);
    ASSERT_EQ(all.diagnostics.size(), 1U);
    EXPECT_EQ(all.diagnostics[0].error.what, "index.fixup");
    EXPECT_EQ(all.live(), 2U);
}

TEST(NtfsIndex, AHostileSizeCostsNoOtherEntry)
{
    auto bytes = small_index();
    bytes[0x48] = bytes[0x49] = std::byte { 0xff }; // size of the first entry
    auto const all = read_all(bytes);
    EXPECT_EQ(all.diagnostics.size(), 1U);
    EXPECT_EQ(all.entries.size(), 4U); // found as if they lay in slack
}

TEST(NtfsIndex, EveryPrefixAndFlippedByteIsSurvived)
{
    auto const bytes = small_index();
    for (std::size_t size = 0; size < bytes.size(); ++size)
        (void)read_all(ByteView(bytes).first(size));
    std::mt19937 random { 7 };
    for (int turn = 0; turn < 2'000; ++turn) {
        auto damaged = bytes;
        for (int flips = 0; flips < 8; ++flips)
            damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        (void)read_all(damaged);
    }
}

TEST(NtfsIndex, DeletedNamesOfRealBuffersAreFound)
{
    KONSEKI_NEEDS_DATA(folder, "ntfs/ez/$I30");
    auto const of = [&](std::string_view state) {
        auto const text = test::read_file(folder / state / "$I30");
        return read_all(as_bytes(text));
    };
    auto const start = of("Start");
    auto const first = of("FirstDelete");
    auto const second = of("SecondDelete");
    for (auto const* one : { &start, &first, &second })
        EXPECT_TRUE(one->diagnostics.empty());
    EXPECT_EQ(start.live(), 50U);
    EXPECT_EQ(first.live(), 20U);
    EXPECT_EQ(second.live(), 10U);
    for (auto const* one : { &start, &first, &second }) // as a search for the directory's reference counts them
        EXPECT_EQ(one->entries.size(), 101U);
    for (auto const* one : { &start, &first, &second })
        for (auto const& entry : one->entries)
            EXPECT_EQ(entry.name.parent.record(), 0x1d044U) << entry.name.name;
}

}
