#include "base/text.hpp"
#include "formats/text_lines/text_lines.hpp"
#include <gtest/gtest.h>

namespace konseki::text_lines {
namespace {

std::string told(std::string_view file, std::uint64_t begin, std::uint64_t end)
{
    std::string text;
    while (auto const line = next(file, begin, end))
        append_format(text, "{}@{} ", line->text, line->offset);
    return text;
}

TEST(TextLines, LinesKnowTheirPlaceAndLoseTheirEnds)
{
    EXPECT_EQ(told("one\n\ntwo\r\nthree", 0, 100), "one@0 @4 two@5 three@10 ");
    EXPECT_EQ(told("one\ntwo\n", 4, 8), "two@4 ");
    EXPECT_EQ(told("", 0, 0), "");
    EXPECT_EQ(told("one", 7, 9), "");
}

TEST(TextLines, RangesEndAtLineEndsAndCoverTheFile)
{
    std::string_view const file = "one\n\ntwo\r\nthree";
    std::string text;
    for (auto const& range : ranges(as_bytes(file), 5))
        append_format(text, "{}+{} ", range.offset, range.size);
    EXPECT_EQ(text, "0+5 5+5 10+5 ");
    EXPECT_EQ(ranges(as_bytes(""), 5).size(), 0U);
    EXPECT_EQ(ranges(as_bytes("a\nb"), 0).size(), 2U);
}

TEST(TextLines, WordsAreCutOffWithTheBlanksAroundThem)
{
    std::string_view rest = "  tcp\tLISTEN 0  ";
    EXPECT_EQ(take_word(rest), "tcp");
    EXPECT_EQ(rest, "LISTEN 0  ");
    EXPECT_EQ(words(rest).size(), 2U);
    EXPECT_EQ(words("").size(), 0U);
}

TEST(TextLines, ALineCanBeShownAgain)
{
    std::string_view const file = "a\n\xff x\n";
    EvidenceView const view { as_bytes(file), { 0, file.size() }, "x" };
    EXPECT_EQ(line_at(view, 2), "\xef\xbf\xbd x");
    EXPECT_EQ(line_at(view, file.size()), std::nullopt);
}

}
}
