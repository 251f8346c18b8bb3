#include "bytes/der.hpp"
#include <gtest/gtest.h>

namespace konseki {

TEST(Der, ElementsSayWhereTheyStand)
{
    std::string_view const bytes { "\x30\x06\x02\x01\x05\x04\x01x\x05\x00", 10 };
    der::Reader file { as_bytes(bytes), 100 };
    auto const list = file.expect(der::sequence, "list");
    EXPECT_EQ(list.offset, 100U);
    EXPECT_EQ(list.size_bytes, 8U);
    der::Reader parts { list };
    EXPECT_EQ(parts.peek(), der::integer);
    parts.next("number");
    auto const octets = parts.expect(der::octets, "octets");
    EXPECT_EQ(octets.offset, 105U);
    EXPECT_EQ(as_text(octets.content), "x");
    EXPECT_TRUE(parts.is_done());
    EXPECT_EQ(file.offset(), 108U);
}

TEST(Der, AWrongTagOrLengthFailsForGood)
{
    der::Reader wrong { as_bytes("\x02\x01\x05\x02\x01\x05") };
    wrong.expect(der::octets, "octets");
    EXPECT_EQ(wrong.status().error().code, ErrorCode::bad_magic);
    EXPECT_TRUE(wrong.expect(der::integer, "number").content.empty());
    der::Reader endless { as_bytes("\x30\x80\x05") };
    endless.next("list");
    EXPECT_EQ(endless.status().error().code, ErrorCode::bad_value);
    der::Reader cut { as_bytes("\x30\x82\x01") };
    cut.next("list", der::WhenCut::take_rest);
    EXPECT_EQ(cut.status().error().code, ErrorCode::truncated) << "the length itself is cut";
}

TEST(Der, WhatIsCutMayBeTakenAsFarAsItGoes)
{
    der::Reader cut { as_bytes("\x04\x05"
                               "ab") };
    auto const rest = cut.next("octets", der::WhenCut::take_rest);
    EXPECT_TRUE(cut.status().ok());
    EXPECT_EQ(as_text(rest.content), "ab");
    EXPECT_EQ(cut.missing_bytes(), 3U);
}

TEST(Der, ObjectsTimesAndTextsAreRead)
{
    EXPECT_EQ(der::object_text(as_bytes(std::string_view { "\x2a\x86\x48\x86\xf7\x0d", 6 })), "1.2.840.113549");
    EXPECT_EQ(to_string(der::time_of({ der::utc_time, as_bytes("491231235959Z") })), "2049-12-31T23:59:59.0000000Z");
    EXPECT_EQ(to_string(der::time_of({ der::utc_time, as_bytes("500101000000Z") })), "1950-01-01T00:00:00.0000000Z");
    EXPECT_FALSE(der::time_of({ der::octets, as_bytes("491231235959Z") }).is_set());
    EXPECT_EQ(der::text_of({ der::wide_text, as_bytes(std::string_view { "\0F\x30\x42", 4 }) }), "Fあ");
    EXPECT_EQ(der::hex_of(as_bytes(std::string_view { "\0\xaf", 2 })), "00af");
}

}
