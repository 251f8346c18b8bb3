#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_shimcache/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_shimcache {

TEST(WindowsShimcache, EveryControlSetIsReadAndABadCacheIsReported)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_shimcache/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.shimcache");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("path"), "C:\\a.exe");
    EXPECT_EQ(rows[0].at("control_set"), "ControlSet002");
    EXPECT_EQ(rows[0].at("is_current"), "true");
    EXPECT_EQ(rows[0].at("file_modified_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[0].count("is_executed"), 0U);
    EXPECT_EQ(collected->diagnostics.list.size(), 1U);
}

TEST(WindowsShimcache, ARealHiveGivesBothControlSets)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const hive = test::unpack_one(folder / "regipy/SYSTEM.xz");
    auto const collected = test::run_on(registry_artefact, as_bytes(hive), HiveKind::system);
    auto const rows = collected->rows("windows.shimcache");
    EXPECT_EQ(rows.size(), 660U);
    std::map<std::string, std::size_t> counts;
    for (auto const& row : rows)
        ++counts[row.at("control_set")];
    EXPECT_EQ(counts["ControlSet001"], 330U);
    EXPECT_EQ(counts["ControlSet002"], 330U);
}

}
