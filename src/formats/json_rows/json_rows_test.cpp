#include "base/text.hpp"
#include "formats/json_rows/json_rows.hpp"
#include <gtest/gtest.h>

namespace konseki::json_rows {
namespace {

class Kept final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { list.push_back(diagnostic); }
    std::vector<Diagnostic> list;
};

std::string told(std::string_view file)
{
    std::string text;
    Kept kept;
    read(as_bytes(file), kept, [&](Row const& row, TraceOrigin const& origin) {
        append_format(text, "@{}+{}", origin.offset, origin.size_bytes);
        for (auto const& field : row.fields)
            append_format(text, " {}={}", field.name, field.is_null ? "null" : field.value);
        text += '\n';
    });
    for (auto const& diagnostic : kept.list)
        append_format(text, "lost {} at {}\n", diagnostic.bytes_lost, diagnostic.error.offset);
    return text;
}

TEST(JsonRows, LinesArraysAndPrettyObjectsAreRows)
{
    EXPECT_EQ(told("{\"a\":1,\"b\":\"x\\\"y\"}\n{\"a\":null}\n"), "@0+18 a=1 b=x\"y\n@19+10 a=null\n");
    EXPECT_EQ(told("[{\"a\":true},{\"a\":[1,2]}]"), "@1+10 a=true\n@12+11 a=[1,2]\n");
    EXPECT_EQ(told("{\n \"a\": {\n  \"b\": \"}\"\n }\n}\n"), "@0+25 a={\"b\":\"}\"}\n");
    EXPECT_EQ(told(""), "");
    EXPECT_EQ(told("[]"), "");
}

TEST(JsonRows, ABrokenLineCostsItself)
{
    EXPECT_EQ(told("{\"a\":1}\n{\"a\":\n{\"a\":2}\n"), "@0+7 a=1\n@14+7 a=2\nlost 5 at 8\n");
}

TEST(JsonRows, EveryPrefixIsSurvived)
{
    std::string_view const whole = "[{\"a\":{\"b\":[1,{\"c\":\"\\u00e9\"}]}},\n{\"d\":-1.5e3}]";
    for (std::size_t size = 0; size <= whole.size(); ++size)
        (void)told(whole.substr(0, size));
}

TEST(JsonRows, FieldsInnerObjectsAndArrays)
{
    auto const row = parse_object(R"({"n":7,"t":"x","o":{"p":true},"e":""})");
    ASSERT_TRUE(row);
    EXPECT_EQ(row->number("n"), 7U);
    EXPECT_EQ(row->number("t"), std::nullopt);
    EXPECT_EQ(row->inner("o").boolean("p"), true);
    EXPECT_TRUE(row->inner("t").fields.empty());
    EXPECT_EQ(row->text("e").data(), nullptr);
    std::string text;
    read_array(R"({"ranges":[{"length":5},{"length":6}]})", "ranges", [&](Row const& one, TraceOrigin const& origin) {
        append_format(text, "{}@{} ", one.text("length"), origin.offset);
    });
    EXPECT_EQ(text, "5@11 6@24 ");
}

}
}
