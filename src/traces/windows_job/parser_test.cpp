#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "traces/windows_job/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_job {

TEST(WindowsJob, AJobIsADefinitionAndItsTriggers)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_job/testdata/small.hex"));
    EXPECT_EQ(parser.sniff(bytes, "At1.job"), Sniff::sure);
    test::CollectingContext collected;
    parser.parse({ bytes, { 0, bytes.size() }, "C:\\WINDOWS\\Tasks\\At1.job" }, collected.context);
    EXPECT_TRUE(collected.diagnostics.list.empty());
    auto const jobs = collected.rows("windows.job.definition");
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].at("path"), "C:\\WINDOWS\\Tasks\\At1.job");
    EXPECT_EQ(jobs[0].at("id"), "03020100-0504-0706-0809-0A0B0C0D0E0F");
    EXPECT_EQ(jobs[0].at("command"), "C:\\TMP\\p.exe");
    EXPECT_EQ(jobs[0].at("arguments"), "/q");
    EXPECT_EQ(jobs[0].count("working_directory"), 0U);
    EXPECT_EQ(jobs[0].at("is_enabled"), "false");
    EXPECT_EQ(jobs[0].at("is_hidden"), "true");
    EXPECT_EQ(jobs[0].at("has_signature"), "true");
    EXPECT_EQ(jobs[0].at("product_version"), "5.1");
    EXPECT_EQ(jobs[0].at("triggers"), "2");
    auto const triggers = collected.rows("windows.job.trigger");
    ASSERT_EQ(triggers.size(), 2U);
    EXPECT_EQ(triggers[0].at("kind"), "weekly");
    EXPECT_EQ(triggers[0].at("detail"), "every 1 week on Monday, Friday");
    EXPECT_EQ(triggers[0].count("ends_local"), 1U);
    EXPECT_EQ(triggers[1].at("is_enabled"), "false");
    EXPECT_EQ(triggers[1].count("ends_local"), 0U);
}

TEST(WindowsJob, ACutOffJobKeepsWhatIsThereAndSaysSo)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_job/testdata/small.hex"));
    test::CollectingContext collected;
    parser.parse({ ByteView(bytes).first(100), { 0, 100 }, "At1.job" }, collected.context);
    auto const jobs = collected.rows("windows.job.definition");
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].at("command"), "C:\\TMP\\p.exe");
    EXPECT_EQ(jobs[0].at("triggers"), "0");
    EXPECT_FALSE(collected.diagnostics.list.empty());
}

TEST(WindowsJob, PlasosJobGivesItsLastRunAndItsTrigger)
{
    KONSEKI_NEEDS_DATA(path, "misc/wintask.job");
    auto const bytes = test::read_file(path);
    test::CollectingContext collected;
    parser.parse({ as_bytes(bytes), { 0, bytes.size() }, "wintask.job" }, collected.context);
    ASSERT_EQ(collected.rows("windows.job.definition").size(), 1U);
    EXPECT_EQ(collected.rows("windows.job.definition")[0].count("last_run_local"), 1U);
    ASSERT_EQ(collected.rows("windows.job.trigger").size(), 1U);
    EXPECT_EQ(collected.rows("windows.job.trigger")[0].at("interval_minutes"), "60");
}

}
