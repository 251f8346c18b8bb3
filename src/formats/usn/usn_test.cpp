#include "formats/usn/usn.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <random>
#include <gtest/gtest.h>

namespace konseki::usn {

namespace {

struct Collect final : DiagnosticSink, Visitor {
    std::vector<Diagnostic> diagnostics;
    std::vector<Record> records;
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    void on_record(Record const& record) override { records.push_back(record); }
};

Collect read_all(ByteView bytes)
{
    Collect collect;
    read(bytes, { 0, bytes.size() }, collect, collect);
    return collect;
}

std::vector<std::byte> small_journal()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/usn/testdata/small.hex"));
}

}

TEST(Usn, ReadsVersions2To4BehindASparseLead)
{
    auto const bytes = small_journal();
    auto const all = read_all(bytes);
    EXPECT_TRUE(all.diagnostics.empty());
    ASSERT_EQ(all.records.size(), 3U);
    EXPECT_EQ(all.records[0].name, "mim.exe");
    EXPECT_EQ(reason_text(all.records[0].reason), "FILE_CREATE|CLOSE");
    EXPECT_EQ(to_string(all.records[0].written_at), "2021-03-04T00:00:00.0000000Z");
    EXPECT_EQ(all.records[1].version, 3U);
    EXPECT_EQ(all.records[1].name, "a");
    EXPECT_EQ(all.records[2].version, 4U);
    EXPECT_TRUE(all.records[2].name.empty());
    EXPECT_EQ(sniff(bytes), Sniff::sure);
}

TEST(Usn, DamageCostsItsRecordAndSaysHowMuch)
{
    auto bytes = small_journal();
    auto const second = read_all(bytes).records[1].offset;
    bytes[second] = std::byte { 0xff }; // an impossible size
    auto const all = read_all(bytes);
    ASSERT_EQ(all.records.size(), 2U);
    EXPECT_EQ(all.records[1].version, 4U);
    ASSERT_EQ(all.diagnostics.size(), 1U);
    EXPECT_EQ(all.diagnostics[0].error.offset, second);
    EXPECT_EQ(all.diagnostics[0].bytes_lost, 80U);
}

TEST(Usn, EveryPrefixGivesAPrefixOfTheRecords)
{
    auto const bytes = small_journal();
    auto const whole = read_all(bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        auto const part = read_all(ByteView(bytes).first(size));
        ASSERT_LE(part.records.size(), whole.records.size());
        for (std::size_t i = 0; i < part.records.size(); ++i)
            EXPECT_EQ(part.records[i].offset, whole.records[i].offset);
    }
}

TEST(Usn, RandomDamageIsSurvivedAndSplitAgrees)
{
    std::mt19937 random { 9 };
    auto const bytes = small_journal();
    for (int round = 0; round < 2'000; ++round) {
        auto damaged = bytes;
        damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        auto const whole = read_all(damaged);
        Collect parts;
        for (auto const range : split(damaged, 4'096))
            read(damaged, range, parts, parts);
        EXPECT_EQ(parts.records.size(), whole.records.size());
    }
}

TEST(Usn, TheAptSimulatorJournalHasItsRecords)
{
    KONSEKI_NEEDS_DATA(path, "museum/NTFSArtifacts/J/Win10/APTSimulatorVM/APTSimulatorVMJ.7z");
    auto const bytes = test::unpack_one(path);
    auto const all = read_all(as_bytes(bytes));
    EXPECT_EQ(all.records.size(), 275'540U);
    Collect parts;
    for (auto const range : split(as_bytes(bytes), 1U << 20))
        read(as_bytes(bytes), range, parts, parts);
    EXPECT_EQ(parts.records.size(), 275'540U);
}

}
