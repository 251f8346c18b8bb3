#include "analysers/process_tree/tree.hpp"
#include <gtest/gtest.h>

namespace konseki::process_tree {
namespace {

Process start(
    std::int64_t second, std::uint64_t id, std::uint64_t parent, std::uint32_t image, std::uint32_t parent_image = 0)
{
    Process process;
    process.trace = { 1, static_cast<std::uint64_t>(second) };
    process.started_at = Timestamp::from_unix_seconds(1'700'000'000 + second);
    process.process_id = id;
    process.parent_process_id = parent;
    process.image = image;
    process.parent_image = parent_image;
    return process;
}

TEST(ProcessTree, AProcessIdThatIsUsedAgainLeadsToItsLatestHolder)
{
    std::vector<Process> processes { start(0, 100, 4, 1), start(1, 200, 100, 2), start(10, 100, 4, 3),
        start(11, 300, 100, 2) };
    processes[0].ended_at = Timestamp::from_unix_seconds(1'700'000'005);
    link(processes);
    EXPECT_EQ(processes[1].parent, 0U);
    EXPECT_EQ(processes[3].parent, 2U);
    EXPECT_EQ(processes[3].depth, 1U);
    EXPECT_EQ(processes[0].children, 1U);
    EXPECT_EQ(processes[0].parent, SIZE_MAX);
}

TEST(ProcessTree, AParentThatHadEndedOrIsAnotherProgramIsNone)
{
    std::vector<Process> processes { start(0, 100, 4, 1), start(10, 200, 100, 2), start(20, 100, 4, 1),
        start(21, 300, 100, 2, 9) };
    processes[0].ended_at = Timestamp::from_unix_seconds(1'700'000'005);
    link(processes);
    EXPECT_EQ(processes[1].parent, SIZE_MAX);
    EXPECT_EQ(processes[3].parent, SIZE_MAX);
}

TEST(ProcessTree, GuidsDecideWhereTheyAre)
{
    std::vector<Process> processes { start(0, 100, 4, 1), start(5, 100, 4, 2), start(6, 200, 100, 3),
        start(7, 300, 100, 3) };
    processes[0].guid = "A";
    processes[1].guid = "B";
    processes[2].parent_guid = "A";
    processes[3].parent_guid = "never logged";
    link(processes);
    EXPECT_EQ(processes[2].parent, 0U);
    EXPECT_EQ(processes[2].linked_by, Link::guid);
    EXPECT_EQ(processes[3].parent, SIZE_MAX) << "not the holder of the number";
}

TEST(ProcessTree, AStartThatBothSourcesLoggedIsOne)
{
    std::vector<Process> processes { start(0, 100, 4, 1), start(1, 100, 4, 1), start(30, 100, 4, 1),
        start(31, 200, 100, 2) };
    processes[1].guid = "A";
    merge_twins(processes);
    ASSERT_EQ(processes.size(), 3U);
    EXPECT_EQ(processes[0].guid, "A");
    EXPECT_EQ(processes[0].trace.offset, 1U) << "Sysmon's trace knows more";
    EXPECT_EQ(processes[1].started_at.ticks, start(30, 0, 0, 0).started_at.ticks);
}

}
}
