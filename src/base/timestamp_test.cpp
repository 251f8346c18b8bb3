#include "base/timestamp.hpp"
#include <gtest/gtest.h>

namespace konseki {

TEST(Timestamp, PrintsSevenDigitsAndZ)
{
    EXPECT_EQ(to_string(Timestamp::from_filetime(131'576'506'020'800'123)), "2017-12-13T14:56:42.0800123Z");
}

TEST(Timestamp, YearsOfOtherWidthsKeepTheirDigits)
{
    auto const of_year = [](std::int64_t year) {
        return to_string(Timestamp::from_unix_seconds((year - 1970) / 400 * 146'097 * 86'400 + 59));
    };
    EXPECT_EQ(of_year(1570), "1570-01-01T00:00:59.0000000Z");
    EXPECT_EQ(of_year(370), "0370-01-01T00:00:59.0000000Z");
    EXPECT_EQ(of_year(-30), "-030-01-01T00:00:59.0000000Z");
    EXPECT_EQ(of_year(9'970), "9970-01-01T00:00:59.0000000Z");
    EXPECT_EQ(of_year(10'370), "10370-01-01T00:00:59.0000000Z");
    EXPECT_EQ(to_string(Timestamp { -1 }), "1600-12-31T23:59:59.9999999Z");
    std::string microseconds;
    append_iso8601_microseconds(microseconds, Timestamp { 131'576'506'020'800'123 });
    EXPECT_EQ(microseconds, "2017-12-13T14:56:42.080012Z");
}

TEST(Timestamp, NotSetPrintsNothing)
{
    EXPECT_EQ(to_string(Timestamp {}), "");
    EXPECT_FALSE(Timestamp {}.is_set());
}

TEST(Timestamp, ParsesWhatItPrints)
{
    for (std::uint64_t const filetime :
        { 1ULL, 116'444'736'000'000'000ULL, 131'576'506'020'800'123ULL, 2'650'467'743'999'999'999ULL }) {
        auto const time = Timestamp::from_filetime(filetime);
        auto const parsed = Timestamp::parse(to_string(time));
        ASSERT_TRUE(parsed.has_value()) << to_string(time);
        EXPECT_EQ(*parsed, time);
    }
}

TEST(Timestamp, AppliesTheOffset)
{
    EXPECT_EQ(*Timestamp::parse("2021-03-04T09:30:00+09:00"), *Timestamp::parse("2021-03-04 00:30:00"));
    EXPECT_EQ(*Timestamp::parse("2021-03-04T09:30:00.5-0130"), *Timestamp::parse("2021-03-04T11:00:00.5Z"));
}

TEST(Timestamp, RefusesWhatIsNotATime)
{
    for (auto const* text : { "", "2021", "2021-13-01", "2021-01-32", "2021-01-01T24:00", "2021-01-01T10:61:00",
             "2021-01-01x", "2021-01-01T10:00:00+9" })
        EXPECT_FALSE(Timestamp::parse(text).has_value()) << text;
}

TEST(Timestamp, KnowsTheUnixEpochAndLeapDays)
{
    EXPECT_EQ(Timestamp::from_unix_seconds(0), *Timestamp::parse("1970-01-01"));
    EXPECT_EQ(to_string(Timestamp::from_unix_seconds(951'782'400)), "2000-02-29T00:00:00.0000000Z");
    EXPECT_EQ(Timestamp::parse("2000-02-29")->unix_seconds(), 951'782'400);
}

TEST(Timestamp, ShowsJapaneseTime)
{
    EXPECT_EQ(to_jst_string(*Timestamp::parse("2021-03-31T15:00:00Z")), "2021-04-01 00:00:00 JST");
}

}
