#include "formats/pkcs7/pkcs7.hpp"
#include "support/samples.hpp"
#include <gmock/gmock.h>

namespace konseki::pkcs7 {

namespace {

std::string sample() // that of formats/security_catalogue: signed and stamped by osslsigncode
{
    return test::read_file(std::filesystem::path(KONSEKI_SOURCE_DIR) / "src/formats/pkcs7/testdata/stamped.p7");
}

}

TEST(Pkcs7, SaysWhoSignedWhatAndWhenAnAuthoritySawIt)
{
    auto const block = read(as_bytes(sample()));
    ASSERT_TRUE(block && block->signature);
    auto const& signature = *block->signature;
    EXPECT_EQ(signature.signer, "Konseki Catalogue Signer");
    EXPECT_EQ(signature.issuer, signature.signer);
    EXPECT_EQ(signature.serial, "62a50a58cd098ad7608dfc9d59a2afccaa1760a4"); // as osslsigncode says
    EXPECT_EQ(to_string(signature.valid_from), "2026-11-23T20:40:18.0000000Z");
    EXPECT_EQ(to_string(signature.countersigned_at), "2021-01-01T00:00:00.0000000Z");
    EXPECT_TRUE(signature.is_signature_good);
    EXPECT_THAT(signature.chain, testing::ElementsAre("Konseki Catalogue Signer"));
    EXPECT_EQ(block->content.substr(0, 2), "\x30\x0c") << "the inner bytes of the list, its usage first";
}

TEST(Pkcs7, ASignatureOverOtherContentIsNotGood)
{
    auto bytes = sample();
    auto const place = bytes.find("201231235959Z");
    ASSERT_NE(place, std::string::npos);
    bytes[place] = '3';
    auto const block = read(as_bytes(bytes));
    ASSERT_TRUE(block && block->signature);
    EXPECT_FALSE(block->signature->is_signature_good);
}

TEST(Pkcs7, ACutBlockIsNone)
{
    auto const bytes = sample();
    EXPECT_FALSE(read({}));
    for (std::size_t size = 1; size < bytes.size(); size += 3)
        EXPECT_FALSE(read(as_bytes(bytes.substr(0, size)))) << size;
    EXPECT_TRUE(read(as_bytes(bytes + "behind")));
}

}
