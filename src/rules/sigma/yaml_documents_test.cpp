#include "rules/sigma/yaml_documents.hpp"
#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>

namespace konseki::sigma {

namespace {

struct Loaded {
    std::vector<YAML::Node> documents;
    std::optional<NotYaml> problem;
};

Loaded load(std::string const& text)
{
    Loaded loaded;
    loaded.problem = load_documents(text, loaded.documents);
    return loaded;
}

}

TEST(SigmaYaml, DocumentsOfATextAreReadInTheirOrder)
{
    auto const loaded = load("# first\na: 1\n---\nb: 2\n...\n---\n{c: 3}\n--- [d, e]\n");
    ASSERT_FALSE(loaded.problem);
    ASSERT_EQ(loaded.documents.size(), 4U);
    EXPECT_EQ(loaded.documents[1]["b"].Scalar(), "2");
    EXPECT_EQ(loaded.documents[3][1].Scalar(), "e");
}

// yaml-cpp 0.7 takes all memory for each of them.
TEST(SigmaYaml, ACommaOutsideOfBracketsIsRefusedWithItsLine)
{
    for (auto const* text : { ", c", "---\n, c]", "[a]\n, b", "{a: b}, c", "a: b\n---\n'c'\n# d\n, e", " a: b\n, c" }) {
        auto const loaded = load(text);
        ASSERT_TRUE(loaded.problem) << text;
        EXPECT_TRUE(loaded.documents.empty()) << text;
        auto const* comma = std::strrchr(text, ',');
        EXPECT_EQ(loaded.problem->line, 1 + std::count(text, comma, '\n')) << text;
    }
}

TEST(SigmaYaml, WhatIsNotYamlSaysWhere)
{
    auto const loaded = load("a: b\nc: [d\n");
    ASSERT_TRUE(loaded.problem);
    EXPECT_EQ(loaded.problem->line, 3U);
    EXPECT_FALSE(loaded.problem->message.empty());
}

TEST(SigmaYaml, ATextWithoutDocumentsIsNoProblem)
{
    for (auto const* text : { "", "# nothing\n", "\n\n", "---\n---\n" })
        EXPECT_FALSE(load(text).problem) << text;
}

}
