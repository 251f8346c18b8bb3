#include "base/text.hpp"
#include "intake/unpack.hpp"
#include "support/samples.hpp"
#include "support/toy_case.hpp"
#include <chrono>
#include <fstream>
#include <gtest/gtest.h>

namespace konseki::intake {
namespace {

namespace fs = std::filesystem;
using test::ArchiveForm;
using test::ToyCase;
using test::write_archive;

class UnpackTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (fs::temp_directory_path() / "konseki-unpack-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder = pattern;
        fs::create_directory(folder / "in");
    }
    void TearDown() override
    {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    fs::path in(std::string_view name) const { return folder / "in" / name; }
    ToyCase examined(test::ToyOptions const& options = {}) const
    {
        ToyCase result { folder / "case" };
        result.examine({ folder / "in" }, options);
        return result;
    }
    fs::path folder;
};

std::string bytes_of(fs::path const& path)
{
    return test::read_file(path);
}

TEST_F(UnpackTest, EveryContainerGivesItsMembers)
{
    std::vector<test::ArchiveFile> const files { { "a/x.toy", "TOY\nx\n" }, { "y.txt", "plain" } };
    struct Kind {
        std::string_view name;
        ArchiveForm form;
    };
    for (auto const& [name, form] : { Kind { "t.zip", { ARCHIVE_FORMAT_ZIP } },
             Kind { "t.7z", { ARCHIVE_FORMAT_7ZIP } }, Kind { "t.tar", { ARCHIVE_FORMAT_TAR_PAX_RESTRICTED } },
             Kind { "t.tar.gz", { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP } },
             Kind { "t.tar.xz", { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ } },
             Kind { "t.tar.zst", { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD } },
             Kind { "t.tar.bz2", { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2 } },
             Kind { "t64.zip", { ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:zip64" } } }) {
        fs::remove_all(folder / "in");
        fs::create_directory(folder / "in");
        fs::remove_all(folder / "case");
        write_archive(in(name), files, form);
        auto const found = examined();
        auto const size = fs::file_size(in(name));
        EXPECT_EQ(found.evidence(),
            format("1 in/{} {} - container\n2 a/x.toy 6 toy examined in 1\n3 y.txt 5 - not_recognised in 1\n", name,
                size));
        EXPECT_EQ(found.rows(), "e2@0x4 x\n") << name;
        EXPECT_EQ(found.diagnostics(), "") << name;
    }
}

TEST_F(UnpackTest, ASingleCompressedFileIsNamedAfterItsArchive)
{
    for (auto const& [name, filter] :
        { std::pair { "log.toy.gz", ARCHIVE_FILTER_GZIP }, std::pair { "log2.toy.xz", ARCHIVE_FILTER_XZ },
            std::pair { "log3.toy.zst", ARCHIVE_FILTER_ZSTD }, std::pair { "log4.toy.bz2", ARCHIVE_FILTER_BZIP2 } })
        write_archive(in(name), { { "data", format("TOY\n{}\n", name) } }, { ARCHIVE_FORMAT_RAW, filter });
    auto const found = examined();
    EXPECT_EQ(found.rows(), "e2@0x4 log.toy.gz\ne4@0x4 log2.toy.xz\ne6@0x4 log3.toy.zst\ne8@0x4 log4.toy.bz2\n");
    EXPECT_NE(found.evidence().find("2 log.toy 15 toy examined in 1\n"), std::string::npos) << found.evidence();
}

TEST_F(UnpackTest, ASingleCompressedFileWithoutATimeHasItsArchives)
{
    write_archive(in("a.toy.xz"), { { "data", "TOY\nmodified\n" } }, { ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_XZ });
    fs::last_write_time(in("a.toy.xz"), fs::file_time_type::clock::now() - std::chrono::hours(24 * 365));
    auto const found = examined();
    auto const all = found.target->evidence().value();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all[0].modified_at.is_set());
    EXPECT_EQ(found.rows(), format("e2@0x0 {}\ne2@0x4 modified\n", to_string(all[0].modified_at)));
}

TEST_F(UnpackTest, NestedArchivesFollowTheirMember)
{
    write_archive(in("inner.zip"), { { "deep.toy", "TOY\ndeep\n" } });
    auto const inner = bytes_of(in("inner.zip"));
    fs::remove(in("inner.zip"));
    write_archive(in("outer.tar.gz"), { { "a.toy", "TOY\na\n" }, { "b.zip", inner }, { "c.toy", "TOY\nc\n" } },
        { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP });
    auto const found = examined();
    EXPECT_EQ(found.rows(), "e2@0x4 a\ne4@0x4 c\ne5@0x4 deep\n");
    EXPECT_NE(found.evidence().find("5 deep.toy 9 toy examined in 3\n"), std::string::npos) << found.evidence();
}

TEST_F(UnpackTest, DepthIsLimited)
{
    std::string content = "TOY\nbottom\n";
    std::string name = "bottom.toy";
    for (int depth = 0; depth < 4; ++depth) {
        write_archive(folder / "step.zip", { { name, content } });
        content = bytes_of(folder / "step.zip");
        name = format("level-{}.zip", depth);
    }
    std::ofstream(in("outer.zip"), std::ios::binary) << content;
    test::ToyOptions options;
    options.limits.archive_depth_max = 3;
    auto const found = examined(options);
    EXPECT_EQ(found.rows(), "");
    EXPECT_NE(found.diagnostics().find("limit archive.depth"), std::string::npos) << found.diagnostics();
    fs::remove_all(folder / "case");
    options.limits.archive_depth_max = 4;
    EXPECT_EQ(examined(options).rows(), "e5@0x4 bottom\n");
}

TEST_F(UnpackTest, PathTricksAndLinksAreRefusedAndTheRestKept)
{
    write_archive(in("t.tar"),
        { { "../up.toy", "TOY\n1\n" }, { "/abs.toy", "TOY\n2\n" }, { "a/../../b.toy", "TOY\n3\n" },
            { "link", "", AE_IFLNK, "/etc/passwd" }, { "good.toy", "TOY\ngood\n" },
            { "hard", "", AE_IFREG, "good.toy" }, { "fifo", "", AE_IFIFO }, { "..dots/ok.toy", "TOY\nok\n" } },
        { ARCHIVE_FORMAT_TAR_PAX_RESTRICTED });
    auto const found = examined();
    EXPECT_EQ(found.rows(), "e2@0x4 2\ne3@0x4 good\ne4@0x4 ok\n");
    EXPECT_EQ(found.target->evidence().value()[1].original_path, "abs.toy");
    auto const text = found.diagnostics();
    for (auto const* const refused : { "archive.member.path @0x", " ../up.toy", "archive.member.absolute_path",
             " a/../../b.toy", "archive.member.link", " hard", "archive.member.special_file" })
        EXPECT_NE(text.find(refused), std::string::npos) << refused << " in\n" << text;
    EXPECT_EQ(found.summary.diagnostics_with_loss, 2U) << "links and FIFOs hold no bytes";
}

TEST_F(UnpackTest, ZipNamesThatAreMarkedAsUtf8AreKept)
{
    // Python's zipfile, name 痕跡.toy with flag 11: libarchive knows such names only in a locale of UTF-8.
    auto const bytes = test::bytes_from_hex(
        "504b030414000008000000002150898571f506000000060000000a000000e79795e8b7a12e746f79544f590a750a504b"
        "0102140014000008000000002150898571f506000000060000000a0000000000000000000000800100000000e79795e8"
        "b7a12e746f79504b05060000000001000100380000002e0000000000");
    std::ofstream(in("j.zip"), std::ios::binary) << as_text(bytes);
    auto const found = examined();
    EXPECT_EQ(found.rows(), "e2@0x4 u\n") << found.diagnostics();
    EXPECT_EQ(found.target->evidence().value().at(1).original_path, "痕跡.toy");
}

TEST_F(UnpackTest, WindowsPathTricksAreSeen)
{
    EXPECT_TRUE(is_path_trick("..\\evil"));
    EXPECT_TRUE(is_path_trick("a\\..\\b"));
    EXPECT_TRUE(is_path_trick("\\\\server\\share"));
    EXPECT_TRUE(is_path_trick(""));
    EXPECT_FALSE(is_path_trick("C:/Windows/System32/winevt/Logs/Security.evtx"));
    EXPECT_FALSE(is_path_trick("a...b/..c"));
}

TEST_F(UnpackTest, ABombIsStoppedAndMembersBeforeItStay)
{
    write_archive(in("bomb.zip"),
        { { "a.toy", "TOY\nbefore\n" }, { "zeros", std::string(200ULL << 20, '\0') }, { "z.toy", "TOY\nafter\n" } });
    test::ToyOptions options;
    options.limits.inflate_ratio_max = 10;
    auto const found = examined(options);
    EXPECT_EQ(found.rows(), "e2@0x4 before\n");
    EXPECT_NE(found.diagnostics().find("limit archive.inflated_bytes"), std::string::npos) << found.diagnostics();
    std::uint64_t stored = 0;
    for (auto const& entry : fs::recursive_directory_iterator(folder / "case/vault"))
        stored += entry.is_regular_file() ? entry.file_size() : 0;
    EXPECT_LT(stored, 1000U) << "nothing of the bomb stays in the vault";
}

TEST_F(UnpackTest, NestedBombsShareOneBudget)
{
    std::vector<test::ArchiveFile> inner;
    write_archive(folder / "leaf.zip", { { "zeros", std::string(30ULL << 20, '\0') } });
    auto const leaf = bytes_of(folder / "leaf.zip");
    for (int number = 0; number < 10; ++number) // differ in a comment-like tail, or they would be duplicates
        inner.push_back({ format("{}.zip", number), leaf + std::string(static_cast<std::size_t>(number), ' ') });
    write_archive(in("outer.zip"), inner);
    test::ToyOptions options;
    options.limits.inflate_ratio_max = 1;
    auto const found = examined(options);
    EXPECT_NE(found.diagnostics().find("limit archive.inflated_bytes"), std::string::npos) << found.diagnostics();
}

TEST_F(UnpackTest, EncryptedMembersSaySo)
{
    write_archive(in("secret.zip"), { { "a.toy", "TOY\nsecret\n" } },
        { ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:encryption=aes256", "geheim" });
    auto const found = examined();
    EXPECT_EQ(found.rows(), "");
    EXPECT_TRUE(found.diagnostics().starts_with("1 encrypted archive.member @")) << found.diagnostics();
    EXPECT_NE(found.diagnostics().find(" a.toy: is encrypted; give its password with --password"), std::string::npos);
}

TEST_F(UnpackTest, APasswordOpensZipArchivesAlsoInALaterRun)
{
    for (auto const* const kind : { "zip:encryption=aes256", "zip:encryption=aes128", "zip:encryption=zipcrypt" }) {
        fs::remove_all(folder / "case");
        write_archive(in("secret.zip"), { { "a.toy", "TOY\nsecret\n" }, { "b/c.toy", "TOY\nmore\n" } },
            { ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, kind, "geheim" });
        auto result = examined();
        EXPECT_EQ(result.rows(), "") << kind;
        test::ToyOptions options;
        options.passwords = { "wrong", "wrong too" };
        result.examine({ folder / "in" }, options);
        EXPECT_EQ(result.rows(), "") << kind;
        EXPECT_NE(result.diagnostics().find("encrypted archive.member.bytes"), std::string::npos)
            << result.diagnostics();
        EXPECT_NE(result.diagnostics().find(
                      "a.toy: is encrypted, and none of the 2 passwords given with --password opens it"),
            std::string::npos)
            << result.diagnostics();
        options.passwords = { "wrong", "geheim" };
        result.examine({ folder / "in" }, options);
        EXPECT_EQ(result.rows(), "e2@0x4 secret\ne3@0x4 more\n") << kind;
        EXPECT_EQ(result.diagnostics(), "") << kind;
        result.examine({ folder / "in" }, options);
        EXPECT_EQ(result.summary.examined, 0U) << "what is open is not read again";
    }
}

TEST_F(UnpackTest, ARealCollectorArchiveOpensWithItsPassword)
{
    KONSEKI_NEEDS_DATA(container, "containers/encrypted_collector_password.zip");
    ToyCase result { folder / "case" };
    test::ToyOptions options;
    options.passwords = { "foo", "hello" };
    result.examine({ container }, options);
    EXPECT_EQ(result.diagnostics(), "");
    EXPECT_NE(result.evidence().find("Generic.Client.Info/BasicInformation.json"), std::string::npos)
        << result.evidence();
}

TEST_F(UnpackTest, AVelociraptorContainerForAServerSaysWhichKeyItNeeds)
{
    KONSEKI_NEEDS_DATA(containers, "containers/encrypted_collector_pki.zip");
    ToyCase result { folder / "case" };
    result.examine({ containers }, {});
    EXPECT_NE(result.diagnostics().find("data.zip: is encrypted for a Velociraptor server (X509); give the server's "
                                        "private key (Frontend.private_key of server.config.yaml) with --key FILE.pem"),
        std::string::npos)
        << result.diagnostics();
}

TEST_F(UnpackTest, ATruncatedArchiveKeepsWhatIsWhole)
{
    std::string noise;
    std::uint64_t state = 88172645463325252ULL;
    for (int word = 0; word < 100'000; ++word) { // does not compress
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        append_format(noise, "{:016x}\n", state);
    }
    for (auto const& [name, form] : { std::pair { "t.zip", ArchiveForm { ARCHIVE_FORMAT_ZIP } },
             std::pair { "t.tar.gz", ArchiveForm { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP } } }) {
        fs::remove_all(folder / "case");
        fs::remove_all(folder / "in");
        fs::create_directory(folder / "in");
        write_archive(
            in(name), { { "a.toy", "TOY\nwhole\n" }, { "b.toy", "TOY\n" + noise }, { "c.toy", "TOY\nlost\n" } }, form);
        fs::resize_file(in(name), fs::file_size(in(name)) / 2);
        auto const found = examined();
        EXPECT_TRUE(found.rows().starts_with("e2@0x4 whole\ne3@0x4 "))
            << "the part of b.toy that is there is evidence too: " << name;
        EXPECT_GT(found.row_count(), 10'000U);
        EXPECT_NE(found.diagnostics().find("archive.member"), std::string::npos) << found.diagnostics();
    }
}

TEST_F(UnpackTest, EveryPrefixOfAnArchiveIsSurvived)
{
    write_archive(folder / "t.zip", { { "a.toy", "TOY\nwhole\n" }, { "b.toy", "TOY\nmore of it\n" } });
    auto const whole = bytes_of(folder / "t.zip");
    for (std::size_t size = 0; size < whole.size(); size += 7)
        std::ofstream(in(format("{:04}.zip", size)), std::ios::binary) << whole.substr(0, size);
    auto const found = examined();
    EXPECT_EQ(found.summary.workers_died, 0U);
}

TEST_F(UnpackTest, NamesThatAreNotUtf8KeepEveryByte)
{
    write_archive(in("t.tar"), { { "\x83\x8d\x83O.toy", "TOY\nsjis\n" }, { "痕跡.toy", "TOY\nutf8\n" } },
        { ARCHIVE_FORMAT_TAR_USTAR });
    auto const found = examined();
    auto const text = found.evidence() + found.diagnostics();
    EXPECT_NE(text.find("\\x83\\x8d\\x83O.toy"), std::string::npos) << text;
    EXPECT_NE(text.find("痕跡.toy"), std::string::npos) << text;
}

TEST_F(UnpackTest, MembersKeepTheirTimeAndLieInTheVault)
{
    write_archive(in("t.zip"), { { "a.toy", "TOY\nx\n" } });
    auto const found = examined();
    auto const member = found.target->evidence().value()[1];
    EXPECT_TRUE(member.is_in_vault);
    EXPECT_EQ(member.modified_at, Timestamp::from_unix_seconds(1'600'000'000));
    EXPECT_EQ(bytes_of(member.path), "TOY\nx\n");
}

TEST_F(UnpackTest, RealCollectorArchivesAreOpenedOrSayWhyNot)
{
    KONSEKI_NEEDS_DATA(containers, "containers");
    ToyCase result { folder / "case" };
    result.examine({ containers }, {});
    auto const text = result.evidence();
    EXPECT_NE(text.find("Generic.Client.Info/Users.json"), std::string::npos);
    EXPECT_NE(text.find("results/Windows.KapeFiles.Targets%2FUploads.json"), std::string::npos);
    auto const problems = result.diagnostics();
    EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 2) << problems;
    EXPECT_NE(problems.find("encrypted archive.member"), std::string::npos) << problems;
}

}
}
