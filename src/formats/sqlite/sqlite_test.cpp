#include "base/text.hpp"
#include "formats/sqlite/sqlite.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::sqlite {
namespace {

class Kept final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { list.push_back(diagnostic); }
    std::vector<Diagnostic> list;
};

// Written by libsqlite3 3.40.1 with pages of 512 bytes: rows 1 to 40 of (id, "nameN", ±10^(N mod 18), N/2, N bytes N;
// row 7: 2,000 bytes, so that it overflows) and row 100 of (NULL, 0, 1.0, NULL).
std::string toy()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/sqlite/testdata/toy.sqlite");
}

std::size_t rows_in(std::string_view file, Kept& kept)
{
    auto const database = Database::open(as_bytes(file));
    std::size_t rows = 0;
    if (!database.ok())
        return 0;
    for (auto const& table : database.value().tables(kept))
        database.value().read(table, kept, [&](Row const&) { ++rows; });
    return rows;
}

TEST(Sqlite, EveryRowComesInTheOrderOfItsKey)
{
    auto const file = toy();
    auto const database = Database::open(as_bytes(file));
    ASSERT_TRUE(database.ok());
    Kept kept;
    auto const tables = database.value().tables(kept);
    ASSERT_EQ(tables.size(), 1U);
    EXPECT_EQ(tables[0].name, "toy");
    EXPECT_TRUE(tables[0].sql.starts_with("CREATE TABLE toy"));
    std::int64_t expected = 1;
    database.value().read(tables[0], kept, [&](Row const& row) {
        ASSERT_EQ(row.values.size(), 5U);
        EXPECT_EQ(row.row_id, expected <= 40 ? expected : 100);
        EXPECT_EQ(row.values[0].kind, ValueKind::null);
        if (expected <= 40) {
            std::int64_t number = expected % 2 == 0 ? 1 : -1;
            for (std::int64_t i = 0; i < expected % 18; ++i)
                number *= 10;
            EXPECT_EQ(as_text(row.values[1].bytes), format("name{}", expected));
            EXPECT_EQ(row.values[2].integer, number);
            auto const size = expected == 7 ? 2000 : expected;
            EXPECT_EQ(row.values[4].bytes.size(), static_cast<std::size_t>(size));
            EXPECT_EQ(
                as_text(row.values[4].bytes), std::string(static_cast<std::size_t>(size), static_cast<char>(expected)));
        } else {
            EXPECT_EQ(row.values[1].kind, ValueKind::null);
            EXPECT_EQ(row.values[2].integer, 0);
        }
        ++expected;
    });
    EXPECT_EQ(expected, 42);
    EXPECT_TRUE(kept.list.empty());
}

TEST(Sqlite, WhatIsNoDatabaseIsAnError)
{
    EXPECT_FALSE(Database::open(as_bytes("text")).ok());
    EXPECT_FALSE(Database::open(as_bytes(toy()).first(99)).ok());
    auto odd = toy();
    odd[16] = 3;
    EXPECT_FALSE(Database::open(as_bytes(odd)).ok());
    odd = toy();
    odd[20] = 127;
    EXPECT_FALSE(Database::open(as_bytes(odd)).ok());
}

TEST(Sqlite, EveryPrefixIsSurvivedAndEveryCutSaid)
{
    auto const file = toy();
    for (std::size_t size = 0; size < file.size(); size += 7) {
        Kept kept;
        auto const rows = rows_in(std::string_view(file).substr(0, size), kept);
        EXPECT_LE(rows, 41U);
        EXPECT_EQ(kept.list.empty(), size < 100) << size;
    }
}

TEST(Sqlite, EveryDamagedByteIsSurvived)
{
    auto const file = toy();
    for (std::size_t at = 0; at < file.size(); ++at) {
        auto damaged = file;
        damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
        Kept kept;
        (void)rows_in(damaged, kept);
    }
}

}
}
