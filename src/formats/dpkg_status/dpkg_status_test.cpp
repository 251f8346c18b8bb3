#include "base/text.hpp"
#include "formats/dpkg_status/dpkg_status.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::dpkg_status {
namespace {

std::vector<Paragraph> paragraphs_of(std::string_view text, Listing listing)
{
    std::vector<Paragraph> found;
    read(text, listing, [&](Paragraph const& paragraph) { found.push_back(paragraph); });
    return found;
}

std::string sample()
{
    return test::read_file(format("{}/src/formats/dpkg_status/testdata/status", KONSEKI_SOURCE_DIR));
}

TEST(DpkgStatus, ParagraphsAreReadWithTheirConfiguration)
{
    auto const text = sample();
    auto const found = paragraphs_of(text, Listing::status);
    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[0].package, "a");
    EXPECT_EQ(found[0].state, "installed");
    EXPECT_EQ(found[0].version, "1:2-3");
    EXPECT_EQ(found[0].maintainer, "A <a@b>");
    ASSERT_EQ(found[0].configuration.size(), 2U);
    EXPECT_EQ(found[0].configuration[1], (std::pair<std::string, std::string> { "/etc/b", "4567" }));
    EXPECT_EQ(found[1].begin, text.find("Package: b"));
    EXPECT_EQ(text.substr(found[1].begin, found[1].end - found[1].begin), "Package: b\nVersion: 2");
    EXPECT_EQ(found[2].package, "c") << "names of fields have no case";
    EXPECT_EQ(found[2].state, "config-files");
    EXPECT_TRUE(found[3].package.empty());
    EXPECT_EQ(found[3].version, "9");
}

TEST(DpkgStatus, WithoutAStatusThePlaceOfTheFileDecides)
{
    EXPECT_EQ(paragraphs_of("Package: b\n", Listing::status).at(0).state, "not-installed");
    EXPECT_EQ(paragraphs_of("Package: b\n", Listing::status_folder).at(0).state, "installed");
    EXPECT_EQ(paragraphs_of("Package: b\nStatus: odd", Listing::status).at(0).state, "odd");
    EXPECT_EQ(paragraphs_of("Package: b\nStatus: a b  c d", Listing::status).at(0).state, "c");
    EXPECT_EQ(listing_of("/var/lib/dpkg/status"), Listing::status);
    EXPECT_EQ(listing_of("x/var/lib/dpkg/status.d/base"), Listing::status_folder);
}

TEST(DpkgStatus, EveryPrefixIsSurvived)
{
    auto const text = sample();
    for (std::size_t size = 0; size <= text.size(); ++size)
        for (auto const& paragraph : paragraphs_of(std::string_view(text).substr(0, size), Listing::status))
            EXPECT_LE(paragraph.end, size);
}

}
}
