// The writer and the fault maker keep their own promises; no reader of ours is involved.
#include "support/evtx_faults.hpp"
#include "support/evtx_random.hpp"
#include <gtest/gtest.h>

namespace konseki::test {

TEST(EvtxWriter, GivesTheSameBytesForTheSameSeed)
{
    EXPECT_EQ(write_evtx(random_events(7, 300)).bytes, write_evtx(random_events(7, 300)).bytes);
    EXPECT_NE(write_evtx(random_events(7, 300)).bytes, write_evtx(random_events(8, 300)).bytes);
}

TEST(EvtxWriter, RecordsStandWhereItSays)
{
    auto const file = write_evtx(random_events(1, 500));
    auto const walked = walk_records(file.bytes);
    ASSERT_EQ(walked.size(), 500U);
    for (std::size_t i = 0; i < walked.size(); ++i) {
        EXPECT_EQ(walked[i].record_id, i + 1);
        EXPECT_EQ(walked[i].offset, file.records[i].offset);
        EXPECT_EQ(walked[i].size_bytes, file.records[i].size_bytes);
    }
}

TEST(EvtxWriter, ChecksumsAreThoseThatRepairWouldCompute)
{
    auto const file = write_evtx(random_events(2, 300));
    auto repaired = file.bytes;
    repair_checksums(repaired);
    EXPECT_EQ(file.bytes, repaired);
}

TEST(EvtxWriter, LeavesStaleRecordsBehindFreeSpace)
{
    EvtxOptions options;
    options.stale = random_events(3, 400);
    auto const file = write_evtx(random_events(4, 10), options);
    EXPECT_EQ(file.records.size(), 10U);
    EXPECT_FALSE(file.stale.empty());
    for (auto const& stale : file.stale)
        EXPECT_EQ(file.bytes.substr(stale.offset, 4), std::string("**\0\0", 4));
    EXPECT_EQ(walk_records(file.bytes).size(), 10U);
}

TEST(EvtxFaults, AHiddenRecordLeavesNoGapAndGoodChecksums)
{
    auto const file = write_evtx(random_events(5, 600));
    auto const result = record_hidden(file.bytes, 20);
    ASSERT_TRUE(result);
    auto const walked = walk_records(result->file);
    ASSERT_EQ(walked.size(), 599U);
    for (std::size_t i = 0; i < walked.size(); ++i)
        EXPECT_EQ(walked[i].record_id, i + 1);
    auto repaired = result->file;
    repair_checksums(repaired);
    EXPECT_EQ(result->file, repaired);
    EXPECT_EQ(result->file.substr(result->hidden.offset, 4), std::string("**\0\0", 4));
    EXPECT_EQ(result->carrier.offset + result->carrier.size_bytes, result->hidden.offset + result->hidden.size_bytes);
}

TEST(EvtxFaults, TheFirstRecordOfAChunkCannotBeHidden)
{
    auto const file = write_evtx(random_events(5, 60));
    EXPECT_FALSE(record_hidden(file.bytes, 1));
    EXPECT_FALSE(record_hidden(file.bytes, 61));
}

TEST(EvtxFaults, FlippedBitsAreWhereTheySay)
{
    auto const file = write_evtx(random_events(6, 50));
    std::vector<std::uint64_t> places;
    auto const damaged = bits_flipped(file.bytes, 9, 5, &places);
    ASSERT_EQ(places.size(), 5U);
    std::size_t different = 0;
    for (std::size_t i = 0; i < damaged.size(); ++i)
        different += damaged[i] != file.bytes[i] ? 1U : 0U;
    EXPECT_LE(different, 5U);
    EXPECT_GE(different, 1U);
}

}
