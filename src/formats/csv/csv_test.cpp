#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include "formats/csv/csv.hpp"
#include <gtest/gtest.h>

namespace konseki::csv {
namespace {

class Kept final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { list.push_back(diagnostic); }
    std::vector<Diagnostic> list;
};

std::string rows_of(std::string_view bytes)
{
    Kept kept;
    Reader reader { as_bytes(bytes) };
    std::string text;
    while (reader.next(kept)) {
        append_format(text, "@{}+{}", reader.offset(), reader.size_bytes());
        for (std::size_t i = 0; i < reader.field_count(); ++i)
            append_format(text, " [{}]", reader.field(i));
        text += reader.is_cut() ? " cut\n" : "\n";
    }
    for (auto const& diagnostic : kept.list)
        append_format(text, "{} lost {}\n", to_string(diagnostic.error), diagnostic.bytes_lost);
    return text;
}

TEST(Csv, RowsStandAtTheirBytes)
{
    EXPECT_EQ(rows_of("a,b\r\n\r\n1,\n,2"), "@0+3 [a] [b]\n@7+2 [1] []\n@10+2 [] [2]\n");
    EXPECT_EQ(rows_of(""), "");
    EXPECT_EQ(rows_of("\n\n"), "");
}

TEST(Csv, QuotesHoldCommasLinesAndQuotes)
{
    EXPECT_EQ(rows_of("\"a,b\",\"c\nd\",\"e\"\"f\"\"\",\"\"\nnext"), "@0+23 [a,b] [c\nd] [e\"f\"] []\n@24+4 [next]\n");
    EXPECT_EQ(rows_of("say \"hi\",x\n"), "@0+10 [say \"hi\"] [x]\n"); // a quote inside is text
}

TEST(Csv, Utf16AndByteOrderMarksAreRead)
{
    auto const wide = utf16le_from_utf8("a,痕\r\nb,c\r\n");
    EXPECT_EQ(rows_of("\xff\xfe" + wide), "@2+6 [a] [痕]\n@12+6 [b] [c]\n");
    EXPECT_EQ(rows_of(wide), "@0+6 [a] [痕]\n@10+6 [b] [c]\n");
    std::string big = "\xfe\xff";
    for (std::size_t i = 0; i + 1 < wide.size(); i += 2)
        big += { wide[i + 1], wide[i] };
    EXPECT_EQ(rows_of(big), "@2+6 [a] [痕]\n@12+6 [b] [c]\n");
    EXPECT_EQ(rows_of("\xef\xbb\xbf"
                      "a,b\n"),
        "@3+3 [a] [b]\n");
}

TEST(Csv, AnOpenQuoteAtTheEndIsSaidAndAnEndlessOneCostsOneLine)
{
    EXPECT_EQ(rows_of("a\n\"b"), "@0+1 [a]\n@2+2 [b] cut\n");
    auto const rest = rows_of("\"open\n" + std::string(2 * row_bytes_max, 'x') + "\nlast,1\n");
    EXPECT_NE(rest.find("[last] [1]"), std::string::npos);
    EXPECT_NE(rest.find("lost 5\n"), std::string::npos);
}

TEST(Csv, EveryPrefixIsSurvived)
{
    std::string const whole = "\xff\xfe" + utf16le_from_utf8("a,\"b\"\"\",c\r\n1,2,3\r\n");
    for (std::size_t size = 0; size <= whole.size(); ++size)
        (void)rows_of(std::string_view(whole).substr(0, size));
}

TEST(Csv, ColumnsAreFoundByNameWithoutCase)
{
    auto const header = header_of(as_bytes(std::string_view("SourceFile, FRN ,sha1\nx,y,z\n")));
    EXPECT_EQ(header.column({ "sourcefile" }), 0U);
    EXPECT_EQ(header.column({ "none", "frn" }), 1U);
    EXPECT_EQ(header.column({ "none" }), std::nullopt);
    EXPECT_TRUE(header.has_all({ "SHA1", "FRN" }));
    EXPECT_FALSE(header.has_all({ "SHA1", "x" }));
}

}
}
