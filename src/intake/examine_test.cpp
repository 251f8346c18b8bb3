#include "base/text.hpp"
#include "bytes/sha256.hpp"
#include "intake/examine.hpp"
#include "store/case.hpp"
#include "support/toy_artefact.hpp"
#include "support/toy_case.hpp"
#include <fstream>
#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace konseki::intake {
namespace {

namespace fs = std::filesystem;
using test::ToyCase;

// One server for all tests: it is forked before anything starts a thread.
class OneServer final : public ::testing::Environment {
public:
    void SetUp() override { test::toy_server(); }
};
[[maybe_unused]] auto* const environment = ::testing::AddGlobalTestEnvironment(new OneServer);

class ExamineTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (fs::temp_directory_path() / "konseki-examine-XXXXXX").string();
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
    ToyCase examined(test::ToyOptions const& options = {}) const
    {
        ToyCase result { folder / "case" };
        result.examine({ folder / "in" }, options);
        return result;
    }
    fs::path folder;
};

TEST_F(ExamineTest, FilesGetNumbersInPathOrderAndRowsTheirOrigin)
{
    put("b.toy", "TOY\none\ntwo words\n");
    put("a.toy", "TOY\nzero\n");
    put("notes.txt", "nothing known");
    auto const found = examined();
    EXPECT_EQ(found.evidence(),
        "1 in/a.toy 9 toy examined\n"
        "2 in/b.toy 18 toy examined\n"
        "3 in/notes.txt 13 - not_recognised\n");
    EXPECT_EQ(found.rows(),
        "e1@0x4 zero\n"
        "e2@0x4 one\n"
        "e2@0x8 two words\n");
    EXPECT_EQ(found.summary.examined, 2U);
    EXPECT_EQ(found.summary.not_recognised, 1U);
    EXPECT_EQ(found.summary.records, 3U);
}

TEST_F(ExamineTest, TheHashIsOfTheBytes)
{
    put("a.toy", "TOY\nzero\n");
    auto const found = examined();
    EXPECT_EQ(found.target->evidence().value()[0].sha256, sha256(as_bytes("TOY\nzero\n")));
}

TEST_F(ExamineTest, TheSameBytesAreExaminedOnce)
{
    put("a.toy", "TOY\nzero\n");
    put("b/copy.toy", "TOY\nzero\n");
    auto const found = examined();
    EXPECT_EQ(found.evidence(), "1 in/a.toy 9 toy examined\n2 in/b/copy.toy 9 toy duplicate of 1\n");
    EXPECT_EQ(found.rows(), "e1@0x4 zero\n");
    EXPECT_EQ(found.summary.duplicates, 1U);
}

// A unit and the link that enables it, a key of two accounts: the same bytes, and both places matter.
TEST_F(ExamineTest, WhereAParserReadsThePathTheSameBytesElsewhereAreExaminedToo)
{
    put("a.toy", "TOY\nzero\n");
    put("placed/one", "TOY\nzero\n");
    put("placed/two", "TOY\nzero\n");
    put("z.toy", "TOY\nzero\n");
    auto const found = examined();
    EXPECT_EQ(found.evidence(),
        "1 in/a.toy 9 toy examined\n2 in/placed/one 9 placed examined\n3 in/placed/two 9 placed examined\n"
        "4 in/z.toy 9 toy duplicate of 1\n");
    EXPECT_EQ(found.rows(), "e1@0x4 zero\ne2@0x0 in/placed/one\ne3@0x0 in/placed/two\n");
}

TEST_F(ExamineTest, EmptyFilesAreNobodysDuplicates)
{
    put("a", "");
    put("b", "");
    EXPECT_EQ(examined().evidence(), "1 in/a 0 - not_recognised\n2 in/b 0 - not_recognised\n");
}

TEST_F(ExamineTest, DiagnosticsAreStoredAndCounted)
{
    put("a.toy", "TOY\nlose 12345\nafter\n");
    auto const found = examined();
    EXPECT_EQ(found.diagnostics(), "1 bad_value toy.line @0x4 lost 5\n");
    EXPECT_EQ(found.summary.diagnostics_with_loss, 1U);
    EXPECT_EQ(found.summary.bytes_lost, 5U);
}

