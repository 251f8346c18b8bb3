#include "base/arena.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include <gtest/gtest.h>

namespace konseki {

TEST(Json, EscapesControlsAndKeepsUnicode)
{
    EXPECT_EQ(json_string("a\"b\\c\n\x01\x7f痕跡"), "\"a\\\"b\\\\c\\n\\u0001\\u007f痕跡\"");
}

TEST(Json, WritesLoneSurrogatesAsEscapes)
{
    EXPECT_EQ(json_string("x\xed\xa0\x80y"), "\"x\\ud800y\"");
    EXPECT_EQ(json_string("\xed\x9f\xbf"), "\"\xed\x9f\xbf\"") << "U+D7FF is an ordinary character";
}

TEST(Html, HostileTextIsInert)
{
    std::string html;
    append_html(html, "<script>&'\"\x1b[31m\xe2\x80\xae");
    EXPECT_EQ(html,
        "&lt;script&gt;&amp;&#39;&quot;<span class=\"odd\">\\u{1b}</span>[31m<span class=\"odd\">\\u{202e}</span>");
}

TEST(Html, InvalidBytesAreMarkedNotDropped)
{
    std::string html;
    append_html(html,
        "a\xff"
        "b");
    EXPECT_EQ(html, "a<span class=\"odd\">\\u{ff}</span>b");
}

TEST(Csv, QuotesOnlyWhereNeeded)
{
    std::string row;
    append_csv_field(row, "plain");
    append_csv_field(row, "a,\"b\"");
    EXPECT_EQ(row, "plain\"a,\"\"b\"\"\"");
}

TEST(Fold, PairsUpperAndLowerCase)
{
    EXPECT_EQ(fold_utf8("ÀÉÑ ŻŹ ΑΩς ЖЯЁ ＡＺ"), "àéñ żź αωσ жяё ａｚ");
    EXPECT_EQ(fold(U'ı'), U'ı');
    EXPECT_EQ(fold(0x212a), U'k') << "KELVIN SIGN";
}

TEST(Fold, IsIdempotent)
{
    for (char32_t c = 0; c < 0x3000; ++c)
        EXPECT_EQ(fold(fold(c)), fold(c)) << static_cast<std::uint32_t>(c);
}

TEST(Utf8, EveryCodePointRoundTrips)
{
    for (char32_t c = 0; c < 0x110000; c += c < 0x3000 ? 1 : 97) {
        std::string text;
        utf8::append(text, c);
        std::size_t position = 0;
        ASSERT_EQ(utf8::next(text, position), c);
        ASSERT_EQ(position, text.size());
    }
}

TEST(Utf8, OverlongAndCutFormsAreInvalid)
{
    for (std::string_view const text :
        { "\xc0\x80", "\xe0\x80\x80", "\xf8\x88\x80\x80\x80", "\xe3\x81", "\x80", "\xf4\x90\x80\x80" })
        EXPECT_FALSE(utf8::is_valid(text));
    EXPECT_EQ(utf8::repaired("a\x80"
                             "b"),
        "a\xef\xbf\xbd"
        "b");
}

TEST(Numbers, ParseWholeTextsOnly)
{
    EXPECT_EQ(parse_uint("0x1F"), 31U);
    EXPECT_EQ(parse_int("-5"), -5);
    for (std::string_view const text : { "", "0x", "12a", " 1", "18446744073709551616" })
        EXPECT_FALSE(parse_uint(text).has_value()) << text;
}

TEST(Numbers, AreGrouped)
{
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
    EXPECT_EQ(size_text(1536), "1.5 KiB");
}

TEST(Error, NamesFieldOffsetNeedAndHave)
{
    EXPECT_EQ(to_string(Error { ErrorCode::truncated, "evtx.record.size", 0x1200, 24, 7, {} }),
        "evtx.record.size: truncated at offset 0x1200: needs 24, has 7");
    EXPECT_EQ(to_string(Error { ErrorCode::not_found, "file.create", 0, 2, 0, "/none/x" }),
        "file.create: not_found: /none/x");
    EXPECT_EQ(error_code_from_name(error_code_name(ErrorCode::no_space)), ErrorCode::no_space);
}

namespace {
Result<int> half(int value)
{
    if (value % 2 != 0)
        return Error { ErrorCode::bad_value, "odd", 0, 0, 0, {} };
    return value / 2;
}
Result<int> quarter(int value)
{
    return half(TRY(half(value)));
}
}

TEST(Try, GivesTheValueOrLeavesWithTheError)
{
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().what, "odd");
}

TEST(Arena, GivesBackTheTailAndKeepsOneBlock)
{
    Arena arena { 64 };
    auto const piece = arena.allocate(40);
    arena.shrink_last(piece, 10);
    EXPECT_EQ(arena.used_bytes(), 10U);
    auto const kept = arena.copy("text");
    EXPECT_EQ(kept.data(), piece.data() + 10);
    EXPECT_EQ(arena.allocate(1'000).size(), 1'000U) << "larger than a block";
    arena.reset();
    EXPECT_EQ(arena.used_bytes(), 0U);
}

}
