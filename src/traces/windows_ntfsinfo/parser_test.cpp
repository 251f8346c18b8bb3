#include "bytes/utf16.hpp"
#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_ntfsinfo/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_ntfsinfo {
namespace {

std::string sample()
{
    return test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_ntfsinfo/testdata/NTFSInfo.csv");
}

std::unique_ptr<test::CollectingContext> parsed(std::string_view bytes)
{
    auto collected = std::make_unique<test::CollectingContext>();
    EvidenceView view;
    view.bytes = as_bytes(bytes);
    view.range = { 0, bytes.size() };
    parser.parse(view, collected->context);
    return collected;
}

TEST(WindowsNtfsinfo, RowsHoldTimesHashesAndSignature)
{
    auto const collected = parsed(sample());
    auto const rows = collected->rows("windows.file_record");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("path"), "\\Windows\\Temp\\a, b\\svc.exe");
    EXPECT_EQ(rows[0].at("created_at"), "2021-03-02T10:00:00.1230000Z");
    EXPECT_EQ(rows[0].at("name_record_changed_at"), "2021-03-02T10:00:07.0000000Z");
    EXPECT_EQ(rows[0].at("record"), "1407374883553318");
    EXPECT_EQ(rows[0].at("is_in_use"), "true");
    EXPECT_EQ(rows[0].at("pe_sha1"), "AA11223344556677889900112233445566778899");
    EXPECT_EQ(rows[0].at("signature_status"), "SignedVerified");
    EXPECT_EQ(rows[0].at("signer"), "Example Signer");
    EXPECT_EQ(rows[0].at("company"), "Example, Inc.");
    EXPECT_EQ(rows[0].count("sha256"), 0U);
    EXPECT_EQ(rows[1].at("path"), "\\Users\\old.txt");
    EXPECT_EQ(rows[1].at("created_at"), "2021-03-02T10:00:00.0000000Z"); // the older form
    EXPECT_EQ(rows[1].at("is_in_use"), "false");
    EXPECT_EQ(rows[2].at("name"), "cut"); // what is there of a cut row stays
    ASSERT_EQ(collected->diagnostics.list.size(), 1U);
    EXPECT_EQ(collected->diagnostics.list[0].error.what, "csv.row");
}

TEST(WindowsNtfsinfo, Utf16IsTheSame)
{
    auto const text = sample();
    auto const wide = "\xff\xfe" + utf16le_from_utf8(text);
    auto const rows = parsed(wide)->rows("windows.file_record");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("signer"), "Example Signer");
    EXPECT_EQ(rows[0].at("@offset"), std::to_string(2 + 2 * (text.find('\n') + 1)));
    EXPECT_EQ(parser.sniff(as_bytes(std::string_view(wide)), "x"), Sniff::sure);
}

TEST(WindowsNtfsinfo, ToldByItsHeader)
{
    auto const text = sample();
    EXPECT_EQ(parser.sniff(as_bytes(std::string_view(text)), "any.csv"), Sniff::sure);
    EXPECT_EQ(parser.sniff(as_bytes(std::string_view("a,b,c\n")), "NTFSInfo_C.csv"), Sniff::no);
    EXPECT_EQ(parser.sniff({}, "NTFSInfo_C.csv"), Sniff::no);
}

TEST(WindowsNtfsinfo, EveryPrefixIsSurvived)
{
    auto const text = sample();
    for (std::size_t size = 0; size < text.size(); size += 3)
        (void)parsed(std::string_view(text).substr(0, size));
}

}
}
