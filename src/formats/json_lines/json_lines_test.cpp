#include "base/text.hpp"
#include "formats/json_lines/json_lines.hpp"
#include <gtest/gtest.h>

namespace konseki::json_lines {
namespace {

struct ToyRow {
    std::string_view path;
    Symbol kind;
    std::optional<std::uint32_t> mode;
    std::int64_t shift = 0;
    std::optional<bool> is_root;
    Timestamp seen_at;
};
constexpr auto toy_schema = schema("toy.row", "", field("path", &ToyRow::path, ""), field("kind", &ToyRow::kind, ""),
    field("mode", &ToyRow::mode, ""), field("shift", &ToyRow::shift, ""), field("is_root", &ToyRow::is_root, ""),
    field("seen_at", &ToyRow::seen_at, ""));

std::string told(std::string_view line)
{
    RowReader reader { toy_schema.erased };
    auto const values = reader.read(line);
    if (!values.ok())
        return std::string(error_code_name(values.error().code));
    ToyRow row;
    auto const odd = fill(toy_schema, values.value(), row);
    auto text = format("{}|{}|", row.path, row.kind.text);
    append_format(text, "{}|{}|", row.mode ? format("{}", *row.mode) : "-", row.shift);
    append_format(text, "{}|{}", row.is_root ? (*row.is_root ? "yes" : "no") : "-", to_string(row.seen_at));
    if (odd + reader.odd_members() > 0)
        append_format(text, " odd {}", odd + reader.odd_members());
    return text;
}

TEST(JsonLines, MembersFillTheRowInAnyOrder)
{
    EXPECT_EQ(told(R"({"path":"/etc/passwd","kind":"regular","mode":2541,"shift":-3,"is_root":true,)"
                   R"("seen_at":"2026-11-23T01:02:03.1234567Z"})"),
        "/etc/passwd|regular|2541|-3|yes|2026-11-23T01:02:03.1234567Z");
    EXPECT_EQ(told(R"({"is_root":false,"path":"a\nb"})"), "a\nb||-|0|no|");
    EXPECT_EQ(told(R"({"mode":null,"path":"x"})"), "x||-|0|-|");
    EXPECT_EQ(told("{}"), "||-|0|-|");
}

TEST(JsonLines, WhatDoesNotFitIsCountedAndTheRestKept)
{
    EXPECT_EQ(told(R"({"path":"x","mode":4294967296})"), "x||-|0|-| odd 1");
    EXPECT_EQ(told(R"({"path":"x","mode":-1})"), "x||-|0|-| odd 1");
    EXPECT_EQ(told(R"({"path":"x","mode":"420"})"), "x||420|0|-|");
    EXPECT_EQ(told(R"({"path":"x","new_column":1})"), "x||-|0|-| odd 1");
    EXPECT_EQ(told(R"({"path":["a",1],"seen_at":"yesterday"})"), "[\"a\",1]||-|0|-| odd 1");
    EXPECT_EQ(told(R"({"path":"x","is_root":1})"), "x||-|0|-| odd 1");
}

TEST(JsonLines, BrokenLinesAreErrorsAndBrokenTextIsRepaired)
{
    EXPECT_EQ(told(R"({"path":"x")"), "bad_value");
    EXPECT_EQ(told("[1]"), "bad_value");
    EXPECT_EQ(told("{\"path\":\"\xff\"}"), "\xef\xbf\xbd||-|0|-|");
    std::string_view const whole = R"({"path":"/a","kind":"b","mode":1})";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(told(whole.substr(0, size)), "bad_value") << size;
}

TEST(JsonLines, AReaderForgetsThePreviousLine)
{
    RowReader reader { toy_schema.erased };
    ASSERT_TRUE(reader.read(R"({"path":"x","mode":1})").ok());
    auto const values = reader.read(R"({"kind":"y"})");
    ASSERT_TRUE(values.ok());
    EXPECT_FALSE(values.value()[0].is_there);
    EXPECT_FALSE(values.value()[2].is_there);
}

TEST(JsonLines, EmptyLinesArePassedOver)
{
    std::string_view const file = "one\n\n \ntwo\r\nthree";
    std::uint64_t position = 0;
    std::string text;
    while (auto const line = next_line(file, position, file.size()))
        append_format(text, "{}@{} ", line->text, line->offset);
    EXPECT_EQ(text, "one@0 two@7 three@12 ");
}

}
}
