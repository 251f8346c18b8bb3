#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_pe/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_pe {

namespace {

test::Row row_of(std::string const& bytes)
{
    test::CollectingContext collected;
    parser.parse({ as_bytes(bytes), { 0, bytes.size() }, "C:\\ProgramData\\OEM\\jli.dll" }, collected.context);
    auto rows = collected.rows("windows.pe.file");
    EXPECT_EQ(rows.size(), 1U);
    return rows.empty() ? test::Row {} : rows[0];
}

std::string sample(std::string_view name)
{
    return test::read_file(std::filesystem::path(KONSEKI_SOURCE_DIR) / "src/formats/pe/testdata" / name);
}

}

TEST(WindowsPe, AProgramSaysWhoMadeItAndWhatItLoads)
{
    auto const row = row_of(
        test::read_file(std::filesystem::path(KONSEKI_SOURCE_DIR) / "src/traces/windows_pe/testdata/small.pe"));
    EXPECT_EQ(row.at("path"), "C:\\ProgramData\\OEM\\jli.dll");
    EXPECT_EQ(row.at("machine"), "x64");
    EXPECT_EQ(row.at("company"), "Konseki 試験");
    EXPECT_EQ(row.at("original_name"), "policytool.exe");
    EXPECT_EQ(row.at("imports"), "KERNEL32.dll; WS2_32.dll");
    EXPECT_EQ(row.at("exports"), "JLI_Launch; #2");
    EXPECT_EQ(row.at("import_hash"), "9e9f5a30010f014ea8958cdec6a85d7a");
    EXPECT_EQ(row.at("signature"), "none");
    EXPECT_EQ(row.at("authenticode_sha1"), "a0619a9aec06d4cf317827f07c2848937057283b"); // as osslsigncode says
    EXPECT_EQ(row.at("overlay_bytes"), "8");
    EXPECT_EQ(row.count("signer"), 0U);
}

TEST(WindowsPe, TheStateOfASignatureIsOneWord)
{
    auto bytes = sample("signed.pe");
    EXPECT_EQ(row_of(bytes).at("signature"), "self_signed");
    EXPECT_EQ(row_of(bytes).at("signer"), "Konseki Test Signer");
    bytes[0x210] ^= 1;
    EXPECT_EQ(row_of(bytes).at("signature"), "changed");
    EXPECT_EQ(row_of(sample("signed.pe").substr(0, 2'000)).at("signature"), "unreadable");
}

}
