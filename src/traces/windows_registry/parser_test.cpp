#include "support/collecting_context.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include "traces/windows_registry/parser.hpp"
#include <gtest/gtest.h>

namespace konseki::windows_registry {

TEST(WindowsRegistry, AHiveGivesItsRowAndItsRemnants)
{
    auto const bytes = test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/traces/windows_registry/testdata/small.hex"));
    test::CollectingContext collected;
    parser.parse({ bytes, { 0, bytes.size() }, "C/Users/hanako/NTUSER.DAT" }, collected.context);
    auto const hives = collected.rows("windows.registry.hive");
    ASSERT_EQ(hives.size(), 1U);
    EXPECT_EQ(hives[0].at("user"), "hanako");
    EXPECT_EQ(hives[0].at("keys"), "3");
    EXPECT_EQ(hives[0].at("values"), "2");
    auto const remnants = collected.rows("windows.registry.remnant");
    ASSERT_EQ(remnants.size(), 1U);
    EXPECT_EQ(remnants[0].at("key_path"), "Software\\Gone");
}

TEST(WindowsRegistry, LogsAreReplayedWhenTheyLieBeside)
{
    KONSEKI_NEEDS_DATA(folder, "registry/regipy");
    auto const primary = test::unpack_one(folder / "SYSTEM_B.xz");
    auto const log1 = test::unpack_one(folder / "SYSTEM_B.LOG1.xz");
    auto const log2 = test::unpack_one(folder / "SYSTEM_B.LOG2.xz");
    std::array<Companion, 2> const logs { Companion { "SYSTEM.LOG1", as_bytes(log1) },
        Companion { "SYSTEM.LOG2", as_bytes(log2) } };
    EvidenceView evidence { as_bytes(primary), { 0, primary.size() }, "C/Windows/System32/config/SYSTEM" };
    evidence.companions = logs;
    test::CollectingContext collected;
    parser.parse(evidence, collected.context);
    auto const hives = collected.rows("windows.registry.hive");
    ASSERT_EQ(hives.size(), 1U);
    EXPECT_EQ(hives[0].at("kind"), "system");
    EXPECT_EQ(hives[0].at("keys"), "35595");
    EXPECT_EQ(hives[0].at("values"), "78901");
    EXPECT_EQ(hives[0].at("logs_used"), "2");
}

}
