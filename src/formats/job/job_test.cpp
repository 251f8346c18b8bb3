#include "formats/job/job.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include <gtest/gtest.h>

namespace konseki::job {

namespace {

struct Collect final : DiagnosticSink {
    std::vector<Diagnostic> list;
    void report(Diagnostic const& diagnostic) override { list.push_back(diagnostic); }
};

std::vector<std::byte> small_job()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/job/testdata/small.hex"));
}

std::string local_text(LocalTime time)
{
    return to_string(Timestamp { time.ticks });
}

}

TEST(Job, ProgramTimesAndTriggersAreRead)
{
    auto const bytes = small_job();
    EXPECT_EQ(sniff(bytes), Sniff::sure);
    Collect diagnostics;
    auto const read_job = read(bytes, diagnostics);
    ASSERT_TRUE(read_job.ok());
    auto const& job = read_job.value();
    EXPECT_TRUE(diagnostics.list.empty());
    EXPECT_EQ(job.product_version, 0x0501);
    EXPECT_EQ(job.application, "C:\\TMP\\p.exe");
    EXPECT_EQ(job.parameters, "/q");
    EXPECT_EQ(job.working_directory, "");
    EXPECT_EQ(job.author, "anna");
    EXPECT_EQ(job.comment, "At1");
    EXPECT_EQ(local_text(job.last_run_at), "2003-03-01T12:30:15.2500000Z");
    EXPECT_EQ(job.flags & (flag_hidden | flag_disabled), flag_hidden | flag_disabled);
    EXPECT_EQ(status_name(job.status), "ready");
    EXPECT_TRUE(job.has_signature);
    ASSERT_EQ(job.triggers.size(), 2U);
    EXPECT_EQ(schedule_text(job.triggers[0]), "every 1 week on Monday, Friday");
    EXPECT_EQ(local_text(job.triggers[0].starts_at), "2003-03-01T03:15:00.0000000Z");
    EXPECT_EQ(local_text(job.triggers[0].ends_at), "2004-01-01T00:00:00.0000000Z");
    EXPECT_EQ(schedule_text(job.triggers[1]), "on days 1, 15 of January, February, again every 5 min for 60 min");
    EXPECT_EQ(job.triggers[1].ends_at.ticks, 0);
}

TEST(Job, DamagedTextsDoNotCostTheTriggers)
{
    auto bytes = small_job();
    bytes[70] = std::byte { 0xff }; // size of the application's name
    bytes[71] = std::byte { 0xff };
    Collect diagnostics;
    auto const job = read(bytes, diagnostics);
    ASSERT_TRUE(job.ok());
    EXPECT_EQ(job.value().application, "");
    EXPECT_EQ(job.value().triggers.size(), 2U);
    ASSERT_EQ(diagnostics.list.size(), 1U);
    EXPECT_EQ(diagnostics.list[0].error.what, "job.application");
}

TEST(Job, AHostileTriggerCountIsRefused)
{
    auto bytes = small_job();
    auto const at = static_cast<std::size_t>(bytes[22]);
    bytes[at] = std::byte { 0xff };
    Collect diagnostics;
    auto const job = read(bytes, diagnostics);
    ASSERT_TRUE(job.ok());
    EXPECT_TRUE(job.value().triggers.empty());
    ASSERT_EQ(diagnostics.list.size(), 1U);
    EXPECT_EQ(diagnostics.list[0].error.code, ErrorCode::bad_count);
}

TEST(Job, EveryPrefixAndRandomDamageAreSurvived)
{
    auto const bytes = small_job();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        Collect diagnostics;
        auto const job = read(ByteView(bytes).first(size), diagnostics);
        EXPECT_TRUE(!job.ok() || !diagnostics.list.empty() || size >= bytes.size() - 68) << size;
    }
    test::Random random { 5 };
    for (int round = 0; round < 3'000; ++round) {
        auto damaged = bytes;
        damaged[random.below(damaged.size())] = static_cast<std::byte>(random.next());
        Collect diagnostics;
        (void)read(damaged, diagnostics);
    }
}

TEST(Job, PlasosJobIsGooglesUpdater)
{
    KONSEKI_NEEDS_DATA(path, "misc/wintask.job");
    auto const bytes = test::read_file(path);
    Collect diagnostics;
    auto const job = read(as_bytes(bytes), diagnostics);
    ASSERT_TRUE(job.ok());
    EXPECT_TRUE(diagnostics.list.empty());
    // plaso's test expects these: last run, and the trigger's start.
    EXPECT_EQ(job.value().application, "C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe");
    EXPECT_EQ(job.value().parameters, "/ua /installsource scheduler");
    EXPECT_EQ(job.value().author, "Brian");
    EXPECT_EQ(local_text(job.value().last_run_at), "2013-08-24T12:42:00.1120000Z");
    ASSERT_EQ(job.value().triggers.size(), 1U);
    EXPECT_EQ(local_text(job.value().triggers[0].starts_at), "2013-07-12T15:42:00.0000000Z");
    EXPECT_EQ(schedule_text(job.value().triggers[0]), "every 1 day, again every 60 min for 1440 min");
}

}
