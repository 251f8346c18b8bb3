#include "base/text.hpp"
#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include "traces/windows_mft/parser.hpp"
#include <set>
#include <gtest/gtest.h>

namespace konseki::windows_mft {

namespace {

std::vector<std::byte> small_mft()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_mft/testdata/small.hex"));
}

void parse_all(ByteView bytes, test::CollectingContext& collected)
{
    parser.parse({ bytes, { 0, bytes.size() }, "$MFT" }, collected.context);
}

std::size_t count_of(std::vector<test::Row> const& rows, std::string const& column, std::string const& value)
{
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](test::Row const& row) {
        auto const found = row.find(column);
        return found != row.end() && found->second == value;
    }));
}

}

TEST(WindowsMft, ARecordGivesItsPathBothClocksAndItsStreams)
{
    auto const bytes = small_mft();
    test::CollectingContext collected;
    parse_all(bytes, collected);
    auto const files = collected.rows("windows.mft.file");
    ASSERT_EQ(files.size(), 2U);
    auto const& file = files[1];
    EXPECT_EQ(file.at("created_at"), "2021-03-04T00:00:00.0000000Z");
    EXPECT_EQ(file.at("name_created_at"), "2021-03-05T00:00:00.0000000Z");
    EXPECT_TRUE(file.at("path").starts_with("\\"));
    EXPECT_EQ(file.at("is_directory"), "false");
    EXPECT_TRUE(collected.rows("windows.mft.sign").empty());
}

TEST(WindowsMft, AFixupThatDoesNotMatchIsASign)
{
    auto bytes = small_mft();
    bytes[510] ^= std::byte { 0xff };
    test::CollectingContext collected;
    parse_all(bytes, collected);
    auto const signs = collected.rows("windows.mft.sign");
    ASSERT_EQ(signs.size(), 1U);
    EXPECT_EQ(signs[0].at("sign"), "bad_fixup");
    EXPECT_EQ(signs[0].at("@offset"), "0");
}

TEST(WindowsMft, OneOffsetHoldsOneRowOfASchema)
{
    KONSEKI_NEEDS_DATA(path, "ntfs/ez/xw/$MFT");
    auto const content = test::read_file(path);
    test::CollectingContext collected;
    parse_all(as_bytes(content), collected);
    for (auto const* const schema : { "windows.mft.file", "windows.mft.stream", "windows.mft.sign" }) {
        std::set<std::string> offsets;
        for (auto const& row : collected.rows(schema))
            EXPECT_TRUE(offsets.insert(row.at("@offset")).second) << schema;
    }
    auto const signs = collected.rows("windows.mft.sign");
    EXPECT_EQ(count_of(signs, "sign", "baad"), 2U);
    EXPECT_EQ(count_of(signs, "sign", "bad_fixup"), 10U);
}

TEST(WindowsMft, TdunganGivesEveryNameThatIsStated)
{
    KONSEKI_NEEDS_DATA(folder, "museum/NTFSArtifacts/MFT/Unknown/tdungan");
    std::string content;
    for (auto const& archive : test::files_below(folder, ".7z"))
        content = test::unpack_one(archive);
    test::CollectingContext collected;
    parse_all(as_bytes(content), collected);
    auto const files = collected.rows("windows.mft.file");
    std::size_t names = 0, named_rows = 0, found_dll = 0;
    for (auto const& row : files) {
        named_rows += row.count("name_space");
        names += row.count("name_space") + row.count("short_name");
        found_dll += ascii_lower(row.at("path")) == "\\windows\\system32\\ntdll.dll" ? 1U : 0U;
    }
    // 74,396 $FILE_NAME attributes; the 8.3 name of a hard link in the same directory shows at each of its rows.
    EXPECT_NEAR(static_cast<double>(names), 74'396.0, 10.0);
    EXPECT_GT(named_rows, 52'000U);
    EXPECT_EQ(found_dll, 1U);
}

}
