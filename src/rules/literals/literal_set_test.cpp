#include "rules/literals/literal_set.hpp"
#include <algorithm>
#include <random>
#include <gtest/gtest.h>

using konseki::literals::LiteralSet;

namespace {

using Hits = std::vector<std::pair<std::size_t, std::uint32_t>>; // end, literal

Hits hits_of(LiteralSet const& set, std::string_view text)
{
    Hits hits;
    set.find(text, [&](std::uint32_t literal, std::size_t end) {
        hits.emplace_back(end, literal);
        return true;
    });
    std::sort(hits.begin(), hits.end());
    return hits;
}

Hits naive_hits_of(std::vector<std::string> const& literals, std::string_view text)
{
    Hits hits;
    for (std::uint32_t i = 0; i < literals.size(); ++i) {
        if (literals[i].empty())
            continue;
        for (auto at = text.find(literals[i]); at != std::string_view::npos; at = text.find(literals[i], at + 1))
            hits.emplace_back(at + literals[i].size(), i);
    }
    std::sort(hits.begin(), hits.end());
    return hits;
}

std::string random_text(std::mt19937& random, std::size_t size_max, unsigned letters)
{
    std::string text(random() % (size_max + 1), 'a');
    for (auto& c : text)
        c = static_cast<char>('a' + random() % letters);
    return text;
}

}

TEST(LiteralSet, FindsOverlappingLiteralsAndSuffixes)
{
    std::vector<std::string> const literals { "he", "she", "his", "hers", "s" };
    EXPECT_EQ(hits_of(LiteralSet(literals), "ushers"), (Hits { { 2, 4 }, { 4, 0 }, { 4, 1 }, { 6, 3 }, { 6, 4 } }));
}

TEST(LiteralSet, ReportsEqualLiteralsOneByOneAndNeverEmptyOnes)
{
    std::vector<std::string> const literals { "a", "", "a" };
    EXPECT_EQ(hits_of(LiteralSet(literals), "ba"), (Hits { { 2, 0 }, { 2, 2 } }));
}

TEST(LiteralSet, OfNothingFindsNothing)
{
    EXPECT_TRUE(hits_of(LiteralSet(), "text").empty());
    EXPECT_TRUE(hits_of(LiteralSet(std::vector<std::string> {}), "text").empty());
    EXPECT_TRUE(hits_of(LiteralSet(std::vector<std::string> { "" }), "text").empty());
}

TEST(LiteralSet, ReadsEveryByteValue)
{
    std::vector<std::string> literals;
    std::string text;
    for (int byte = 0; byte < 256; ++byte) {
        literals.emplace_back(1, static_cast<char>(byte));
        text += static_cast<char>(byte);
    }
    EXPECT_EQ(hits_of(LiteralSet(literals), text).size(), 256U);
}

TEST(LiteralSet, StopsWhenAsked)
{
    LiteralSet const set(std::vector<std::string> { "a" });
    int count = 0;
    set.find("aaaa", [&](std::uint32_t, std::size_t) { return ++count < 2; });
    EXPECT_EQ(count, 2);
}

TEST(LiteralSet, EqualsTheNaiveSearchOnRandomTexts)
{
    std::mt19937 random(20261123);
    for (int round = 0; round < 400; ++round) {
        std::vector<std::string> literals;
        auto const letters = 1 + static_cast<unsigned>(random() % 6);
        auto const count = random() % 60;
        for (unsigned i = 0; i < count; ++i)
            literals.push_back(random_text(random, 8, letters));
        LiteralSet const set(literals);
        for (int n = 0; n < 5; ++n) {
            auto const text = random_text(random, 80, letters);
            ASSERT_EQ(hits_of(set, text), naive_hits_of(literals, text)) << "round " << round << " text " << text;
        }
    }
}

TEST(LiteralSet, WalksFromTheStartAndFromTheEnd)
{
    std::vector<std::string> const literals { "ab", "abc", "b", "a", "" };
    Hits starts, ends;
    LiteralSet(literals).find_prefixes(
        "abcab", [&](std::uint32_t literal, std::size_t size) { starts.emplace_back(size, literal); });
    EXPECT_EQ(starts, (Hits { { 1, 3 }, { 2, 0 }, { 3, 1 } }));
    std::vector<std::string> const reversed { "ba", "cba", "b", "a" }; // of ab, abc, b, a
    LiteralSet(reversed).find_suffixes(
        "abcab", [&](std::uint32_t literal, std::size_t size) { ends.emplace_back(size, literal); });
    EXPECT_EQ(ends, (Hits { { 1, 2 }, { 2, 0 } }));
}
