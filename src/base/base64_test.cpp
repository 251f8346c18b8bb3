#include "base/base64.hpp"
#include <gtest/gtest.h>

namespace konseki {

// [RFC 4648, section 10]
TEST(Base64, TheVectorsOfTheStandardGoBothWays)
{
    constexpr std::string_view bytes = "foobar";
    constexpr std::string_view texts[] { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
    for (std::size_t i = 0; i < std::size(texts); ++i) {
        EXPECT_EQ(to_base64(as_bytes(bytes.substr(0, i))), texts[i]);
        auto const back = from_base64(texts[i]);
        ASSERT_TRUE(back.has_value());
        EXPECT_EQ(as_text(*back), bytes.substr(0, i));
    }
}

TEST(Base64, PaddingMayBeAbsentAndNothingElseIsPassedOver)
{
    EXPECT_EQ(as_text(from_base64("Zm8").value()), "fo");
    EXPECT_EQ(as_text(from_base64("+/+/").value()), "\xfb\xff\xbf");
    for (auto const* text : { "Zm 8=", "Z=m8", "Zm-8", "Zm8=\n" })
        EXPECT_FALSE(from_base64(text).has_value()) << text;
}

}
