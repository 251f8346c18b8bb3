#include "support/registry_case.hpp"
#include "support/unpack.hpp"
#include "traces/windows_bam/registry.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_bam {

TEST(WindowsBam, BothPlacesAreReadAndControlValuesSkipped)
{
    auto const collected
        = test::run_on_text(registry_artefact, "windows_bam/testdata/system.hive.txt", HiveKind::system);
    auto const rows = collected->rows("windows.bam");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("moderator"), "bam");
    EXPECT_EQ(rows[0].at("path"), "\\Device\\HarddiskVolume3\\TMP\\p.exe");
    EXPECT_EQ(rows[0].at("user_sid"), "S-1-5-21-1-2-3-1001");
    EXPECT_EQ(rows[0].at("last_run_at"), "2010-01-01T00:00:00.0000000Z");
    EXPECT_EQ(rows[1].at("moderator"), "dam");
    EXPECT_EQ(rows[1].count("last_run_at"), 0U); // cut short: the name still counts
    EXPECT_EQ(collected->diagnostics.list.size(), 1U);
}

TEST(WindowsBam, ARealHiveGivesItsTwoUsers)
{
    KONSEKI_NEEDS_DATA(folder, "registry");
    auto const hive = test::unpack_one(folder / "regipy/SYSTEM_WIN_10_1709.xz");
    auto const collected = test::run_on(registry_artefact, as_bytes(hive), HiveKind::system);
    std::map<std::string, std::size_t> counts;
    for (auto const& row : collected->rows("windows.bam"))
        ++counts[row.at("moderator") + " " + row.at("control_set") + " " + row.at("user_sid")];
    std::size_t all = 0;
    std::string text;
    for (auto const& [name, count] : counts) {
        all += count;
        text += format("{}: {}\n", name, count);
    }
    EXPECT_EQ(all, 55U) << text;
    EXPECT_EQ(collected->diagnostics.list.size(), 0U);
}

}
