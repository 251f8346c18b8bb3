#include "store/case.hpp"
#include "store/duckdb_sql.hpp"
#include "store/store_test_case.hpp"
#include "store/stored_text.hpp"
#include <gtest/gtest.h>

namespace konseki::store {

namespace {

using test::all_types_schema;
using test::AllTypes;

std::string printed(Query query)
{
    query.schema = "test.all_types";
    if (query.columns.empty())
        query.columns = { "number" };
    auto const result = duckdb_sql(query, all_types_schema.erased);
    return result.ok() ? result.value().sql : to_string(result.error());
}

}

TEST(DuckdbSql, PrintsEveryTest)
{
    EXPECT_EQ(printed({}), R"(SELECT "number" FROM test_all_types ORDER BY evidence, "offset")");
    EXPECT_EQ(printed({ .filters = { { "symbol", Operator::equal, { std::string("a") } },
                            { "number", Operator::in, { std::uint64_t { 1 }, std::string("2") } } } }),
        R"(SELECT "number" FROM test_all_types WHERE "symbol" = ? AND "number" IN (?, ?) ORDER BY evidence, "offset")");
    EXPECT_EQ(printed({ .any_of = { { { "words", Operator::contains, { std::string("a") } },
                            { "words", Operator::glob, { std::string("a*") } } } } }),
        R"(SELECT "number" FROM test_all_types WHERE (contains(lower("words"), lower(?)) OR lower("words") LIKE lower(?) ESCAPE '\') ORDER BY evidence, "offset")");
    EXPECT_EQ(printed({ .columns = { "seen_at" }, .order = { { "seen_at", true } }, .limit = 5, .skip = 2 }),
        R"(SELECT "seen_at_ticks" AS "seen_at" FROM test_all_types ORDER BY "seen_at_ticks" DESC NULLS LAST, evidence, "offset" LIMIT 5 OFFSET 2)");
    EXPECT_EQ(printed({ .time_column = "seen_at", .from = Timestamp { 20 }, .until = Timestamp { 33 } }),
        R"(SELECT "number" FROM test_all_types WHERE "seen_at" >= ? AND "seen_at" <= ? AND "seen_at_ticks" < ? ORDER BY evidence, "offset")");
}

TEST(DuckdbSql, RefusesWhatDoesNotFitAndSaysWhy)
{
    EXPECT_NE(printed({ .columns = { "nothing" } }).find("it has flag, number"), std::string::npos);
    EXPECT_NE(printed({ .filters = { { "number", Operator::equal, { std::string("x") } } } })
                  .find("x does not fit column number (unsigned)"),
        std::string::npos);
    EXPECT_NE(
        printed({ .filters = { { "number", Operator::contains, { std::string("x") } } } }).find("cannot be searched"),
        std::string::npos);
    EXPECT_NE(
        printed({ .filters = { { "seen_at", Operator::less, { std::string("yesterday") } } } }).find("does not fit"),
        std::string::npos);
    EXPECT_NE(printed({ .filters = { { "number", Operator::equal, {} } } }).find("one value"), std::string::npos);
    EXPECT_NE(printed({ .time_column = "number", .from = Timestamp { 1 } }).find("is not a time"), std::string::npos);
}

// The conformance test: any engine behind the model must give these answers.
class Conformance : public testing::Test {
protected:
    void SetUp() override
    {
        auto opened = Case::open(m_folder.path(), Access::read_write, test::schemas());
        ASSERT_TRUE(opened.ok()) << to_string(opened.error());
        m_case = std::move(opened).value();
        TraceBatch batch(all_types_schema.erased, 3);
        auto const add
            = [&](std::uint64_t number, std::int64_t ticks, std::string_view words, std::string_view symbol) {
                  AllTypes row;
                  row.number = number;
                  row.seen_at = { ticks };
                  row.words = words;
                  row.symbol = Symbol(symbol);
                  batch.append(all_types_schema, { number * 16, 16, number == 4 }, row);
              };
        add(1, 1'000, "Alpha 100% sure", "HOST1");
        add(2, 1'005, "beta_x", "host1");
        add(3, 1'010, "ÄÖ 日本", "HOST2");
        add(4, 0, {}, {});
        ASSERT_TRUE(m_case->append(batch).ok());
        ASSERT_TRUE(m_case->commit().ok());
    }

    std::string numbers(Query query)
    {
        query.schema = "test.all_types";
        query.columns = { "number" };
        auto rows = m_case->select(query);
        if (!rows.ok())
            return to_string(rows.error());
        std::string text;
        while (rows.value().next())
            text += rows.value().text(0);
        return text;
    }
    std::string by(std::string column, Operator test, std::vector<Parameter> values = {})
    {
        return numbers({ .filters = { { std::move(column), test, std::move(values) } } });
    }

    test::Folder m_folder;
    std::unique_ptr<Case> m_case;
};

TEST_F(Conformance, Tests)
{
    using S = std::string;
    EXPECT_EQ(by("symbol", Operator::equal, { S("HOST1") }), "1");
    EXPECT_EQ(by("symbol", Operator::equal_ignoring_case, { S("Host1") }), "12");
    EXPECT_EQ(by("symbol", Operator::not_equal, { S("HOST1") }), "234") << "absent is not equal";
    EXPECT_EQ(by("symbol", Operator::in, { S("HOST1"), S("HOST2") }), "13");
    EXPECT_EQ(by("symbol", Operator::in), "");
    EXPECT_EQ(by("symbol", Operator::is_absent), "4");
    EXPECT_EQ(by("symbol", Operator::is_present), "123");
    EXPECT_EQ(by("words", Operator::contains, { S("ALPHA") }), "1");
    EXPECT_EQ(by("words", Operator::contains, { S("äö") }), "3");
    EXPECT_EQ(by("words", Operator::contains, { S("%") }), "1");
    EXPECT_EQ(by("words", Operator::glob, { S("*100% s?re") }), "1");
    EXPECT_EQ(by("words", Operator::glob, { S("beta_?") }), "2");
    EXPECT_EQ(by("words", Operator::glob, { S("betaXx") }), "");
    EXPECT_EQ(by("number", Operator::less, { S("3") }), "12");
    EXPECT_EQ(by("number", Operator::greater_or_equal, { std::uint64_t { 3 } }), "34");
    EXPECT_EQ(by("recovered", Operator::equal, { true }), "4");
    EXPECT_EQ(by("offset", Operator::equal, { S("0x20") }), "2");
    EXPECT_EQ(by("seen_at", Operator::equal, { Timestamp { 1'005 } }), "2");
}

TEST_F(Conformance, TimeRangesAreExactToHundredNanoseconds)
{
    auto const range = [&](std::int64_t from, std::int64_t until) {
        return numbers({ .time_column = "seen_at", .from = Timestamp { from }, .until = Timestamp { until } });
    };
    EXPECT_EQ(range(1'000, 1'005), "1");
    EXPECT_EQ(range(1'001, 1'006), "2");
    EXPECT_EQ(range(1'000, 1'011), "123");
    EXPECT_EQ(range(1'005, 1'010), "2");
    EXPECT_EQ(range(1'006, 1'010), "");
}

TEST_F(Conformance, OrderIsTotalAndLimitsHold)
{
    EXPECT_EQ(numbers({ .order = { { "symbol", false } } }), "4132");
    EXPECT_EQ(numbers({ .order = { { "seen_at", true } } }), "3214");
    EXPECT_EQ(numbers({ .order = { { "number", true } }, .limit = 2 }), "43");
    EXPECT_EQ(numbers({ .order = { { "number", true } }, .limit = 2, .skip = 1 }), "32");
    EXPECT_EQ(numbers({ .any_of = { { { "number", Operator::equal, { std::string("1") } },
                            { "number", Operator::equal, { std::string("4") } } } } }),
        "14");
}

TEST(StoredText, EscapesReversibly)
{
    std::uint32_t seed = 7;
    for (int round = 0; round < 2'000; ++round) {
        std::string text;
        for (std::uint32_t i = 0; i < seed % 24; ++i) {
            seed = seed * 1'664'525 + 1'013'904'223;
            constexpr std::string_view interesting = "a\x80\xbc\xbf\xf4\x8f\xed\xa0\xc3\xe3\x81\x82";
            text += interesting[(seed >> 16) % interesting.size()];
        }
        seed = seed * 1'664'525 + 1'013'904'223;
        std::string stored;
        append_escaped(stored, text);
        EXPECT_FALSE(stored != text && !needs_escape(text));
        EXPECT_EQ(unescaped(stored), text);
    }
}

}
