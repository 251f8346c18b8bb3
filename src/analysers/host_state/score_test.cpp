#include "analysers/host_state/features.hpp"
#include "analysers/host_state/score.hpp"
#include <set>
#include <gmock/gmock.h>

namespace konseki::host_state {
namespace {

Item item_with(std::initializer_list<std::string_view> features)
{
    Item item;
    item.kind = ItemKind::task;
    item.traces = { { 1, 1 } };
    for (auto const id : features)
        item.terms.push_back({ &feature(id), {}, { 1, 1 }, 0 });
    return item;
}

TEST(HostStateScore, AReasonThatHoldsForManyItemsLosesItsWeight)
{
    std::vector<Item> rare(100), common(100);
    for (std::size_t at = 0; at < 100; ++at) {
        rare[at] = item_with(at == 0 ? std::initializer_list<std::string_view> { "path.user_writable" }
                                     : std::initializer_list<std::string_view> {});
        common[at] = item_with(at < 40 ? std::initializer_list<std::string_view> { "path.user_writable" }
                                       : std::initializer_list<std::string_view> {});
    }
    std::vector<Item>* const one[] { &rare };
    std::vector<Item>* const other[] { &common };
    score(one);
    score(other);
    EXPECT_GT(rare[0].score, 2);
    EXPECT_LT(common[0].score, rare[0].score / 2);
    EXPECT_EQ(rare[0].rank, 1U);
}

TEST(HostStateScore, FamiliesAreCappedAndTheTermsAddUpToTheScore)
{
    std::vector<Item> items { item_with(
        { "name.attack_tool", "name.lookalike", "name.system_elsewhere", "execution.ran", "identity.windows" }) };
    std::vector<Item>* const hosts[] { &items };
    score(hosts);
    double names = 0;
    double all = 0;
    for (auto const& term : items[0].terms) {
        all += term.weight;
        if (term.feature->family == Family::name)
            names += term.weight;
    }
    EXPECT_DOUBLE_EQ(names, cap_of(Family::name).most);
    EXPECT_NEAR(all, items[0].score, 1e-9);
    EXPECT_LT(items[0].terms[4].weight, 0) << "what speaks for harmless counts, too";
}

TEST(HostStateScore, EveryFeatureIsNamedOnceSaysItInTwoLanguagesAndHasRatesThatCanBe)
{
    std::set<std::string_view> ids;
    for (auto const& feature : features()) {
        EXPECT_TRUE(ids.insert(feature.id).second) << feature.id;
        EXPECT_FALSE(feature.en.empty() || feature.ja.empty()) << feature.id;
        EXPECT_EQ(feature.en.find("{}") == std::string_view::npos, feature.ja.find("{}") == std::string_view::npos)
            << feature.id;
        EXPECT_TRUE(feature.implant_rate > 0 && feature.implant_rate < 1) << feature.id;
        EXPECT_TRUE(feature.harmless_rate > 0 && feature.harmless_rate < 1) << feature.id;
    }
}

}
}
