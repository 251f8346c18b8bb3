#include "formats/ntfs_security/descriptor.hpp"
#include "formats/ntfs_security/ntfs_security.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <random>
#include <gtest/gtest.h>

namespace konseki::ntfs_security {

namespace {

struct Kept {
    std::uint32_t id = 0;
    bool is_hash_right = false, is_from_mirror = false;
    Descriptor descriptor;
};

struct Collect final : DiagnosticSink, Visitor {
    std::vector<Diagnostic> diagnostics;
    std::vector<Kept> entries;
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    void on_entry(Entry const& entry) override
    {
        Kept kept { entry.id, entry.is_hash_right, entry.is_from_mirror, {} };
        if (auto descriptor = read_descriptor(entry.descriptor, entry.offset); descriptor.ok())
            kept.descriptor = std::move(descriptor).value();
        entries.push_back(std::move(kept));
    }
};

Collect read_all(ByteView bytes)
{
    Collect collect;
    read(bytes, collect, collect);
    return collect;
}

std::vector<std::byte> small_stream()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/ntfs_security/testdata/small.hex"));
}

}

TEST(NtfsSecurity, EntriesAreReadCheckedAndWrittenAsSddl)
{
    auto const bytes = small_stream();
    EXPECT_EQ(sniff(bytes), Sniff::sure);
    auto const all = read_all(bytes);
    EXPECT_TRUE(all.diagnostics.empty());
    ASSERT_EQ(all.entries.size(), 2U);
    EXPECT_EQ(all.entries[0].id, 0x100U);
    EXPECT_TRUE(all.entries[0].is_hash_right);
    EXPECT_EQ(all.entries[0].descriptor.sddl, "O:BAG:SYD:(A;;FA;;;SY)(A;OICI;0x1200a9;;;BU)(D;ID;SD;;;WD)");
    EXPECT_EQ(all.entries[0].descriptor.owner, "S-1-5-32-544");
    EXPECT_EQ(all.entries[1].id, 0x101U);
    EXPECT_EQ(all.entries[1].descriptor.sddl, "O:S-1-5-21-1-2-3-1001G:BAD:PAI(A;OICIIO;SDGXGWGR;;;AU)S:(ML;;NW;;;ME)");
}

TEST(NtfsSecurity, ADamagedEntryIsReadFromTheMirror)
{
    constexpr std::size_t block_bytes = 0x40000;
    auto const small = small_stream();
    std::vector<std::byte> stream(2 * block_bytes);
    std::copy(small.begin(), small.end(), stream.begin());
    std::copy(small.begin(), small.end(), stream.begin() + block_bytes);
    stream[30] = std::byte { 0x55 };
    auto const all = read_all(stream);
    ASSERT_EQ(all.entries.size(), 2U);
    EXPECT_TRUE(all.entries[0].is_hash_right);
    EXPECT_TRUE(all.entries[0].is_from_mirror);
    EXPECT_FALSE(all.entries[1].is_from_mirror);
    stream[block_bytes + 31] = std::byte { 0x55 }; // both are damaged: shown, and said to be wrong
    EXPECT_FALSE(read_all(stream).entries[0].is_hash_right);
}

TEST(NtfsSecurity, WhatIsLostIsToldAndTheNextEntrySurvives)
{
    auto bytes = small_stream();
    bytes[16] = bytes[17] = bytes[18] = std::byte { 0xff }; // size of the first entry
    EXPECT_EQ(sniff(bytes), Sniff::no);
    auto const all = read_all(bytes);
    ASSERT_EQ(all.entries.size(), 1U);
    EXPECT_EQ(all.entries[0].id, 0x101U);
    ASSERT_EQ(all.diagnostics.size(), 1U);
    EXPECT_GT(all.diagnostics[0].bytes_lost, 100U);
}

TEST(NtfsSecurity, AnAbsentListMeansEverybody)
{
    // revision 1, self-relative, DACL present, no offsets
    auto const bytes = test::bytes_from_hex("01000480 00000000 00000000 00000000 00000000");
    auto const descriptor = read_descriptor(bytes, 0);
    ASSERT_TRUE(descriptor.ok());
    EXPECT_EQ(descriptor.value().sddl, "D:NO_ACCESS_CONTROL");
    EXPECT_FALSE(read_descriptor(test::bytes_from_hex("02000480 00000000 00000000 00000000 00000000"), 0).ok());
}

TEST(NtfsSecurity, EveryPrefixAndFlippedByteIsSurvived)
{
    auto const bytes = small_stream();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        (void)read_all(ByteView(bytes).first(size));
        (void)sniff(ByteView(bytes).first(size));
    }
    std::mt19937 random { 7 };
    for (int turn = 0; turn < 5'000; ++turn) {
        auto damaged = bytes;
        for (int flips = 0; flips < 4; ++flips)
            damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        (void)read_all(damaged);
        (void)read_descriptor(ByteView(damaged).subspan(20), 20);
    }
}

TEST(NtfsSecurity, WhatLiesBehindTheLastEntryIsToldAndIsNoLoss)
{
    auto bytes = small_stream();
    for (int at = 0; at < 64; ++at)
        bytes.push_back(static_cast<std::byte>('P'));
    auto const all = read_all(bytes);
    EXPECT_EQ(all.entries.size(), 2U);
    ASSERT_EQ(all.diagnostics.size(), 1U);
    EXPECT_EQ(all.diagnostics[0].bytes_lost, 0U);
}

// The stream is not taken out of the volume: it is found where a sector begins with an entry whose hash is right.
TEST(NtfsSecurity, RealVolumesOfWindows10GiveWhatTheFormatterWroteThere)
{
    KONSEKI_NEEDS_DATA(folder, "ntfs");
    auto const image = test::unpack_one(folder / "ntfs-lastaccess.raw.gz"); // the smallest: 256 MiB
    auto const volume = as_bytes(image);
    std::size_t place = 0;
    while (place < volume.size() && sniff(volume.subspan(place)) != Sniff::sure)
        place += 512;
    ASSERT_LT(place, volume.size());
    auto const all = read_all(volume.subspan(place, std::min<std::size_t>(volume.size() - place, 4'096)));
    ASSERT_EQ(all.entries.size(), 13U);
    for (std::uint32_t at = 0; at < all.entries.size(); ++at) {
        EXPECT_EQ(all.entries[at].id, 0x100 + at);
        EXPECT_TRUE(all.entries[at].is_hash_right && all.entries[at].descriptor.is_whole);
    }
    EXPECT_EQ(all.entries[0].descriptor.sddl, "O:SYG:BAD:(A;;FR;;;SY)(A;;FR;;;BA)");
    EXPECT_EQ(all.entries[5].descriptor.sddl, "O:SYG:SYD:P(A;OICI;FA;;;SY)");
}

}
