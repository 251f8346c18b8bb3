#include "formats/event_log/event_log.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::event_log {

namespace {

struct Collect final : DiagnosticSink, Visitor {
    struct Kept {
        RecordFacts facts;
        std::uint64_t record_id = 0;
        std::uint32_t event_id = 0, qualifiers = 0;
        std::uint8_t level = 0;
        std::uint64_t keywords = 0;
        std::string provider, computer, user, channel;
        std::vector<std::string> names, texts;
    };
    std::vector<Diagnostic> diagnostics;
    std::vector<Kept> records;
    FileFacts file;

    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    void on_file(FileFacts const& facts) override { file = facts; }
    void on_record(Event const& event, RecordFacts const& facts) override
    {
        Kept kept { facts, event.record_id, event.event_id, event.qualifiers, event.level, event.keywords,
            std::string(event.provider), std::string(event.computer), std::string(event.user_sid),
            std::string(event.channel), event.shape->names, {} };
        for (auto const& value : event.values)
            kept.texts.push_back(value_text(value));
        records.push_back(std::move(kept));
    }
    std::size_t count(Place place) const
    {
        return static_cast<std::size_t>(
            std::count_if(records.begin(), records.end(), [&](auto const& kept) { return kept.facts.place == place; }));
    }
};

Collect read_all(ByteView bytes)
{
    Collect collect;
    EventShapes shapes;
    Arena arena;
    ReadContext context { shapes, arena, collect };
    read(bytes, "System", context, collect);
    return collect;
}

std::vector<std::byte> small_log()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/event_log/testdata/small.hex"));
}

void put_u32(std::vector<std::byte>& bytes, std::size_t at, std::uint32_t value)
{
    for (unsigned i = 0; i < 4; ++i)
        bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

}

