#include "intake/companions.hpp"
#include "support/toy_case.hpp"
#include <array>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace konseki::intake {
namespace {

namespace fs = std::filesystem;
using test::ToyCase;

class CompanionsTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        test::toy_server();
        std::string pattern = (fs::temp_directory_path() / "konseki-companions-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder = pattern;
        fs::create_directory(folder / "in");
    }
    void TearDown() override
    {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    void put(fs::path const& relative, std::string_view text) const
    {
        fs::create_directories((folder / "in" / relative).parent_path());
        std::ofstream(folder / "in" / relative, std::ios::binary) << text;
    }
    fs::path folder;
};

TEST_F(CompanionsTest, FilesBesideTheEvidenceAreReadWithIt)
{
    put("a/HIVE", "TOY\nbeside\n");
    put("a/hive.log1", "one");
    put("a/HIVE.LOG2", "two");
    put("b/HIVE.LOG1", "of another folder");
    ToyCase found { folder / "case" };
    found.examine({ folder / "in" }, {});
    EXPECT_EQ(found.rows(), "e1@0x4 hive.log1=one\ne1@0x4 HIVE.LOG2=two\ne1@0x4 beside\n");
    EXPECT_EQ(found.diagnostics(), "");
}

TEST_F(CompanionsTest, AParserSeesWhenItsFileWasModified)
{
    put("a.toy", "TOY\nmodified\n");
    constexpr ::time_t moment = 1'764'374'400; // 2025-11-29
    std::array<::timespec, 2> const times { { { moment, 0 }, { moment, 0 } } };
    ASSERT_EQ(::utimensat(AT_FDCWD, (folder / "in/a.toy").c_str(), times.data(), 0), 0);
    ToyCase found { folder / "case" };
    found.examine({ folder / "in" }, {});
    EXPECT_EQ(found.rows(), "e1@0x0 2025-11-29T00:00:00.0000000Z\ne1@0x4 modified\n");
}

TEST_F(CompanionsTest, AChangedOrNewCompanionReadsTheEvidenceAgain)
{
    put("HIVE", "TOY\nbeside\n");
    ToyCase found { folder / "case" };
    found.examine({ folder / "in" }, {});
    EXPECT_EQ(found.rows(), "e1@0x4 beside\n");
    put("HIVE.LOG1", "new");
    found.examine({ folder / "in" }, {});
    EXPECT_EQ(found.rows(), "e1@0x4 HIVE.LOG1=new\ne1@0x4 beside\n");
    found.examine({ folder / "in" }, {});
    EXPECT_EQ(found.summary.examined, 0U);
    EXPECT_EQ(found.summary.unchanged, 2U);
    put("HIVE.LOG1", "longer than before");
    found.examine({ folder / "in" }, {});
    EXPECT_EQ(found.rows(), "e1@0x4 HIVE.LOG1=longer than before\ne1@0x4 beside\n");
}

TEST_F(CompanionsTest, MembersOfAnArchiveHaveTheirCompanionsInTheSameFolderOfIt)
{
    test::write_archive(folder / "in" / "m.zip",
        { { "x/HIVE", "TOY\nbeside\n" }, { "x/hive.LOG1", "x" }, { "y/HIVE.LOG1", "y" }, { "y/HIVE.LOG2", "z" } });
    ToyCase found { folder / "case" };
    found.examine({ folder / "in" }, {});
    EXPECT_EQ(found.rows(), "e2@0x4 hive.LOG1=x\ne2@0x4 beside\n");
}

TEST_F(CompanionsTest, TheSameBytesWithOtherCompanionsAreNoDuplicate)
{
    test::write_archive(folder / "in" / "m.zip",
        { { "x/HIVE", "TOY\nbeside\n" }, { "x/HIVE.LOG1", "x" }, { "y/HIVE", "TOY\nbeside\n" }, { "y/HIVE.LOG1", "y" },
            { "z/HIVE", "TOY\nbeside\n" }, { "z/HIVE.LOG1", "x" } });
    ToyCase found { folder / "case" };
    found.examine({ folder / "in" }, {});
    EXPECT_EQ(found.rows(), "e2@0x4 HIVE.LOG1=x\ne2@0x4 beside\ne4@0x4 HIVE.LOG1=y\ne4@0x4 beside\n");
    EXPECT_EQ(found.summary.duplicates, 2U); // z/HIVE with its log
}

TEST_F(CompanionsTest, CollectionsGiveHostAndPlaceToTheirFiles)
{
    test::write_archive(folder / "in" / "Collection-PC7-2021-11-21T18_05_56Z.zip",
        { { "uploads/auto/C%3A/Users/a/NTUSER.DAT", "TOY\nbeside\n" },
            { "uploads/auto/C%3A/Users/a/ntuser.dat.LOG1", "log" }, { "results/A%2FB.json", "{}" } });
    put("PC8_20240102030405/fs/c:/Windows/x.toy", "TOY\nx\n");
    ToyCase found { folder / "case" };
    found.examine({ folder / "in" }, {});
    std::string text;
    auto const all = found.target->evidence().value();
    for (auto const& evidence : all)
        append_format(text, "{} {} {}\n", evidence.number, evidence.host, evidence.machine_path);
    EXPECT_EQ(text,
        "1 PC7 \n2 PC7 C:\\Users\\a\\NTUSER.DAT\n3 PC7 C:\\Users\\a\\ntuser.dat.LOG1\n4 PC7 \n"
        "5 PC8 C:\\Windows\\x.toy\n");
    EXPECT_EQ(found.rows(), "e2@0x4 ntuser.dat.LOG1=log\ne2@0x4 beside\ne5@0x4 x\n");
}

TEST_F(CompanionsTest, WithCopiesTheCompanionsAreFoundToo)
{
    put("HIVE", "TOY\nbeside\n");
    put("HIVE.LOG1", "one");
    ToyCase found { folder / "case" };
    found.examine({ folder / "in" }, { .copy_into_vault = true });
    EXPECT_EQ(found.rows(), "e1@0x4 HIVE.LOG1=one\ne1@0x4 beside\n");
    fs::remove_all(folder / "in");
    EXPECT_EQ(found.rendered({ TraceId { 1, 4 } }, "xml"), "xml:beside\n");
}

}
}
