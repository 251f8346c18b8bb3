// kill -9 of the whole process group at random moments of an examination; then the case is opened, examined to the end,
// and compared with an undisturbed one. KONSEKI_KILL_ROUNDS chooses how often, KONSEKI_KILL_SEED where to begin.
#include "intake/examine.hpp"
#include "support/toy_case.hpp"
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <thread>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace konseki::intake {
namespace {

namespace fs = std::filesystem;
using test::ToyCase;

constexpr char const* child_variable = "KONSEKI_KILL_CHILD";

std::uint64_t number_from(char const* name, std::uint64_t otherwise)
{
    auto const* const text = std::getenv(name);
    return text == nullptr ? otherwise : parse_uint(text).value_or(otherwise);
}

std::string lines(std::string_view word, std::size_t count)
{
    std::string text = "TOY\n";
    for (std::size_t line = 0; line < count; ++line)
        append_format(text, "{} line {}\n", word, line);
    return text;
}

void put_inputs(fs::path const& folder)
{
    fs::create_directories(folder);
    auto const put = [&](std::string const& name, std::string const& text) {
        std::ofstream(folder / name, std::ios::binary) << text;
    };
    put("a-large.toy", lines("large", 20'000) + "teach key from-a\nlearn other\n");
    for (int file = 0; file < 30; ++file)
        put(format("b-{:02}.toy", file),
            lines(format("small-{}", file), 100) + format("teach key from-{}\nlearn none\nlose {}\n", file, file));
    test::write_archive(folder / "leaf.zip", { { "deep.toy", lines("deep", 2'000) + "learn other\n" } });
    std::ifstream leaf(folder / "leaf.zip", std::ios::binary);
    std::string const inner { std::istreambuf_iterator<char>(leaf), {} };
    test::write_archive(folder / "m.tar",
        { { "x.toy", lines("x", 3'000) }, { "leaf2.zip", inner + " " }, { "../evil", "evil" },
            { "b-copy.toy", lines("small-0", 100) } },
        { ARCHIVE_FORMAT_TAR_USTAR });
    put("z-large.toy", lines("z", 30'000) + "teach other from-z\nlearn key\n");
}

// Runs in the child, in a process group of its own: the test program again, with this test alone.
TEST(Killed, DISABLED_Child)
{
    auto const* const folder = std::getenv(child_variable);
    if (folder == nullptr)
        GTEST_SKIP();
    ToyCase target { fs::path(folder) / "case" };
    target.examine({ fs::path(folder) / "in" }, { .commit_seconds = 0 }); // many commits: most kills fall between two
}

void run_child_and_kill_it(fs::path const& folder, std::chrono::microseconds after)
{
    std::fflush(stdout);
    auto const child = ::fork();
    if (child == 0) {
        ::setpgid(0, 0);
        ::setenv(child_variable, folder.c_str(), 1);
        if (::freopen("/dev/null", "w", stdout) == nullptr)
            ::_exit(127);
        ::execl("/proc/self/exe", "intake_test", "--gtest_filter=Killed.DISABLED_Child",
            "--gtest_also_run_disabled_tests", nullptr);
        ::_exit(127);
    }
    ::setpgid(child, child);
    std::this_thread::sleep_for(after);
    ::kill(-child, SIGKILL);
    ::waitpid(child, nullptr, 0);
}

TEST(Killed, ARerunEndsLikeAnUndisturbedRun)
{
    std::string pattern = (fs::temp_directory_path() / "konseki-kill-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    fs::path const folder = pattern;
    put_inputs(folder / "in");
    std::string expected;
    auto const begun = std::chrono::steady_clock::now();
    {
        ToyCase undisturbed { folder / "undisturbed" };
        undisturbed.examine({ folder / "in" }, { .commit_seconds = 0 });
        expected = undisturbed.everything();
    }
    auto const whole_run
        = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
    auto const seed = number_from("KONSEKI_KILL_SEED", 20260801);
    std::mt19937_64 random(seed);
    auto const rounds = number_from("KONSEKI_KILL_ROUNDS", 6);
    std::uint64_t unfinished = 0, in_the_middle = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        fs::remove_all(folder / "case");
        // Some rounds are killed twice: the second time while resuming.
        for (std::uint64_t kills = 1 + random() % 2; kills > 0; --kills)
            run_child_and_kill_it(
                folder, std::chrono::microseconds(random() % static_cast<std::uint64_t>(whole_run.count())));
        ToyCase resumed { folder / "case" };
        auto const was_there = resumed.evidence();
        resumed.examine({ folder / "in" }, {});
        in_the_middle += !was_there.empty() && resumed.summary.examined > 0 ? 1U : 0U;
        unfinished += resumed.summary.examined > 0 ? 1U : 0U;
        ASSERT_EQ(resumed.everything() == expected, true)
            << "round " << round << ", seed " << seed << ", kept in " << folder << "; after the kill:\n"
            << was_there;
    }
    std::printf("%lu rounds, %lu interrupted before the end, %lu of these between two commits\n", rounds, unfinished,
        in_the_middle);
    fs::remove_all(folder);
}

}
}
