#include "rules/side_loading/side_loading.hpp"
#include "support/samples.hpp"
#include <array>
#include <gtest/gtest.h>

namespace konseki::side_loading {
namespace {

sigma::RuleFile const example { "jli.yml", R"(---
Name: JLI.dll
Vendor: Example
ExpectedLocations:
  - '%PROGRAMFILES%\Java\%VERSION%\bin'
  - '%LOCALAPPDATA%\Temp\%VERSION%\bin'
VulnerableExecutables:
  - Path: '%PROGRAMFILES%\Java\%VERSION%\bin\java.exe'
    Type: 'Sideloading'
  - Path: 'policytool.exe'
    Type: 'Sideloading'
)" };

TEST(SideLoading, ALibraryKnowsItsHomesAndThePrograms)
{
    auto const catalogue = Catalogue::compile({ &example, 1 });
    ASSERT_EQ(catalogue.size(), 1U);
    auto const* const library = catalogue.find("jli.dll");
    ASSERT_NE(library, nullptr);
    EXPECT_TRUE(loads(*library, "java.exe"));
    EXPECT_TRUE(loads(*library, "policytool.exe"));
    EXPECT_FALSE(loads(*library, "javaw.exe"));
    EXPECT_TRUE(is_home(*library, R"(\program files\java\jdk-17\bin)"));
    EXPECT_TRUE(is_home(*library, R"(\program files (x86)\java\jre8\bin)"));
    EXPECT_TRUE(is_home(*library, R"(\users\tanaka\appdata\local\temp\x\bin)"));
    EXPECT_FALSE(is_home(*library, R"(\programdata\oem)"));
    EXPECT_EQ(catalogue.find("other.dll"), nullptr);
}

TEST(SideLoading, WhatCannotBeReadIsNamed)
{
    std::array const files { example, sigma::RuleFile { "broken.yml", "Name: [" },
        sigma::RuleFile { "list.yml", "- a" },
        sigma::RuleFile { "more.yml", "Name: jli.dll\nVulnerableExecutables:\n- Path: x.exe\n" } };
    auto const catalogue = Catalogue::compile(files);
    EXPECT_EQ(catalogue.size(), 1U);
    ASSERT_EQ(catalogue.problems().size(), 2U);
    EXPECT_EQ(catalogue.problems()[0].path, "broken.yml");
    EXPECT_TRUE(loads(*catalogue.find("jli.dll"), "x.exe")) << "two files about one library are joined";
    EXPECT_NE(catalogue.fingerprint(), Catalogue::compile({ &example, 1 }).fingerprint());
}

TEST(SideLoading, ReadsAllOfHijackLibs)
{
    KONSEKI_NEEDS_DATA(folder, "hijacklibs/yml");
    std::vector<sigma::RuleFile> files;
    for (auto const& path : test::files_below(folder, ".yml"))
        files.push_back({ path.string(), test::read_file(path) });
    auto const catalogue = Catalogue::compile(files);
    EXPECT_EQ(files.size(), 598U);
    EXPECT_TRUE(catalogue.problems().empty());
    EXPECT_GE(catalogue.pair_count(), 2'000U); // spec fsa 5a: 2,360 pairs, some libraries name a program twice
    EXPECT_TRUE(loads(*catalogue.find("jli.dll"), "java.exe"));
}

}
}
