// Collections of each tool, packed here from small files of our own: everything is read and has host and path.
#include "base/text.hpp"
#include "intake/collection_notes.hpp"
#include "support/toy_case.hpp"
#include <fstream>
#include <gtest/gtest.h>

namespace konseki::intake {
namespace {

namespace fs = std::filesystem;
using test::ArchiveFile;
using test::ArchiveForm;

class CollectionsTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (fs::temp_directory_path() / "konseki-collections-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder = pattern;
        fs::create_directory(folder / "in");
    }
    void TearDown() override
    {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    std::string packed(std::vector<ArchiveFile> const& files, ArchiveForm const& form = {}) const
    {
        test::write_archive(folder / "packed", files, form);
        std::ifstream file(folder / "packed", std::ios::binary);
        return { std::istreambuf_iterator<char>(file), {} };
    }
    // "state host machine_path" of every piece but the outer archive.
    std::string told(std::string const& name, std::string const& bytes, test::ToyOptions const& options = {})
    {
        std::ofstream(folder / "in" / name, std::ios::binary) << bytes;
        test::ToyCase result { folder / "case" };
        result.examine({ folder / "in" }, options);
        std::string text;
        auto rows
            = result.target
                  ->query("SELECT state, coalesce(host, '?'), coalesce(machine_path, original_path) FROM evidence "
                          "WHERE parent IS NOT NULL ORDER BY number")
                  .value();
        while (rows.next())
            append_format(text, "{} {} {}\n", rows.text(0), rows.text(1), rows.text(2));
        diagnostics = result.diagnostics();
        lines = result.rows();
        return text;
    }
    fs::path folder;
    std::string diagnostics, lines;
};

TEST_F(CollectionsTest, KapeZip)
{
    EXPECT_EQ(told("2023-02-06T021454_PC1.zip",
                  packed({ { "C/Windows/System32/a.toy", "TOY\na\n" }, { "C/Users/u/b.toy", "TOY\nb\n" },
                      { "VSS1/Users/u/c.toy", "TOY\nc\n" }, { "2023-02-06T021454_CopyLog.csv", "x" } })),
        "examined ? C:\\Windows\\System32\\a.toy\nexamined ? C:\\Users\\u\\b.toy\n"
        "examined ? \\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1\\Users\\u\\c.toy\n"
        "not_recognised ? 2023-02-06T021454_CopyLog.csv\n");
    EXPECT_EQ(diagnostics, "");
}

TEST_F(CollectionsTest, CylrZip)
{
    EXPECT_EQ(told("PC7.zip",
                  packed({ { "C/$MFT", "m" }, { "C/Windows/a.toy", "TOY\na\n" },
                      { "CyLR_Collection_Log_2023-01-01_00-00-00.log", "log" } })),
        "not_recognised PC7 C:\\$MFT\nexamined PC7 C:\\Windows\\a.toy\n"
        "not_recognised PC7 CyLR_Collection_Log_2023-01-01_00-00-00.log\n");
}

TEST_F(CollectionsTest, VelociraptorZipPrefersTheRawRead)
{
    auto const files = std::vector<ArchiveFile> { { "uploads/auto/C%3A/Users/u/a.toy", "TOY\nauto\n" },
        { "uploads/auto/C%3A/only.toy", "TOY\nonly\n" }, { "uploads/auto/C%3A/long.toy", "TOY\nthe longer\n" },
        { "uploads/ntfs/%5C%5C.%5CC%3A/Users/u/a.toy", "TOY\nntfs\n" },
        { "uploads/ntfs/%5C%5C.%5CC%3A/long.toy", "TOY\ncut\n" }, { "results/A.B.json", "{}" } };
    EXPECT_EQ(told("Collection-PC1-2021-11-21T18_05_56Z.zip", packed(files)),
        "duplicate PC1 C:\\Users\\u\\a.toy\nexamined PC1 C:\\only.toy\nexamined PC1 C:\\long.toy\n"
        "examined PC1 C:\\Users\\u\\a.toy\nexamined PC1 C:\\long.toy\nnot_recognised PC1 results/A.B.json\n");
    EXPECT_EQ(lines, "e3@0x4 only\ne4@0x4 the longer\ne5@0x4 ntfs\ne6@0x4 cut\n");
    EXPECT_NE(diagnostics.find("intake.raw_read_preferred"), std::string::npos) << diagnostics;
}

TEST_F(CollectionsTest, NestedOrc)
{
    auto const inner = packed({ { "SYSTEM/0_5_26_1_SYSTEM.data", "TOY\nhive\n" } }, { ARCHIVE_FORMAT_7ZIP });
    EXPECT_EQ(told("DFIR-ORC_WorkStation_pc7.acme.example_General.7z",
                  packed({ { "SystemHives.7z", inner }, { "Event/a.toy", "TOY\na\n" } }, { ARCHIVE_FORMAT_7ZIP })),
        "container pc7.acme.example SystemHives.7z\nexamined pc7.acme.example Event/a.toy\n"
        "examined pc7.acme.example SYSTEM/0_5_26_1_SYSTEM.data\n");
}

TEST(CollectionNotes, GetThisGivesSamplesTheirPath)
{
    std::vector<Evidence> evidence(4);
    std::vector<std::string> const paths { "Event.7z", "GetThis.csv", "evtx/0_5_26_a.data", "evtx/0_5_27_b.data" };
    for (std::size_t i = 0; i < evidence.size(); ++i) {
        evidence[i].number = static_cast<EvidenceNumber>(i + 1);
        evidence[i].parent = i == 0 ? 0 : 1;
        evidence[i].original_path = paths[i];
    }
    evidence[3].machine_path = "C:\\known";
    std::vector<SampleName> const samples { { 2, "evtx\\0_5_26_A.data", "\\Windows\\a.evtx" },
        { 2, "evtx\\0_5_27_b.data", "\\b" }, { 2, "gone", "\\c" }, { 9, "x", "\\d" } };
    auto const named = named_samples(evidence, samples);
    ASSERT_EQ(named.size(), 1U);
    EXPECT_EQ(named[0].number, 3U);
    EXPECT_EQ(named[0].machine_path, "\\Windows\\a.evtx");
}

TEST_F(CollectionsTest, AcquireTar)
{
    EXPECT_EQ(told("PC9_20240102030405.tar",
                  packed({ { "fs/c:/Windows/a.toy", "TOY\na\n" }, { "acquire.log", "log" } },
                      { ARCHIVE_FORMAT_TAR_PAX_RESTRICTED })),
        "examined PC9 C:\\Windows\\a.toy\nnot_recognised PC9 acquire.log\n");
}

TEST_F(CollectionsTest, OurOwnTarOfALinuxMachine)
{
    EXPECT_EQ(told("konseki-web-01-linux-20261123T010203Z.tar.zst",
                  packed({ { "konseki-collection.json", "{}" }, { "state/a.toy", "TOY\na\n" },
                             { "[root]/etc/b.toy", "TOY\nb\n" }, { "processes/1/exe", "TOY\nc\n" } },
                      { ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_ZSTD })),
        "not_recognised web-01 konseki-collection.json\nexamined web-01 state/a.toy\n"
        "examined web-01 /etc/b.toy\nexamined web-01 processes/1/exe\n");
    EXPECT_EQ(diagnostics, "");
}

TEST_F(CollectionsTest, UacTarGzAndZip)
{
    std::vector<ArchiveFile> const files { { "./uac.log", "log" }, { "./live_response/process/a.toy", "TOY\na\n" },
        { "./[root]/etc/b.toy", "TOY\nb\n" }, { "./bodyfile/c.toy", "TOY\nc\n" } };
    auto const* const expected = "not_recognised web ./uac.log\nexamined web ./live_response/process/a.toy\n"
                                 "examined web /etc/b.toy\nexamined web ./bodyfile/c.toy\n";
    EXPECT_EQ(told("uac-web-linux-20240102030405.tar.gz",
                  packed(files, { ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP })),
        expected);
    fs::remove_all(folder / "case");
    fs::remove_all(folder / "in");
    fs::create_directory(folder / "in");
    EXPECT_EQ(told("uac-web-linux-20240102030405.zip", packed(files)), expected);
}

TEST_F(CollectionsTest, ARootOfALinuxSystem)
{
    EXPECT_EQ(told("disk.tar",
                  packed({ { "/etc/passwd", "x" }, { "/etc/a.toy", "TOY\na\n" }, { "/usr/bin/b.toy", "TOY\nb\n" } },
                      { ARCHIVE_FORMAT_TAR_PAX_RESTRICTED })),
        "not_recognised ? /etc/passwd\nexamined ? /etc/a.toy\nexamined ? /usr/bin/b.toy\n");
    EXPECT_NE(diagnostics.find("archive.member.absolute_path"), std::string::npos) << diagnostics;
}

TEST_F(CollectionsTest, AWrongPasswordSaysSo)
{
    ArchiveForm form;
    form.options = "zip:encryption=aes256";
    form.passphrase = "right";
    test::ToyOptions options;
    options.passwords = { "wrong" };
    EXPECT_EQ(told("PC7.zip", packed({ { "C/Windows/a.toy", "TOY\na\n" } }, form), options), "");
    EXPECT_NE(diagnostics.find("the password given with --password does not open it"), std::string::npos)
        << diagnostics;
}

}
}
