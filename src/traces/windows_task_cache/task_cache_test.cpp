#include "support/registry_case.hpp"
#include "traces/windows_task_cache/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_task_cache {

// covers: W75
TEST(WindowsTaskCache, TreeAndTasksAreJoinedAndHiddenTasksShow)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_task_cache/testdata/software.hive.txt", HiveKind::software, "");
    auto const rows = collected->rows("windows.task_cache");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].at("path"), "\\GameOver");
    EXPECT_EQ(rows[0].at("actions"), "C:\\TMP\\mim.exe sekurlsa::logonpasswords");
    EXPECT_EQ(rows[0].at("context_account"), "LocalSystem");
    EXPECT_EQ(rows[0].at("hash"), "aabb");
    EXPECT_EQ(rows[0].at("triggered_in"), "Logon");
    EXPECT_EQ(rows[0].at("has_security"), "true");
    EXPECT_EQ(rows[0].at("registered_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].at("last_finished_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].at("tree_written_at"), "2024-05-06T00:00:00.0000000Z");
    EXPECT_EQ(rows[1].at("path"), "\\Microsoft\\Windows\\Hidden");
    EXPECT_EQ(rows[1].at("has_security"), "false");
    EXPECT_EQ(rows[1].at("index"), "0");
    EXPECT_EQ(rows[1].at("actions"), "com {11111111-2222-3333-4444-555555555555} x");
    EXPECT_EQ(rows[2].at("is_in_tasks"), "false");
    EXPECT_EQ(rows[3].at("path"), "\\NoTree");
    EXPECT_EQ(rows[3].at("is_in_tree"), "false");
    EXPECT_EQ(collected->diagnostics.list.size(), 1U); // actions cut short
}

TEST(WindowsTaskCache, ActionsThatAreCutGiveWhatTheyCan)
{
    EXPECT_TRUE(read_actions({}).commands.empty());
    EXPECT_FALSE(read_actions({}).is_complete);
}

}
