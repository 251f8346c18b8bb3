#include "analysers/host_state/features.hpp"
#include "analysers/ranking/rates.hpp"
#include <cmath>
#include <set>
#include <gmock/gmock.h>

namespace konseki::ranking {
namespace {

using host_state::feature;

std::vector<Feature const*> set_of(std::initializer_list<std::string_view> ids)
{
    std::vector<Feature const*> features;
    for (auto const id : ids)
        features.push_back(&feature(id));
    return features;
}

TEST(RankingRates, AReasonThatHoldsForManyItemsLosesItsWeight)
{
    FeatureRates rare, common;
    auto const writable = set_of({ "path.user_writable" });
    rare.count({ 0, ItemKind::task, true }, writable, 1, 1);
    rare.count({ 0, ItemKind::task, true }, {}, 99, 1);
    common.count({ 0, ItemKind::task, true }, writable, 40, 1);
    common.count({ 0, ItemKind::task, true }, {}, 60, 1);
    auto const of_rare = rare.weight({ 0, ItemKind::task, true }, *writable.front(), 1);
    EXPECT_GT(of_rare, std::log(writable.front()->implant_rate / writable.front()->harmless_rate));
    EXPECT_LT(common.weight({ 0, ItemKind::task, true }, *writable.front(), 1), of_rare / 2);
}

TEST(RankingRates, AThingOnMostHostsDoesNotExcuseItself)
{
    FeatureRates rates;
    auto const tool = set_of({ "name.attack_tool" });
    rates.count({ 0, ItemKind::program, true }, tool, 450, 450); // the same implant on 450 hosts of 500
    for (int thing = 0; thing < 300; ++thing)
        rates.count({ 0, ItemKind::program, true }, {}, 500, 500);
    EXPECT_NEAR(rates.weight({ 0, ItemKind::program, true }, *tool.front(), 450),
        std::log(tool.front()->implant_rate / tool.front()->harmless_rate), 0.7);
}

TEST(RankingRates, WhatDepartmentsShareIsMoreUsualThanWhatOneHostHas)
{
    FeatureRates shared, single;
    auto const own = set_of({ "path.own_root_folder" });
    Population const population { 0, ItemKind::autostart, true };
    for (auto* rates : { &shared, &single })
        for (int thing = 0; thing < 300; ++thing)
            rates->count(population, {}, 1, 1);
    for (int department = 0; department < 6; ++department) {
        shared.count(population, own, 64, 64);
        single.count(population, own, 1, 1);
    }
    EXPECT_LT(shared.weight(population, *own.front(), 1), single.weight(population, *own.front(), 1) - 0.5);
}

TEST(RankingRates, WhatFewHaveIsComparedWithWhatFewHave)
{
    FeatureRates rates;
    auto const signs = set_of({ "path.system" });
    for (int thing = 0; thing < 300; ++thing) {
        rates.count({ 0, ItemKind::service, false }, signs, 1, 1); // everybody's services lie in Windows' folders
        rates.count({ 0, ItemKind::service, true }, {}, 1, 1); // what few have does not
    }
    EXPECT_LT(rates.weight({ 0, ItemKind::service, false }, *signs.front(), 1), -1);
    EXPECT_EQ(rates.weight({ 0, ItemKind::service, true }, *signs.front(), 1), 0) << "it says nothing there";
}

TEST(RankingRates, AStratumHasItsOwnRatesAndLeansOnTheFleetWhereItKnowsLittle)
{
    FeatureRates rates;
    auto const writable = set_of({ "path.user_writable" });
    rates.count({ 0, ItemKind::task, true }, writable, 600, 1); // clients: usual
    rates.count({ 0, ItemKind::task, true }, {}, 400, 1);
    rates.count({ 1, ItemKind::task, true }, {}, 1'000, 1); // servers: never
    rates.count({ 4, ItemKind::task, true }, {}, 2, 1);
    auto const weight = [&](std::size_t stratum) {
        return rates.weight({ stratum, ItemKind::task, true }, *writable.front(), 1);
    };
    EXPECT_LT(weight(0), weight(4));
    EXPECT_LT(weight(4), weight(1));
}

TEST(RankingRates, WhatAFileTellsIsComparedWithThoseWhoseFileWasRead)
{
    FeatureRates rates;
    auto const unsigned_file = set_of({ "identity.unsigned" });
    auto const signed_file = set_of({ "identity.signed" });
    Population const read { 0, ItemKind::autostart, true, FileKnown::signature };
    Population const unread { 0, ItemKind::autostart, true, FileKnown::no };
    for (int thing = 0; thing < 300; ++thing) {
        rates.count(read, unsigned_file, 1, 1);
        rates.count(read, signed_file, 1, 1);
    }
    auto const before = rates.weight(read, *unsigned_file.front(), 1);
    EXPECT_LT(before, 0.5) << "every other one is unsigned here";
    for (int thing = 0; thing < 20'000; ++thing)
        rates.count(unread, {}, 1, 1);
    EXPECT_EQ(rates.weight(read, *unsigned_file.front(), 1), before) << "files that nobody read say nothing about it";
}

TEST(RankingRates, WhatAFileTellsIsMuchTheSameWhateverStartsIt)
{
    FeatureRates usual, unknown;
    auto const clock = set_of({ "identity.maker", "time.other_clock" });
    auto const maker = set_of({ "identity.maker" });
    for (int thing = 0; thing < 2'000; ++thing)
        usual.count({ 0, ItemKind::program, true, FileKnown::version }, thing % 5 == 0 ? clock : maker, 1, 1);
    Population const service { 0, ItemKind::service, true, FileKnown::version };
    EXPECT_GT(unknown.weight(service, feature("time.other_clock"), 1), 3);
    EXPECT_LT(usual.weight(service, feature("time.other_clock"), 1), 1) << "a fifth of the programs show it";
}

TEST(RankingRates, WhatIsKnownOfAFileIsReadFromItsReasons)
{
    EXPECT_EQ(file_known(set_of({ "path.system", "execution.ran" })), FileKnown::no);
    EXPECT_EQ(file_known(set_of({ "path.system", "identity.no_version" })), FileKnown::version);
    EXPECT_EQ(file_known(set_of({ "identity.no_version", "identity.signed" })), FileKnown::signature);
    EXPECT_EQ(needed_for(feature("content.known_pair")), FileKnown::no) << "names are enough to see a pair";
}

TEST(RankingRates, FamiliesAreCappedAndTheTermsAddUpToTheScore)
{
    FeatureRates const rates;
    auto const features = set_of(
        { "name.attack_tool", "name.lookalike", "name.system_elsewhere", "execution.ran", "identity.windows" });
    auto terms = weighed_terms(rates, { 0, ItemKind::task, false }, features, 1);
    auto const score = cap_families(terms);
    double names = 0, all = 0;
    for (auto const& term : terms) {
        all += term.weight;
        if (term.feature->family == Family::name)
            names += term.weight;
    }
    EXPECT_DOUBLE_EQ(names, cap_of(Family::name).most);
    EXPECT_NEAR(all, score, 1e-9);
    EXPECT_LT(terms[4].weight, 0) << "what speaks for harmless counts, too";
}

TEST(RankingRates, TheSameReasonTwiceSaysNoMore)
{
    FeatureRates const rates;
    auto const terms
        = weighed_terms(rates, { 0, ItemKind::task, true }, set_of({ "name.lookalike", "name.lookalike" }), 1);
    EXPECT_GT(terms[0].weight, 0);
    EXPECT_EQ(terms[1].weight, 0);
}

TEST(RankingRates, EveryFeatureIsNamedOnceSaysItInTwoLanguagesAndHasRatesThatCanBe)
{
    std::set<std::string_view> ids;
    for (auto const& feature : host_state::features()) {
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
