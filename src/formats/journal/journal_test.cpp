#include "base/text.hpp"
#include "formats/journal/compression.hpp"
#include "formats/journal/journal.hpp"
#include "support/journal_writer.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::journal {

namespace {

struct All final : Visitor, DiagnosticSink {
    struct Kept {
        std::uint64_t offset = 0, number = 0;
        Timestamp at;
        std::string boot_id, message;
        std::size_t fields = 0;
        bool is_recovered = false, is_complete = true;
    };
    struct KeptSign {
        SignKind kind = SignKind::zeroed;
        std::uint64_t offset = 0, expected = 0, found = 0;
        std::string detail;
    };
    std::vector<Kept> entries;
    std::vector<KeptSign> signs;
    std::vector<Diagnostic> diagnostics;
    FileFacts facts;

    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    void on_entry(Entry const& entry) override
    {
        entries.push_back({ entry.offset, entry.sequence_number, entry.at, std::string(entry.boot_id),
            std::string(entry.value("MESSAGE")), entry.fields.size(), entry.is_recovered, entry.is_complete });
    }
    void on_sign(Sign const& sign) override
    {
        signs.push_back({ sign.kind, sign.offset, sign.expected, sign.found, std::string(sign.detail) });
    }
    void on_file(FileFacts const& found) override { facts = found; }
    std::size_t count(SignKind kind) const
    {
        return static_cast<std::size_t>(
            std::count_if(signs.begin(), signs.end(), [&](auto const& sign) { return sign.kind == kind; }));
    }
};

All read_all(std::string_view bytes)
{
    All all;
    ReadContext context { all };
    read(as_bytes(bytes), context, all);
    return all;
}

constexpr std::uint64_t start_us = 1'767'225'600'000'000; // 2026-01-01

test::JournalWriter twelve_entries(
    bool is_compact = false, bool is_keyed = false, test::JournalPacking packing = test::JournalPacking::none)
{
    test::JournalWriter writer(is_compact, is_keyed, packing);
    for (std::uint64_t i = 0; i < 12; ++i)
        writer.add({ 100 + i, start_us + i * 1'000'000, 5'000 + i, '\xa1',
            { { "MESSAGE", format("message {} {}", i, std::string(i * 20, 'x')) }, { "_HOSTNAME", "web1" },
                { "PRIORITY", "6" } } });
    return writer;
}

void poke(std::string& file, std::uint64_t at, std::uint64_t value, unsigned size = 8)
{
    std::string bytes;
    test::JournalWriter::put(bytes, value, size);
    file.replace(at, size, bytes);
}

}

TEST(Journal, EveryDialectGivesTheSameEntries)
{
    for (auto const is_compact : { false, true })
        for (auto const is_keyed : { false, true })
            for (auto const packing : { test::JournalPacking::none, test::JournalPacking::xz, test::JournalPacking::lz4,
                     test::JournalPacking::zstd }) {
                auto const file = twelve_entries(is_compact, is_keyed, packing).write();
                EXPECT_EQ(sniff(as_bytes(file)), Sniff::sure);
                auto const all = read_all(file);
                ASSERT_EQ(all.entries.size(), 12U);
                EXPECT_EQ(all.entries[3].number, 103U);
                EXPECT_EQ(all.entries[3].message, "message 3 " + std::string(60, 'x'));
                EXPECT_EQ(all.entries[11].message, "message 11 " + std::string(220, 'x'));
                EXPECT_EQ(to_string(all.entries[1].at), "2026-01-01T00:00:01.0000000Z");
                EXPECT_EQ(all.entries[0].boot_id, "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1");
                EXPECT_FALSE(all.entries[11].is_recovered);
                EXPECT_TRUE(all.entries[11].is_complete);
                EXPECT_TRUE(all.signs.empty()) << sign_name(all.signs[0].kind);
                EXPECT_TRUE(all.diagnostics.empty());
                EXPECT_EQ(all.facts.entries_reached, 12U);
                EXPECT_EQ(all.facts.data_found, 14U);
            }
}

