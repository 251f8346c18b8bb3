#include "formats/cfb/cfb.hpp"
#include "support/samples.hpp"
#include <random>
#include <gtest/gtest.h>

namespace konseki::cfb {

namespace {

class Collect final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    std::vector<Diagnostic> diagnostics;
};

std::vector<std::byte> small_file()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/cfb/testdata/small.hex"));
}

}

TEST(Cfb, ReadsASmallStreamAndKnowsWhereItLies)
{
    Collect collect;
    auto const bytes = small_file();
    auto const file = File::open(bytes, collect);
    ASSERT_TRUE(file.ok()) << to_string(file.error());
    auto const* const entry = file.value().find("hello");
    ASSERT_NE(entry, nullptr);
    auto const stream = file.value().read(*entry, collect);
    EXPECT_EQ(stream.bytes.size(), 100U);
    EXPECT_TRUE(as_text(stream.bytes).starts_with("0123456789"));
    EXPECT_EQ(stream.offset_of(70), 2'048U + 70U);
    EXPECT_TRUE(collect.diagnostics.empty());
}

TEST(Cfb, DamageAndTruncationAreSurvived)
{
    auto const bytes = small_file();
    std::mt19937 random { 3 };
    for (int round = 0; round < 3'000; ++round) {
        auto damaged = bytes;
        damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        damaged.resize(bytes.size() - random() % bytes.size());
        Collect collect;
        auto const file = File::open(damaged, collect);
        for (std::size_t i = 0; file.ok() && i < file.value().entries().size(); ++i)
            (void)file.value().read(file.value().entries()[i], collect);
    }
}

TEST(Cfb, RealJumpListsHaveTheirDestList)
{
    KONSEKI_NEEDS_DATA(folder, "jumplists/automaticDestinations-ms");
    for (auto const& path : test::files_below(folder, "")) {
        auto const content = test::read_file(path);
        Collect collect;
        auto const file = File::open(as_bytes(content), collect);
        ASSERT_TRUE(file.ok()) << path;
        ASSERT_NE(file.value().find("DestList"), nullptr) << path;
        EXPECT_FALSE(file.value().read(*file.value().find("DestList"), collect).bytes.empty());
        EXPECT_TRUE(collect.diagnostics.empty()) << path;
    }
}

}