std::string many_lines(std::string_view word, std::size_t count)
{
    std::string text = "TOY\n";
    for (std::size_t line = 0; line < count; ++line)
        append_format(text, "{} line {} of {}\n", word, line, count);
    return text;
}

// Large files in pieces, small ones, archives, teaching and learning: every way through.
void put_mixture(fs::path const& folder)
{
    fs::create_directories(folder / "deep");
    auto const put = [&](fs::path const& name, std::string const& text) {
        std::ofstream(folder / name, std::ios::binary) << text;
    };
    put("a-large.toy", many_lines("large", 60'000) + "teach key from-a\nlearn other\n");
    for (int number = 0; number < 60; ++number)
        put(format("deep/{:02}.toy", number),
            many_lines("small", 50 + static_cast<std::size_t>(number))
                + format("teach key from-{}\nlearn key\nlose {}\n", number, number));
    put("z-large.toy", many_lines("large-z", 40'000) + "teach other from-z\nlearn key\nlearn none\n");
    put("zz-copy.toy", many_lines("small", 50) + "teach key from-0\nlearn key\nlose 0\n");
    test::write_archive(folder / "m.zip",
        { { "inner/x.toy", many_lines("zipped", 3'000) }, { "inner/y.txt", "?" }, { "../evil", "evil" } });
}

// The first line that differs: whole cases are too long to print.
std::string first_difference(std::string_view found, std::string_view expected)
{
    auto const found_lines = split(found, '\n');
    auto const expected_lines = split(expected, '\n');
    for (std::size_t line = 0; line < std::max(found_lines.size(), expected_lines.size()); ++line) {
        auto const a = line < found_lines.size() ? found_lines[line] : "(end)";
        auto const b = line < expected_lines.size() ? expected_lines[line] : "(end)";
        if (a != b)
            return format("line {}: {} instead of {}", line, a, b);
    }
    return {};
}

TEST_F(ExamineTest, OneWorkerAndFourGiveTheSameCase)
{
    put_mixture(folder / "in");
    std::string expected;
    for (unsigned const workers : { 1U, 2U, 4U, 7U }) {
        ToyCase result { folder / format("case-{}", workers) };
        result.examine({ folder / "in" }, { .workers = workers });
        auto const text = result.everything();
        if (expected.empty())
            expected = text;
        EXPECT_EQ(first_difference(text, expected), "") << workers << " workers";
    }
    EXPECT_NE(expected.find("e1@"), std::string::npos);
    EXPECT_NE(expected.find("recovered from-z"), std::string::npos)
        << "the second pass sees what later evidence taught";
    EXPECT_EQ(expected.find("recovered from-5"), std::string::npos) << "the first teacher wins";
}

TEST_F(ExamineTest, ASecondRunDoesNothing)
{
    put_mixture(folder / "in");
    ToyCase result { folder / "case" };
    result.examine({ folder / "in" }, {});
    auto const before = result.everything();
    auto const total = result.summary.evidence_total;
    result.examine({ folder / "in" }, {});
    EXPECT_EQ(result.summary.unchanged, total);
    EXPECT_EQ(result.summary.examined, 0U);
    EXPECT_EQ(result.summary.records, 0U);
    EXPECT_EQ(result.everything(), before);
}

TEST_F(ExamineTest, ATouchedFileWithTheSameBytesIsHashedAndLeft)
{
    put("a.toy", "TOY\nzero\n");
    ToyCase result { folder / "case" };
    result.examine({ folder / "in" }, {});
    fs::last_write_time(folder / "in/a.toy", fs::file_time_type::clock::now() + std::chrono::hours(1));
    result.examine({ folder / "in" }, {});
    EXPECT_EQ(result.evidence(), "1 in/a.toy 9 toy examined\n");
    EXPECT_EQ(result.summary.examined, 0U);
    EXPECT_EQ(result.summary.unchanged, 1U);
}

TEST_F(ExamineTest, AFileWithOtherBytesIsOtherEvidence)
{
    put("a.toy", "TOY\nzero\n");
    ToyCase result { folder / "case" };
    result.examine({ folder / "in" }, {});
    put("a.toy", "TOY\nanother\n");
    result.examine({ folder / "in" }, {});
    EXPECT_EQ(result.evidence(), "1 in/a.toy 9 toy examined\n2 in/a.toy 12 toy examined\n");
    EXPECT_EQ(result.rows(), "e1@0x4 zero\ne2@0x4 another\n");
}

TEST_F(ExamineTest, OtherRulesReadEverythingAgain)
{
    put("a.toy", "TOY\nzero\n");
    ToyCase result { folder / "case" };
    result.examine({ folder / "in" }, { .rules_fingerprint = "one", .watcher = "seen" });
    EXPECT_EQ(result.rows(), "e1@0x4 zero\n");
    EXPECT_EQ(result.seen(), "e1@0x4 zero\n");
    result.examine({ folder / "in" }, { .rules_fingerprint = "two", .watcher = "seen" });
    EXPECT_EQ(result.summary.examined, 1U);
    EXPECT_EQ(result.rows(), "e1@0x4 zero\n");
    EXPECT_EQ(result.seen(), "e1@0x4 zero\n");
    result.examine({ folder / "in" }, { .rules_fingerprint = "two", .watcher = "seen" });
    EXPECT_EQ(result.summary.examined, 0U);
}

TEST_F(ExamineTest, OtherRulesAlsoReachEvidenceThatIsNotNamedAgain)
{
    put("a.toy", "TOY\nzero\n");
    put("b.toy", "TOY\none\n");
    ToyCase result { folder / "case" };
    result.examine({ folder / "in" }, { .rules_fingerprint = "one" });
    result.examine({ folder / "in/b.toy" }, { .rules_fingerprint = "two" });
    EXPECT_EQ(result.summary.examined, 2U);
    EXPECT_EQ(result.rows(), "e1@0x4 zero\ne2@0x4 one\n");
}

TEST_F(ExamineTest, ExamineAgainReadsWhatIsDone)
{
    put("a.toy", "TOY\nzero\nlose 123\n");
    ToyCase result { folder / "case" };
    result.examine({ folder / "in" }, {});
    result.examine({ folder / "in" }, { .examine_again = true });
    EXPECT_EQ(result.summary.examined, 1U);
    EXPECT_EQ(result.rows(), "e1@0x4 zero\ne1@0x9 lose 123\n");
    EXPECT_EQ(result.diagnostics(), "1 bad_value toy.line @0x9 lost 3\n");
}

TEST_F(ExamineTest, ACrashCostsThePieceAndNothingElse)
{
    put("a.toy", "TOY\nbefore\n");
    put("b.toy", "TOY\nfine\ncrash\nnever\n");
    put("c.toy", "TOY\nafter\n");
    auto const found = examined();
    EXPECT_EQ(found.rows(), "e1@0x4 before\ne3@0x4 after\n");
    EXPECT_TRUE(found.diagnostics().starts_with("2 worker_died worker @0x0 lost 21")) << found.diagnostics();
    EXPECT_EQ(found.summary.workers_died, 2U) << "it is tried once more, alone";
    EXPECT_EQ(found.evidence(), "1 in/a.toy 11 toy examined\n2 in/b.toy 21 toy examined\n3 in/c.toy 10 toy examined\n");
}

TEST_F(ExamineTest, RowsSentBeforeACrashAreKeptOnce)
{
    // More than a batch: what was sent before the worker died stays, the second try does not repeat it.
    put("a.toy", many_lines("row", 5'000) + "crash\n");
    auto const found = examined({ .piece_bytes = 1 << 20 });
    EXPECT_EQ(found.row_count(), 4'096U);
}

TEST_F(ExamineTest, AHangIsEndedAndReported)
{
    put("a.toy", "TOY\nhang\n");
    put("b.toy", "TOY\nfine\n");
    auto const found = examined({ .piece_seconds_max = 1 });
    EXPECT_EQ(found.rows(), "e2@0x4 fine\n");
    EXPECT_TRUE(found.diagnostics().starts_with("1 timeout worker @0x0 lost 9")) << found.diagnostics();
}

TEST_F(ExamineTest, AnExceptionKeepsTheRowsBeforeIt)
{
    put("a.toy", "TOY\nfine\nthrow\nnever\n");
    put("b.toy", "TOY\nnext\n");
    auto const found = examined();
    EXPECT_EQ(found.rows(), "e1@0x4 fine\ne2@0x4 next\n");
    EXPECT_TRUE(found.diagnostics().starts_with("1 internal worker.job")) << found.diagnostics();
}

TEST_F(ExamineTest, MemoryThatIsNotThereIsALimit)
{
    if (os::sandbox_strength() != os::Sandbox::full)
        GTEST_SKIP();
    put("a.toy", "TOY\nfine\nexhaust\n");
    auto const found = examined();
    EXPECT_EQ(found.rows(), "e1@0x4 fine\n");
    EXPECT_TRUE(found.diagnostics().starts_with("1 limit worker.job")) << found.diagnostics();
}

TEST_F(ExamineTest, AParserCannotOpenFiles)
{
    if (os::sandbox_strength() != os::Sandbox::full)
        GTEST_SKIP();
    put("a.toy", "TOY\nopen /etc/passwd\n");
    EXPECT_EQ(examined().rows(), "e1@0x4 open /etc/passwd\n");
}

TEST_F(ExamineTest, UnreadableAndSpecialFilesStopNothing)
{
    put("b.toy", "TOY\nfine\n");
    ASSERT_EQ(::mkfifo((folder / "in/a-fifo").c_str(), 0600), 0);
    fs::create_symlink("/etc/passwd", folder / "in/c-link");
    ToyCase result { folder / "case" };
    result.examine({ folder / "in", folder / "not-there" }, {});
    EXPECT_EQ(result.evidence(), "1 in/b.toy 9 toy examined\n2 not-there 0 - failed\n");
    EXPECT_EQ(result.summary.links_skipped, 1U);
    EXPECT_EQ(result.summary.special_skipped, 1U);
    EXPECT_TRUE(result.diagnostics().starts_with("2 not_found file.stat")) << result.diagnostics();
    auto const before = result.everything();
    result.examine({ folder / "in", folder / "not-there" }, {});
    EXPECT_EQ(result.everything(), before) << "a second look at it does not add a second diagnostic";
}

TEST_F(ExamineTest, TheCaseMayLieInsideWhatItExamines)
{
    put("a.toy", "TOY\nzero\n");
    ToyCase result { folder / "in/x.konseki" };
    result.examine({ folder / "in" }, {});
    result.examine({ folder / "in" }, {});
    EXPECT_EQ(result.evidence(), "1 in/a.toy 9 toy examined\n");
}

TEST_F(ExamineTest, ACollectionInTheCaseIsEvidenceWhenItIsNamed)
{
    put("case/collections/a.toy", "TOY\nzero\n");
    ToyCase result { folder / "in/case" };
    result.examine({ folder / "in/case/collections/a.toy" }, {});
    EXPECT_EQ(result.evidence(), "1 a.toy 9 toy examined\n");
    result.examine({ folder / "in" }, {});
    EXPECT_EQ(result.summary.evidence_total, 1U) << "what is below is the case's own business";
}

TEST_F(ExamineTest, CopyIntoVaultReadsTheCopyFromThenOn)
{
    put("a.toy", "TOY\nzero\n");
    ToyCase result { folder / "case" };
    result.examine({ folder / "in" }, { .copy_into_vault = true });
    auto const row = result.target->evidence().value()[0];
    EXPECT_TRUE(row.is_in_vault);
    EXPECT_TRUE(row.path.starts_with((folder / "case").string()));
    result.examine({ folder / "in" }, { .copy_into_vault = true });
    EXPECT_EQ(result.summary.evidence_total, 1U);
    fs::remove_all(folder / "in");
    EXPECT_EQ(result.rendered({ { 1, 4 } }, "text"), "text:zero\n");
}

TEST_F(ExamineTest, StopCommitsWhatIsCompleteAndTheNextRunGoesOn)
{
    put_mixture(folder / "in");
    ToyCase undisturbed { folder / "case-1" };
    undisturbed.examine({ folder / "in" }, {});
    ToyCase stopped { folder / "case-2" };
    stopped.examine({ folder / "in" }, { .stop_after_files = 20, .commit_seconds = 0 });
    EXPECT_TRUE(stopped.summary.was_stopped);
    EXPECT_GT(stopped.summary.files_left, 0U);
    stopped.examine({ folder / "in" }, {});
    EXPECT_FALSE(stopped.summary.was_stopped);
    EXPECT_EQ(first_difference(stopped.everything(), undisturbed.everything()), "");
}

TEST_F(ExamineTest, AVaultThatIsFullCostsNothingThatWasRead)
{
    auto const disk = folder / "small";
    fs::create_directories(disk);
    if (geteuid() != 0 || mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=12m") != 0)
        GTEST_SKIP() << "needs to mount a small tmpfs";
    struct Unmount {
        fs::path path;
        ~Unmount() { umount2(path.c_str(), MNT_DETACH); }
    } const unmount { disk };
    put("a.toy", many_lines("a", 1'000));
    test::write_archive(folder / "in/z.zip", { { "large.bin", std::string(40U << 20, 'x') } });
    std::string told;
    {
        ToyCase filling { disk / "case" };
        try {
            filling.examine({ folder / "in" }, { .workers = 1, .commit_seconds = 1'000 });
        } catch (std::runtime_error const& error) {
            told = error.what();
        }
    }
    EXPECT_NE(told.find("no_space"), std::string::npos) << told;
    ToyCase const kept { disk / "case" };
    EXPECT_EQ(kept.row_count(), 1'000U);
    EXPECT_NE(kept.evidence().find("1 in/a.toy"), std::string::npos) << kept.evidence();
}

TEST_F(ExamineTest, StopInTheSecondPassGoesBackToTheLastCommit)
{
    put_mixture(folder / "in");
    ToyCase undisturbed { folder / "case-0" };
    undisturbed.examine({ folder / "in" }, {});
    auto const files = undisturbed.summary.evidence_total;
    std::uint64_t stops = 0;
    for (std::uint64_t after = files - 4; after <= files + 4; ++after) { // files of the second pass are counted again
        ToyCase stopped { folder / format("case-{}", after) };
        stopped.examine({ folder / "in" }, { .stop_after_files = after, .commit_seconds = 1e6 });
        stops += stopped.summary.was_stopped ? 1U : 0U;
        stopped.examine({ folder / "in" }, {});
        EXPECT_FALSE(stopped.summary.was_stopped);
        EXPECT_EQ(first_difference(stopped.everything(), undisturbed.everything()), "") << after;
    }
    EXPECT_GT(stops, 0U);
}

TEST_F(ExamineTest, ScanHandsRowsOverInOrderAndStoresNothing)
{
    put_mixture(folder / "in");
    ToyCase result { folder / "case" };
    result.examine({ folder / "in" }, {});
    auto const before = result.everything();
    std::string expected;
    for (unsigned const workers : { 1U, 4U }) {
        auto const found = result.scanned("seen", workers);
        EXPECT_NE(found.find("e1@0x4 large"), std::string::npos);
        if (expected.empty())
            expected = found;
        EXPECT_EQ(first_difference(found, expected), "");
    }
    EXPECT_EQ(result.everything(), before);
}

TEST_F(ExamineTest, RenderGivesTextsInTheOrderAsked)
{
    put("a.toy", "TOY\nzero\n");
    put("b.toy", "TOY\none\ntwo\n");
    put("c.txt", "?");
    auto const found = examined();
    EXPECT_EQ(found.rendered({ { 2, 8 }, { 1, 4 }, { 3, 0 }, { 2, 4 }, { 9, 9 } }, "json"),
        "json:two\njson:zero\n\njson:one\n\n");
}

TEST_F(ExamineTest, AFileThatChangedIsNotRenderedAsIfItWereTheEvidence)
{
    put("a.toy", "TOY\nzero\n");
    auto const found = examined();
    put("a.toy", "TOY\nforged\n");
    EXPECT_EQ(found.rendered({ { 1, 4 } }, "text"), "\n");
    EXPECT_EQ(read_evidence(found.target->evidence().value()[0], { 0, 4 }).error().what, "evidence.changed");
}

}
}