TEST(Journal, AnEntryThatNoArrayLeadsToIsRecovered)
{
    auto writer = twelve_entries();
    auto file = writer.write();
    poke(file, 176, 0); // the header's first array
    auto const all = read_all(file);
    ASSERT_EQ(all.entries.size(), 12U);
    EXPECT_TRUE(all.entries[0].is_recovered);
    EXPECT_EQ(all.entries[0].message, "message 0 ");
    EXPECT_EQ(all.count(SignKind::entry_unreached), 12U);
    EXPECT_EQ(all.count(SignKind::header_count), 1U);
}

TEST(Journal, AZeroedEntryLeavesItsFieldsBehind)
{
    auto writer = twelve_entries();
    auto file = writer.write();
    auto const offset = writer.entry_offsets()[5];
    file.replace(offset, 112, 112, '\0');
    auto const all = read_all(file);
    EXPECT_EQ(all.entries.size(), 11U);
    EXPECT_EQ(all.count(SignKind::zeroed), 1U);
    EXPECT_EQ(all.count(SignKind::array_broken), 1U);
    ASSERT_EQ(all.count(SignKind::data_orphan), 1U);
    EXPECT_EQ(all.signs.back().detail, "MESSAGE=message 5 " + std::string(100, 'x'));
    ASSERT_FALSE(all.diagnostics.empty());
    EXPECT_EQ(all.diagnostics[0].error.offset, offset);
    EXPECT_EQ(all.diagnostics[0].bytes_lost, 112U);
}

TEST(Journal, AChangedFieldIsSeenByItsHash)
{
    for (auto const is_keyed : { false, true }) {
        auto writer = twelve_entries(false, is_keyed);
        auto file = writer.write();
        auto const at = file.find("message 7");
        file[at + 8] = '9';
        auto const all = read_all(file);
        EXPECT_EQ(all.entries.size(), 12U);
        EXPECT_EQ(all.count(SignKind::data_hash), 1U);
        EXPECT_FALSE(all.entries[7].is_complete);
        EXPECT_EQ(all.facts.bad_hashes, 1U);
    }
}

TEST(Journal, AnEntryPointingToAnotherFieldIsSeenByItsHash)
{
    auto writer = twelve_entries();
    auto const other = writer.data_offset("MESSAGE=message 0 ");
    auto const entry = writer.entry_offsets()[2];
    auto file = writer.write();
    poke(file, entry + 64, other);
    auto const all = read_all(file);
    EXPECT_EQ(all.entries[2].message, "message 0 ");
    EXPECT_EQ(all.count(SignKind::entry_hash), 1U);
    EXPECT_FALSE(all.entries[2].is_complete);
}

TEST(Journal, ASizeThatSwallowsTheRestDoesNotHideIt)
{
    auto writer = twelve_entries();
    auto const data = writer.data_offset("MESSAGE=message 4 " + std::string(80, 'x'));
    auto file = writer.write();
    poke(file, data + 8, file.size() - data - 8);
    auto const all = read_all(file);
    EXPECT_EQ(all.entries.size(), 12U);
    EXPECT_EQ(all.count(SignKind::data_hash), 1U);
}

