#include "analysers/host_state/features.hpp"
#include "analysers/ranking/alike.hpp"
#include <gtest/gtest.h>

namespace konseki::ranking {
namespace {

constexpr std::uint32_t year = 365 * 86'400, beginning = 1'600'000'000;

std::vector<LeadShape> services(std::uint32_t apart)
{
    std::vector<LeadShape> leads;
    for (auto const* department : { "sales", "legal", "plant", "design" })
        leads.push_back({ std::string(R"(\services\)") + department + "|\\services\\" + department + "\\" + department
                + "-collector.exe",
            { &host_state::feature("path.own_root_folder") },
            beginning + static_cast<std::uint32_t>(leads.size()) * apart });
    return leads;
}

std::vector<std::size_t> const by_themselves { 0, 1, 2, 3 };

TEST(AlikeLeads, WhatDiffersInOneWordAndCameOverYearsIsToldOnce)
{
    EXPECT_EQ(told_with(services(year)), (std::vector<std::size_t> { 0, 0, 0, 0 }));
}

// Two of the four have one reason more.
std::vector<LeadShape> with_other_reasons(std::vector<LeadShape> leads)
{
    for (auto const at : { 1U, 3U })
        leads[at].reasons.push_back(&host_state::feature("identity.no_version"));
    return leads;
}

TEST(AlikeLeads, WhatCameOverYearsMayDifferInWhatIsUsualAmongThem)
{
    EXPECT_EQ(told_with(with_other_reasons(services(year))), (std::vector<std::size_t> { 0, 0, 0, 0 }));
}

TEST(AlikeLeads, WhatCameWithinMonthsIsToldOnceOnlyForTheVerySameReasons)
{
    EXPECT_EQ(told_with(services(86'400)), (std::vector<std::size_t> { 0, 0, 0, 0 }));
    EXPECT_EQ(told_with(with_other_reasons(services(86'400))), by_themselves) << "two and two are no habit";
}

TEST(AlikeLeads, WhoseTimesNobodyKnowsNeedTheVerySameReasonsToo)
{
    auto leads = with_other_reasons(services(year));
    for (auto& lead : leads)
        lead.second = 0;
    EXPECT_EQ(told_with(leads), by_themselves);
}

TEST(AlikeLeads, TwoOfAKindAreNoHabit)
{
    auto leads = services(year);
    leads.resize(2);
    EXPECT_EQ(told_with(leads), (std::vector<std::size_t> { 0, 1 }));
}

TEST(AlikeLeads, WhatBearsAReasonThatTheOthersLackStandsForItself)
{
    auto leads = services(year);
    leads[0].reasons.push_back(&host_state::feature("command.encoded"));
    EXPECT_EQ(told_with(leads), (std::vector<std::size_t> { 0, 1, 1, 1 })) << "even if it is the heaviest";
}

TEST(AlikeLeads, WhatDiffersInTwoWordsIsAnotherThing)
{
    auto leads = services(year);
    leads[3].text = R"(\services\design|\services\design\updater.exe)";
    EXPECT_EQ(told_with(leads), (std::vector<std::size_t> { 0, 0, 0, 3 }));
}

TEST(AlikeLeads, TheFirstAndTheLastOfManyDoNotCount)
{
    constexpr std::uint32_t day = 86'400;
    std::vector<std::uint32_t> seconds { 1, 100 * day, 101 * day, 102 * day, 103 * day, 104 * day, 105 * day, year };
    EXPECT_EQ(days_within(seconds, 8), 5U);
    EXPECT_EQ(days_within(seconds, 9), 364U) << "fewer than nine: all of them count";
}

TEST(AlikeLeads, NoneIsNone)
{
    EXPECT_TRUE(told_with({}).empty());
    std::vector<std::uint32_t> none;
    EXPECT_EQ(days_between_quarters(none), 0U);
    EXPECT_EQ(days_within(none, 8), 0U);
}

}
}