TEST(EventLog, LiveRecordsAndTheOneBehindTheEndMarkerAreRead)
{
    auto const bytes = small_log();
    EXPECT_EQ(sniff(bytes), Sniff::sure);
    auto const all = read_all(bytes);
    EXPECT_TRUE(all.diagnostics.empty());
    EXPECT_EQ(all.file.next_record_id, 9U);
    ASSERT_EQ(all.records.size(), 3U);
    auto const& service = all.records[0];
    EXPECT_EQ(service.event_id, 7036U);
    EXPECT_EQ(service.qualifiers, 0x4000U);
    EXPECT_EQ(service.provider, "Service Control Manager");
    EXPECT_EQ(service.computer, "PC1");
    EXPECT_EQ(service.level, 4U);
    EXPECT_EQ(service.texts, (std::vector<std::string> { "Updater", "running" }));
    EXPECT_EQ(service.facts.offset, 48U);
    EXPECT_EQ(to_string(service.facts.generated_at), "2003-03-01T00:00:00.0000000Z");
    auto const& logon = all.records[1];
    EXPECT_EQ(logon.user, "S-1-5-18");
    EXPECT_EQ(logon.keywords, 0x8020'0000'0000'0000U);
    EXPECT_EQ(logon.names, (std::vector<std::string> { "Data", "Data", "Binary", "TimeWritten" }));
    EXPECT_EQ(logon.texts[2], "010203");
    EXPECT_EQ(logon.texts[3], "2003-03-01T00:01:02.0000000Z");
    EXPECT_EQ(all.records[2].record_id, 3U);
    EXPECT_EQ(all.records[2].facts.place, Place::recovered);
}

TEST(EventLog, AStaleHeaderOfAnOpenLogIsNotBelieved)
{
    auto bytes = small_log();
    put_u32(bytes, 20, 48); // end of the log right behind the header, as when it was created
    put_u32(bytes, 36, 1); // dirty
    auto const all = read_all(bytes);
    EXPECT_EQ(all.count(Place::live), 2U);
    EXPECT_TRUE(all.file.is_dirty());
}

TEST(EventLog, ARecordThatGoesOnBehindTheHeaderIsOne)
{
    // Header, the last 20 bytes of the second record, end marker, then the first record and the rest of the second.
    auto const bytes = small_log();
    std::size_t const first = 48, second = first + static_cast<std::size_t>(bytes[first]);
    std::size_t const end = second + static_cast<std::size_t>(bytes[second]);
    std::vector<std::byte> ring { bytes.begin(), bytes.begin() + 48 };
    auto const append = [&](std::size_t from, std::size_t to) {
        ring.insert(ring.end(), bytes.begin() + static_cast<std::ptrdiff_t>(from),
            bytes.begin() + static_cast<std::ptrdiff_t>(to));
    };
    append(end - 20, end);
    append(end, end + 40);
    append(first, end - 20);
    put_u32(ring, 20, 68);
    put_u32(ring, 68 + 20, 108); // the oldest record
    auto const all = read_all(ring);
    EXPECT_TRUE(all.diagnostics.empty());
    ASSERT_EQ(all.count(Place::live), 2U);
    EXPECT_EQ(all.records[1].texts[1], "LAB");
    EXPECT_EQ(all.records.size(), 2U);
}

TEST(EventLog, DamageCostsItsRecordAndSaysHowMuch)
{
    auto bytes = small_log();
    put_u32(bytes, 52, 0); // the first record's signature
    auto const all = read_all(bytes);
    EXPECT_EQ(all.count(Place::live), 1U);
    EXPECT_EQ(all.count(Place::recovered), 1U);
    ASSERT_EQ(all.diagnostics.size(), 1U);
    EXPECT_EQ(all.diagnostics[0].error.offset, 48U);
    EXPECT_EQ(all.diagnostics[0].bytes_lost, static_cast<std::uint64_t>(small_log()[48]));
}

TEST(EventLog, WithoutEndMarkerEverythingIsRecovered)
{
    auto bytes = small_log();
    std::size_t const first = 48, second = first + static_cast<std::size_t>(bytes[first]);
    put_u32(bytes, second + static_cast<std::size_t>(bytes[second]), 0);
    auto const all = read_all(bytes);
    EXPECT_EQ(all.count(Place::recovered), 3U);
    ASSERT_EQ(all.diagnostics.size(), 1U);
    EXPECT_EQ(all.diagnostics[0].error.what, "event_log.end");
}

TEST(EventLog, RecordsRenderAsExportedEventsDo)
{
    auto const bytes = small_log();
    auto const text = render(bytes, 48, "System");
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(text.value(),
        "{\"Event\": {\"System\": {\"Provider\": {\"#attributes\": {\"Name\": \"Service Control Manager\"}}, "
        "\"EventID\": {\"#attributes\": {\"Qualifiers\": 16384}, \"#text\": 7036}, \"Level\": 4, \"Task\": 2, "
        "\"Keywords\": \"0x80000000000000\", \"TimeCreated\": {\"#attributes\": {\"SystemTime\": "
        "\"2003-03-01T00:00:00.000000Z\"}}, \"EventRecordID\": 7, \"Channel\": \"System\", \"Computer\": \"PC1\"}, "
        "\"EventData\": {\"Data\": {\"#text\": [\"Updater\", \"running\"]}}}}");
    EXPECT_FALSE(render(bytes, 50, "System").ok());
}

TEST(EventLog, TheFileNameTellsTheChannel)
{
    EXPECT_EQ(channel_of_file("C:\\WINDOWS\\system32\\config\\SecEvent.Evt"), "Security");
    EXPECT_EQ(channel_of_file("x/Custom.evt"), "Custom");
}

TEST(EventLog, AnEndMarkerInAFileShorterThanItsHeaderIsSurvived)
{
    auto const bytes = test::bytes_from_hex(test::read_file(
        std::string(KONSEKI_SOURCE_DIR) + "/src/formats/event_log/testdata/crash-end-marker-in-short-file.hex"));
    EXPECT_TRUE(read_all(bytes).records.empty());
}

TEST(EventLog, EveryPrefixAndRandomDamageAreSurvived)
{
    auto const bytes = small_log();
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_LE(read_all(ByteView(bytes).first(size)).records.size(), 3U);
    test::Random random { 4 };
    for (int round = 0; round < 5'000; ++round) {
        auto damaged = bytes;
        for (int i = 0; i < 2; ++i)
            damaged[random.below(damaged.size())] = static_cast<std::byte>(random.next());
        (void)read_all(damaged);
    }
}

TEST(EventLog, NestedSizesCostNoMoreThanTheFile)
{
    // Each eight bytes look like a record of a mebibyte that ends well.
    std::vector<std::byte> bytes(8U << 20);
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
        put_u32(bytes, at, (1U << 20) - 4);
        put_u32(bytes, at + 4, 0x654c'664c);
    }
    EXPECT_LT(read_all(bytes).records.size(), bytes.size() / 8);
}

TEST(EventLog, PlasosSystemLogHasItsLiveRecordsAndOlderOnes)
{
    KONSEKI_NEEDS_DATA(path, "misc/SysEvent.Evt");
    auto const bytes = test::read_file(path);
    auto const all = read_all(as_bytes(bytes));
    EXPECT_TRUE(all.diagnostics.empty());
    EXPECT_EQ(all.count(Place::live), 6'063U); // records 1392 to 7454, as the end marker says
    EXPECT_EQ(all.count(Place::recovered), 438U); // records 1135 to 1572, by a plain search for the signature
}

TEST(EventLog, DissectsLogsGiveFiveRecordsCleanOrDirty)
{
    for (auto const* const name : { "evtx/traps-dissect/TestLog.evt", "evtx/traps-dissect/TestLog-dirty.evt" }) {
        KONSEKI_NEEDS_DATA(path, name);
        auto const bytes = test::read_file(path);
        auto const all = read_all(as_bytes(bytes));
        EXPECT_EQ(all.count(Place::live), 5U) << name;
        EXPECT_EQ(all.records.size(), 5U);
        EXPECT_EQ(all.records[0].provider, "TestApp");
        EXPECT_EQ(all.records[0].texts, std::vector<std::string> { "Test log entry, information" });
    }
}

}
