#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_security_catalogue/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_security_catalogue {

namespace {

void parse(std::string const& bytes, test::CollectingContext& collected)
{
    parser.parse(
        { as_bytes(bytes), { 0, bytes.size() }, "Windows\\System32\\CatRoot\\{F750}\\oem1.cat" }, collected.context);
}

std::string sample(std::string_view name)
{
    return test::read_file(std::filesystem::path(KONSEKI_SOURCE_DIR) / "src" / name);
}

}

TEST(WindowsSecurityCatalogue, EachMemberSaysWhoVouchesForIt)
{
    test::CollectingContext collected;
    parse(sample("formats/security_catalogue/testdata/v1.cat"), collected);
    auto const files = collected.rows("windows.catalogue");
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].at("signature"), "self_signed");
    EXPECT_EQ(files[0].at("members"), "3");
    EXPECT_EQ(files[0].at("hardware_ids"), "usb\\vid_1234&pid_5678");
    EXPECT_EQ(files[0].at("attributes"), "OS=_v100_X64");
    auto const rows = collected.rows("windows.catalogue.member");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].at("hash"), "a0619a9aec06d4cf317827f07c2848937057283b");
    EXPECT_EQ(rows[0].at("file"), "policytool.exe");
    EXPECT_EQ(rows[0].at("signer"), "Konseki Catalogue Signer");
    EXPECT_EQ(rows[0].at("countersigned_at"), files[0].at("countersigned_at"));
    EXPECT_EQ(rows[0].at("catalogue"), "Windows\\System32\\CatRoot\\{F750}\\oem1.cat");
    EXPECT_EQ(rows[0].count("tag"), 0U) << "it is the hash again";
    EXPECT_EQ(rows[2].at("os"), "2:6.1,2:10.0");
    EXPECT_EQ(rows[2].at("subject"), "flat");
    EXPECT_NE(rows[0].at("@offset"), rows[1].at("@offset"));
}

TEST(WindowsSecurityCatalogue, TheStateOfItsSignatureIsOneWord)
{
    auto const state = [](std::string const& bytes) {
        test::CollectingContext collected;
        parse(bytes, collected);
        auto const rows = collected.rows("windows.catalogue");
        return rows.size() == 1 ? rows[0].at("signature") : "no row";
    };
    EXPECT_EQ(state(sample("traces/windows_security_catalogue/testdata/unsigned.cat")), "none");
    auto bytes = sample("formats/security_catalogue/testdata/v2.cat");
    EXPECT_EQ(state(bytes), "self_signed");
    EXPECT_EQ(state(bytes.substr(0, 400)), "unreadable");
    bytes[bytes.size() - 20] ^= 1; // in the signer's own signature
    EXPECT_EQ(state(bytes), "bad");
}

}
