#include "base/identity.hpp"
#include <gtest/gtest.h>

namespace konseki {

TEST(Guid, RoundTripsThroughDiskOrder)
{
    auto const guid = Guid::parse("{54849625-5478-4994-a5ba-3e3b0328c30d}");
    ASSERT_TRUE(guid.has_value());
    EXPECT_EQ(guid->bytes[0], std::byte { 0x25 });
    EXPECT_EQ(to_string(*guid), "54849625-5478-4994-A5BA-3E3B0328C30D");
}

TEST(Guid, RefusesHalfBracesAndBadDigits)
{
    EXPECT_FALSE(Guid::parse("{54849625-5478-4994-a5ba-3e3b0328c30d"));
    EXPECT_FALSE(Guid::parse("5484962g-5478-4994-a5ba-3e3b0328c30d"));
    EXPECT_FALSE(Guid::parse(""));
}

TEST(TraceId, PrintsAndParses)
{
    TraceId const id { 7, 0x12a0 };
    EXPECT_EQ(to_string(id), "e7@0x12a0");
    EXPECT_EQ(TraceId::parse("e7@0x12a0"), id);
    EXPECT_EQ(TraceId::parse("e7@4768"), id);
    for (auto const* text : { "", "e", "e7", "7@1", "e7@", "e@1", "e7@x", "e99999999999@1" })
        EXPECT_FALSE(TraceId::parse(text).has_value()) << text;
}

TEST(Sha256, ParsesSixtyFourDigits)
{
    auto const text = std::string(62, '0') + "ff";
    EXPECT_EQ(to_string(Sha256::parse(text).value()), text);
    EXPECT_FALSE(Sha256::parse("ff").has_value());
}

}
