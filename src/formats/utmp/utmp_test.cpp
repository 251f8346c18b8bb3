#include "formats/utmp/utmp.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::utmp {

namespace {

struct Diagnostics final : DiagnosticSink {
    std::vector<Diagnostic> list;
    void report(Diagnostic const& diagnostic) override { list.push_back(diagnostic); }
};

struct All {
    FileFacts facts;
    std::vector<Record> records;
    std::vector<Diagnostic> diagnostics;
};

All read_all(ByteView bytes)
{
    All all;
    Diagnostics diagnostics;
    all.facts = read(bytes, diagnostics, [&](Record const& record) { all.records.push_back(record); });
    all.diagnostics = diagnostics.list;
    return all;
}

std::string put(std::string target, std::size_t at, std::uint64_t value, unsigned size, bool is_big = false)
{
    for (unsigned i = 0; i < size; ++i)
        target[at + i] = static_cast<char>(value >> (8 * (is_big ? size - 1 - i : i)));
    return target;
}

std::string record(Layout layout, unsigned type, std::string_view user, std::uint64_t seconds)
{
    std::string bytes(layout.record_bytes, '\0');
    bytes = put(bytes, 0, type, 2, layout.is_big_endian);
    bytes = put(bytes, 4, 77, 4, layout.is_big_endian);
    bytes.replace(8, 5, "pts/3");
    bytes.replace(44, user.size(), user);
    bytes.replace(76, 9, "192.0.2.7");
    auto const is_small = layout.record_bytes == 384;
    bytes = put(bytes, is_small ? 340 : 344, seconds, is_small ? 4 : 8, layout.is_big_endian);
    bytes = put(bytes, is_small ? 344 : 352, 250'000, is_small ? 4 : 8, layout.is_big_endian);
    return bytes.replace(is_small ? 348 : 360, 4, std::string("\xc0\x00\x02\x07", 4));
}

}

TEST(Utmp, FourLayoutsAreToldApartByTheirContent)
{
    for (auto const layout : { Layout { 384, false }, { 384, true }, { 400, false }, { 400, true } }) {
        auto const file = record(layout, 7, "root", 1'700'000'000) + record(layout, 8, "", 1'700'000'100);
        auto const all = read_all(as_bytes(file));
        EXPECT_EQ(all.facts.layout, layout);
        EXPECT_TRUE(looks_like_records(as_bytes(file)));
        ASSERT_EQ(all.records.size(), 2U);
        EXPECT_EQ(all.records[0].user, "root");
        EXPECT_EQ(all.records[0].terminal, "pts/3");
        EXPECT_EQ(all.records[0].pid, 77U);
        EXPECT_EQ(all.records[0].address, "192.0.2.7");
        EXPECT_EQ(to_string(all.records[0].at), "2023-11-14T22:13:20.2500000Z");
        EXPECT_EQ(type_name(all.records[1].type), "dead");
        EXPECT_TRUE(all.diagnostics.empty());
    }
}

// Postfix's hash of aliases, 32 times 384 bytes of Berkeley DB, was taken for a log with wiped records.
TEST(Utmp, PagesThatAreNearlyEmptyAreNoRecords)
{
    std::string pages(12'288, '\0');
    for (auto const& [at, bytes] : { std::pair<std::size_t, std::string> { 4, "\x01" }, { 12, "\x61\x15\x06" },
             { 16, "\x09" }, { 21, "\x10" }, { 0x34, "\xb2\xec\x9c" }, { 0x1014, "\x01" }, { 0x1fec, "postmaster" } })
        pages.replace(at, bytes.size(), bytes);
    EXPECT_FALSE(looks_like_records(as_bytes(pages)));
    Layout const layout;
    auto const logon = record(layout, 7, "root", 1'700'000'000);
    auto const unused = record(layout, 0, "", 0);
    EXPECT_TRUE(looks_like_records(as_bytes(std::string(384, '\0') + logon + logon + logon + unused)));
    EXPECT_FALSE(looks_like_records(as_bytes(unused + unused)));
}

TEST(Utmp, ZeroedRecordsAreOneRunAndATailIsReported)
{
    Layout const layout;
    auto const good = record(layout, 7, "root", 1'700'000'000);
    auto const file = good + std::string(384 * 3, '\0') + good + good.substr(0, 350);
    auto const all = read_all(as_bytes(file));
    ASSERT_EQ(all.records.size(), 4U);
    EXPECT_TRUE(all.records[1].is_zeroed);
    EXPECT_EQ(all.records[1].count, 3U);
    EXPECT_EQ(all.records[1].offset, 384U);
    EXPECT_FALSE(all.records[3].is_complete);
    EXPECT_EQ(all.records[3].user, "root");
    EXPECT_EQ(all.facts.zeroed, 3U);
    EXPECT_EQ(all.facts.tail_bytes, 350U);
    ASSERT_EQ(all.diagnostics.size(), 1U);
    EXPECT_EQ(all.diagnostics[0].bytes_lost, 350U);
}

TEST(Utmp, LastlogIsSparseAndItsPlaceIsTheUser)
{
    std::string file(292 * 1'000, '\0');
    file = put(file, 292 * 999, 1'700'000'000, 4);
    file.replace(292 * 999 + 4, 5, "pts/0");
    file.replace(292 * 999 + 36, 7, "gateway");
    Diagnostics diagnostics;
    std::vector<LastLogin> logins;
    read_lastlog(as_bytes(file), diagnostics, [&](LastLogin const& login) { logins.push_back(login); });
    ASSERT_EQ(logins.size(), 1U);
    EXPECT_EQ(logins[0].uid, 999U);
    EXPECT_EQ(logins[0].terminal, "pts/0");
    EXPECT_EQ(logins[0].host, "gateway");
    EXPECT_TRUE(diagnostics.list.empty());
}

TEST(Utmp, EveryPrefixAndRandomDamageAreSurvived)
{
    Layout const layout { 400, true };
    auto const file = record(layout, 7, "root", 1'700'000'000) + record(layout, 8, "", 1'700'000'100);
    for (std::size_t size = 0; size < file.size(); ++size)
        EXPECT_LE(read_all(as_bytes(file).first(size)).records.size(), 3U);
    test::Random random { 7 };
    for (int round = 0; round < 2'000; ++round) {
        auto damaged = file;
        for (int i = 0; i < 3; ++i)
            damaged[random.below(damaged.size())] = static_cast<char>(random.next());
        (void)read_all(as_bytes(damaged));
    }
}

// plaso's counts, without the records that are empty slots [fsa 4].
TEST(Utmp, PlasosSamplesGiveTheirRecords)
{
    struct Expected {
        char const* name;
        std::size_t records, zeroed, implausible;
        std::uint64_t tail;
        Layout layout;
    };
    for (auto const& expected :
        { Expected { "utmp", 14, 0, 0, 0, { 384, false } }, Expected { "wtmp.1", 4, 2, 0, 1, { 384, false } },
            Expected { "utmp_corrupted", 4, 0, 2, 50, { 384, false } },
            Expected { "utmp_x86_64", 6, 0, 0, 0, { 384, false } },
            Expected { "utmp_aarch64", 6, 0, 0, 0, { 400, false } },
            Expected { "utmp_s390", 6, 0, 0, 0, { 400, true } } }) {
        KONSEKI_NEEDS_DATA(folder, "linux/utmp");
        auto const file = test::read_file(folder / expected.name);
        auto const all = read_all(as_bytes(file));
        EXPECT_EQ(all.facts.records, expected.records) << expected.name;
        EXPECT_EQ(all.facts.zeroed, expected.zeroed) << expected.name;
        EXPECT_EQ(all.facts.implausible, expected.implausible) << expected.name;
        EXPECT_EQ(all.facts.tail_bytes, expected.tail) << expected.name;
        EXPECT_EQ(all.facts.layout, expected.layout) << expected.name;
    }
}

}