TEST(Journal, NumbersAndTimesThatRunBackwardsAreSigns)
{
    test::JournalWriter writer;
    writer.add({ 10, start_us, 9'000, '\xa1', { { "MESSAGE", "a" } } });
    writer.add({ 9, start_us - 3'600'000'000, 8'000, '\xa1', { { "MESSAGE", "b" } } });
    writer.add({ 11, start_us - 3'500'000'000, 10, '\xb2', { { "MESSAGE", "c" } } }); // another boot
    auto const all = read_all(writer.write());
    EXPECT_EQ(all.entries.size(), 3U);
    EXPECT_EQ(all.count(SignKind::sequence_backwards), 1U);
    EXPECT_EQ(all.count(SignKind::time_backwards), 1U);
    EXPECT_EQ(all.count(SignKind::monotonic_backwards), 1U);
}

TEST(Journal, ASealedFileWithoutSealAtItsEndIsASign)
{
    auto writer = twelve_entries();
    writer.is_sealed = true;
    EXPECT_EQ(read_all(writer.write()).count(SignKind::tag_missing), 1U);
    auto sealed = twelve_entries();
    sealed.is_sealed = true;
    sealed.add_tag();
    auto const all = read_all(sealed.write());
    EXPECT_EQ(all.count(SignKind::tag_missing), 0U);
    EXPECT_EQ(all.facts.tags_found, 1U);
}

TEST(Journal, AnEntryRendersWithAllItsFields)
{
    auto writer = twelve_entries();
    auto const file = writer.write();
    auto const text = render(as_bytes(file), writer.entry_offsets()[0]);
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(text.value(),
        "{\"__SEQNUM\": 100, \"__REALTIME_TIMESTAMP\": \"2026-01-01T00:00:00.0000000Z\", \"__MONOTONIC_TIMESTAMP\": "
        "5000, \"__BOOT_ID\": \"a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1\", \"MESSAGE\": \"message 0 \", \"_HOSTNAME\": "
        "\"web1\", \"PRIORITY\": \"6\"}");
    EXPECT_FALSE(render(as_bytes(file), 264).ok());
}

TEST(Journal, EveryPrefixAndRandomDamageAreSurvived)
{
    auto const file = twelve_entries(true, true, test::JournalPacking::zstd).write();
    for (std::size_t size = 0; size < file.size(); size += 3)
        EXPECT_LE(read_all(std::string_view(file).substr(0, size)).entries.size(), 12U);
    test::Random random { 5 };
    for (int round = 0; round < 1'500; ++round) {
        auto damaged = file;
        for (int i = 0; i < 3; ++i)
            damaged[random.below(damaged.size())] = static_cast<char>(random.next());
        (void)read_all(damaged);
    }
}

TEST(Journal, Lz4BlocksWithMatchesUnpack)
{
    // "abcabcabcabcab" + "END": three literals, a match of 11 at distance 3, three literals.
    std::string const packed = std::string("\x37") + "abc" + std::string("\x03\x00", 2) + "\x30" + "END";
    std::string out;
    ASSERT_TRUE(decompress_lz4_block(as_bytes(packed), 17, out).ok());
    EXPECT_EQ(out, "abcabcabcabcabEND");
    EXPECT_FALSE(decompress_lz4_block(as_bytes(packed), 16, out).ok());
    EXPECT_FALSE(decompress_lz4_block(as_bytes(packed.substr(0, 5)), 17, out).ok());
}

TEST(Journal, HashesAreThoseOfTheirPapers)
{
    // lookup3.c, driver5: hashlittle2("Four score and seven years ago", 0, 0) -> c 17770551, b ce7226e6
    EXPECT_EQ(jenkins_hash64(as_bytes("Four score and seven years ago")), 0x1777'0551'ce72'26e6U);
    // SipHash paper, appendix A
    std::array<std::byte, 16> key {};
    for (unsigned i = 0; i < 16; ++i)
        key[i] = static_cast<std::byte>(i);
    std::string text;
    for (char c = 0; c < 15; ++c)
        text += c;
    EXPECT_EQ(siphash24(as_bytes(text), key), 0xa129'ca61'49be'45e5U);
}

// Written by systemd-journal-remote 252 from an export that we made; 400 entries of two boots, ZSTD.
TEST(Journal, RealFilesOfSystemdAreReadWhole)
{
    for (auto const* const name : { "systemd-252-compact.journal.zst", "systemd-252-jenkins.journal.zst" }) {
        auto const packed = test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/journal/testdata/" + name);
        Decompressor decompressor { 32U << 20 };
        auto const file = decompressor.unpack(as_bytes(packed), 4);
        ASSERT_TRUE(file.ok());
        auto const all = read_all(as_text(file.value()));
        EXPECT_EQ(all.entries.size(), 400U);
        EXPECT_EQ(all.facts.entries_reached, 400U);
        EXPECT_EQ(all.facts.data_found, 763U);
        EXPECT_EQ(all.facts.objects_found, all.facts.objects);
        EXPECT_TRUE(all.signs.empty()) << sign_name(all.signs[0].kind) << " " << all.signs[0].offset;
        EXPECT_TRUE(all.diagnostics.empty());
        EXPECT_EQ(all.entries[11].message.size(), 1'863U);
        EXPECT_EQ(all.entries[399].boot_id, "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2");
    }
}

}
