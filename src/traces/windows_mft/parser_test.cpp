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

std::string number(std::uint64_t value, std::size_t bytes)
{
    std::string text;
    for (std::size_t at = 0; at < bytes; ++at, value >>= 8)
        text += static_cast<char>(value & 0xff);
    return text;
}

constexpr std::uint64_t day_one = 132'000'000'000'000'000, day_two = 133'000'000'000'000'000;

std::string name_attribute(std::string_view name, std::uint64_t filetime)
{
    auto text = number(0x0001'0000'0000'0000, 8); // the directory: record 0
    for (int clock = 0; clock < 4; ++clock)
        text += number(filetime, 8);
    text += number(0, 24) + static_cast<char>(name.size()) + '\1';
    for (char const c : name)
        text += std::string { c, '\0' };
    return text.append((8 - text.size() % 8) % 8, '\0');
}

std::string attribute(std::uint32_t type, std::string const& content)
{
    return number(type, 4) + number(24 + content.size(), 4) + number(0, 8) + number(content.size(), 4) + number(24, 4)
        + content;
}

std::string record(std::uint16_t flags, std::string const& attributes)
{
    auto text = "FILE" + number(0x30, 2) + number(3, 2) + number(0, 8) + number(1, 2) + number(1, 2) + number(0x38, 2)
        + number(flags, 2) + number(0x38 + attributes.size() + 8, 4) + number(1024, 4) + number(0, 16) + number(1, 2)
        + number(0, 6) + attributes + number(0xffff'ffff, 8);
    text.resize(1024, '\0');
    for (auto const& [saved, end] : { std::pair { 0x32U, 510U }, { 0x34U, 1022U } }) { // the update sequence
        text.replace(saved, 2, text, end, 2);
        text.replace(end, 2, number(1, 2));
    }
    return text;
}

std::string index_entry(std::uint64_t file, std::string const& name)
{
    return number(file, 8) + number(16 + name.size(), 2) + number(name.size(), 2) + number(0, 4) + name;
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

TEST(WindowsMft, WhatAnIndexSaysOtherwiseIsARow)
{
    constexpr std::uint64_t first_use = 0x0001'0000'0000'0000;
    auto const entries = index_entry(first_use + 1, name_attribute("same.txt", day_one))
        + index_entry(first_use + 1, name_attribute("other.txt", day_two))
        + index_entry(2 * first_use + 1, name_attribute("reused.txt", day_one))
        + index_entry(first_use + 99, name_attribute("beyond.txt", day_one)) + number(0, 8) + number(16, 4)
        + number(2, 4);
    auto const root = number(0x30, 4) + number(0, 12) + number(16, 4) + number(16 + entries.size(), 4)
        + number(16 + entries.size(), 4) + number(0, 4) + entries;
    auto const mft = record(3, attribute(0x90, root)) + record(1, attribute(0x30, name_attribute("same.txt", day_one)));
    test::CollectingContext collected;
    parse_all(as_bytes(mft), collected);
    std::string names;
    for (auto const& row : collected.rows("windows.ntfs.index_entry"))
        names += row.at("name") + " ";
    EXPECT_EQ(names, "other.txt reused.txt beyond.txt ");
    EXPECT_TRUE(collected.diagnostics.list.empty());
}

TEST(WindowsMft, OneOffsetHoldsOneRowOfASchema)
{
    KONSEKI_NEEDS_DATA(path, "ntfs/ez/xw/$MFT");
    auto const content = test::read_file(path);
    test::CollectingContext collected;
    parse_all(as_bytes(content), collected);
    for (auto const* const schema :
        { "windows.mft.file", "windows.mft.stream", "windows.mft.sign", "windows.ntfs.index_entry" }) {
        std::set<std::string> offsets;
        for (auto const& row : collected.rows(schema))
            EXPECT_TRUE(offsets.insert(row.at("@offset")).second) << schema;
    }
    auto const deleted = collected.rows("windows.ntfs.index_entry");
    ASSERT_EQ(deleted.size(), 2U); // of a folder of a restore point that is gone
    EXPECT_EQ(count_of(deleted, "name", "RestorePointSize"), 1U);
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
