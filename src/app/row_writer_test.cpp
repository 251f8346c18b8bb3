#include "app/hex_view.hpp"
#include "app/row_writer.hpp"
#include "app/terminal_text.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace konseki::app {

static std::string written(
    std::string_view format, std::vector<std::vector<Cell>> const& rows, TableLook const& look = {})
{
    auto const folder = std::filesystem::temp_directory_path() / ("konseki-rows-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    auto const path = folder / "rows";
    {
        auto output = Output::file(path);
        EXPECT_TRUE(output.ok());
        auto const writer = make_row_writer(format, output.value(), look);
        std::vector<std::string> const columns { "at", "name", "count" };
        writer->begin(columns);
        for (auto const& row : rows)
            writer->row(row);
        writer->finish();
        EXPECT_FALSE(std::filesystem::exists(path)) << "a file that is there must be complete";
        EXPECT_TRUE(output.value().finish().ok());
    }
    auto* file = std::fopen(path.c_str(), "rbe");
    std::string text(100'000, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    std::filesystem::remove_all(folder);
    return text;
}

static std::vector<std::vector<Cell>> hostile_rows()
{
    return { { Cell::time(Timestamp::from_unix_seconds(0)), Cell::of("a\"b,<c>\n\x1b[31m\u202e"), Cell::number("7") },
        { Cell::absent(), Cell::of(""), Cell::absent() } };
}

TEST(RowWriter, JsonLinesHoldOneObjectEach)
{
    EXPECT_EQ(written("jsonl", hostile_rows()),
        "{\"at\":\"1970-01-01T00:00:00.0000000Z\",\"name\":\"a\\\"b,<c>\\n\\u001b[31m\u202e\",\"count\":7}\n{\"at\":"
        "null,\"name\":\"\",\"count\":null}\n");
}

TEST(RowWriter, JsonIsOneArrayAlsoWithoutRows)
{
    EXPECT_EQ(written("json", {}), "[]\n");
    EXPECT_EQ(written("json", { { Cell::boolean(true), Cell::json("[1]"), Cell::absent() } }),
        "[\n{\"at\":true,\"name\":[1],\"count\":null}\n]\n");
}

TEST(RowWriter, CsvQuotesWhatNeedsIt)
{
    EXPECT_EQ(written("csv", hostile_rows()),
        "at,name,count\r\n1970-01-01T00:00:00.0000000Z,\"a\"\"b,<c>\n\x1b[31m\u202e\",7\r\n,,\r\n");
}

TEST(RowWriter, XmlHoldsNothingThatXmlCannotHold)
{
    EXPECT_EQ(written("xml", hostile_rows()),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rows>\n<row><field "
        "name=\"at\">1970-01-01T00:00:00.0000000Z</field>"
        "<field name=\"name\">a&quot;b,&lt;c&gt;\n\\x1b[31m\u202e</field><field "
        "name=\"count\">7</field></row>\n<row><field name=\"name\"></field></row>\n</rows>\n");
}

TEST(RowWriter, TablesStayTablesWhateverTheEvidenceSays)
{
    EXPECT_EQ(written("table", hostile_rows()),
        "at                            name                       count\n"
        "1970-01-01T00:00:00.0000000Z  a\"b,<c>\\n\\x1b[31m\\u{202e}      7\n"
            + std::string(57, ' ') + "\n");
}

TEST(RowWriter, TablesShowJapaneseTimeWhenAsked)
{
    EXPECT_THAT(written("table", { { Cell::time(Timestamp::from_unix_seconds(0)), Cell::of("x"), Cell::of("y") } },
                    { TimeZone::jst, 60 }),
        testing::HasSubstr("1970-01-01 09:00:00 JST"));
}

TEST(RowWriter, AFileThatWasNotFinishedDoesNotAppear)
{
    auto const folder = std::filesystem::temp_directory_path() / ("konseki-part-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    {
        auto output = Output::file(folder / "x");
        output.value().write("half");
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder));
    std::filesystem::remove_all(folder);
}

TEST(TerminalText, ControlBidirectionalAndInvisibleCharactersAreShown)
{
    EXPECT_EQ(terminal_safe("a\x07\x7f\u009b\u200b\u2066\ufeff"), "a\\x07\\x7f\\u{9b}\\u{200b}\\u{2066}\\u{feff}");
    EXPECT_EQ(terminal_safe("\xff\xc3"), "\\xff\\xc3");
    EXPECT_EQ(terminal_safe("日本語 C:\\Windows"), "日本語 C:\\Windows");
    EXPECT_EQ(terminal_safe_lines("a\n\tb\r"), "a\n\tb\\r");
    EXPECT_EQ(terminal_safe_json("{\"a\":\"\u202e\u009b\"}"), "{\"a\":\"\\u202e\\u009b\"}");
}

TEST(TerminalText, WidthCountsWhatATerminalDraws)
{
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("日本"), 4U);
    EXPECT_EQ(cut_to_width("日本語", 5), "日本…");
    EXPECT_EQ(cut_to_width("abc", 3), "abc");
    EXPECT_EQ(cut_to_width("abcd", 3), "ab…");
}

TEST(HexView, LinesBeginAtMultiplesOfSixteenOfTheEvidence)
{
    EXPECT_EQ(hex_view(as_bytes("AB\n"), 0x1e),
        "0x00000010  " + std::string(43, ' ') + "41 42  |              AB|\n0x00000020  0a " + std::string(46, ' ')
            + " |.|\n");
    EXPECT_EQ(hex_view({}, 5), "");
}

}
