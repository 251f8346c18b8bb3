#include "analysers/advice/advice.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::advice {
namespace {

TEST(Advice, TheMoreSpecialTechniqueWins)
{
    std::vector<std::string> const dcsync { "T1003.006" };
    std::vector<std::string> const lsass { "T1003.001" };
    EXPECT_THAT(for_techniques(dcsync, {}).en, testing::HasSubstr("krbtgt"));
    EXPECT_THAT(for_techniques(lsass, {}).en, testing::Not(testing::HasSubstr("krbtgt")));
}

TEST(Advice, FallsBackToTheTacticAndThenToAGeneralText)
{
    std::vector<std::string> const tags { "attack.impact" };
    EXPECT_THAT(for_techniques({}, tags).en, testing::HasSubstr("backups"));
    EXPECT_FALSE(for_techniques({}, {}).en.empty());
    EXPECT_FALSE(for_techniques({}, {}).ja.empty());
}

}
}
