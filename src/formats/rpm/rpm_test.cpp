#include "base/text.hpp"
#include "formats/rpm/rpm.hpp"
#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::rpm {
namespace {

std::string sample(std::string_view name)
{
    return test::read_file(format("{}/src/formats/rpm/testdata/{}", KONSEKI_SOURCE_DIR, name));
}

// "path digest's first character flags"
std::string files_of(Header const& header)
{
    std::string text;
    header.for_each_file(
        [&](File const& file) { append_format(text, "{} {} {}|", file.path, file.digest.substr(0, 1), file.flags); });
    return text;
}

TEST(Rpm, AHeaderGivesPackageFilesAndDigests)
{
    auto const bytes = sample("header");
    auto const header = Header::open(as_bytes(bytes));
    ASSERT_TRUE(header.ok());
    auto const& package = header.value().package();
    EXPECT_TRUE(header.value().is_complete());
    EXPECT_EQ(package.name, "bash");
    EXPECT_EQ(package.version, "1:5.1.8-9.el9");
    EXPECT_EQ(package.architecture, "x86_64");
    EXPECT_EQ(package.maintainer, "Red Hat, Inc.");
    EXPECT_EQ(package.digest_algorithm, 8U);
    EXPECT_EQ(to_string(package.installed_at), "2023-11-14T22:13:20.0000000Z");
    EXPECT_EQ(files_of(header.value()), "/usr/bin/bash a 0|/etc/bashrc b 1|") << "a folder that is none costs its file";
}

TEST(Rpm, ADatabaseGivesItsPackagesAndWhatIsDamaged)
{
    auto const bytes = sample("rpmdb.sqlite");
    auto const database = sqlite::Database::open(as_bytes(bytes));
    ASSERT_TRUE(database.ok());
    test::CollectingDiagnostics damage;
    std::string told;
    read_database(database.value(), damage, [&](Header const& header, TraceOrigin const&) {
        auto const& package = header.package();
        append_format(told, "{} {} {}{}{}|", package.name, package.version, package.maintainer,
            package.installed_at.is_set() ? "" : " never", header.is_complete() ? "" : " broken");
    });
    EXPECT_EQ(told,
        "bash 1:5.1.8-9.el9 Red Hat, Inc.|zero 1.2-3 Packager <p@example.org>|broken-off 4-5 V never broken|never 1-1  "
        "never|");
    ASSERT_EQ(damage.list.size(), 2U);
    EXPECT_EQ(damage.list[0].error.code, ErrorCode::truncated);
    EXPECT_EQ(damage.list[0].bytes_lost, 100U);
    EXPECT_EQ(damage.list[1].error.code, ErrorCode::bad_value);
}

TEST(Rpm, AHeaderThatBreaksOffStillNamesItsPackage)
{
    auto const whole = sample("header");
    std::size_t named = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        auto const header = Header::open(as_bytes(std::string_view(whole).substr(0, size)));
        if (!header.ok())
            continue;
        ++named;
        EXPECT_EQ(header.value().package().name, "bash");
        EXPECT_FALSE(header.value().is_complete());
        EXPECT_EQ(header.value().bytes_missing(), whole.size() - size);
        header.value().for_each_file([](File const& file) {
            EXPECT_TRUE(file.path == "/usr/bin/bash" || file.path == "/etc/bashrc") << file.path;
            EXPECT_TRUE(file.digest.empty() || file.digest.size() == 64) << file.digest;
        });
    }
    EXPECT_GT(named, 200U);
}

TEST(Rpm, EveryFlippedByteIsSurvived)
{
    auto const whole = sample("header");
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(~damaged[at]);
        if (auto const header = Header::open(as_bytes(damaged)); header.ok())
            (void)files_of(header.value());
    }
}

}
}
