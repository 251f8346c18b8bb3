#include "formats/regf/marvin32.hpp"
#include "formats/regf/regf.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <cstring>
#include <random>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::regf {

namespace {

class Collect final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    std::vector<Diagnostic> diagnostics;
};

struct Counts {
    std::size_t keys = 0, values = 0;
};

Counts count(Hive const& hive)
{
    Counts counts;
    Collect collect;
    walk(hive, collect, [&](Key const& key, std::string const&) {
        ++counts.keys;
        counts.values += hive.values(key, collect).size();
    });
    return counts;
}

std::vector<std::byte> small_hive()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/regf/testdata/small.hex"));
}

}

TEST(Marvin32, KnownAnswersOfRealLogEntries)
{
    // Hash-2 is over the first 32 bytes of the entry; both come from data/registry SYSTEM_B.LOG1 when it is there.
    KONSEKI_NEEDS_DATA(path, "registry/regipy/SYSTEM_B.LOG1.xz");
    auto const log = test::unpack_one(path);
    auto const entry = as_bytes(std::string_view(log).substr(512));
    std::uint64_t stored = 0;
    std::memcpy(&stored, entry.data() + 32, 8);
    EXPECT_EQ(marvin32(entry.first(32)), stored);
}

TEST(Regf, ReadsKeysAndValuesOfASmallHive)
{
    auto const bytes = small_hive();
    auto const hive = Hive::open(bytes);
    ASSERT_TRUE(hive.ok());
    EXPECT_TRUE(hive.value().base_block().is_checksum_good());
    auto const run = hive.value().find("Software\\run");
    ASSERT_TRUE(run.has_value());
    EXPECT_EQ(run->name, "Run");
    EXPECT_EQ(to_string(run->written_at), "2021-03-04T00:00:00.0000000Z");
    auto const updater = hive.value().value(*run, "UPDATER");
    ASSERT_TRUE(updater.has_value());
    EXPECT_EQ(value_text(*updater), "C:\\ProgramData\\u.exe");
    EXPECT_EQ(value_text(*hive.value().value(*run, "Start")), "2");
    EXPECT_EQ(hive.value().path_of(*run), "Software\\Run");
}

TEST(Regf, FindsTheDeletedKeyInItsFreeCell)
{
    auto const bytes = small_hive();
    Collect collect;
    auto const found = Hive::open(bytes).value().scan(collect);
    ASSERT_EQ(found.keys.size(), 1U);
    EXPECT_EQ(found.keys[0].name, "Gone");
    EXPECT_EQ(found.keys[0].state, CellState::deleted);
}

TEST(Regf, EveryPrefixGivesRowsOrAnErrorButNeverMore)
{
    auto const bytes = small_hive();
    auto const whole = count(Hive::open(bytes).value());
    for (std::size_t size = 0; size <= bytes.size(); size += 7) {
        auto const hive = Hive::open(ByteView(bytes).first(size));
        if (!hive.ok())
            continue;
        auto const part = count(hive.value());
        EXPECT_LE(part.keys, whole.keys);
        Collect collect;
        (void)hive.value().scan(collect);
    }
}

TEST(Regf, RandomDamageIsSurvived)
{
    auto const bytes = small_hive();
    std::mt19937 random { 11 };
    for (int round = 0; round < 3'000; ++round) {
        auto damaged = bytes;
        for (int flips = 0; flips < 4; ++flips)
            damaged[random() % damaged.size()] ^= std::byte { static_cast<unsigned char>(1U << (random() % 8)) };
        auto const hive = Hive::open(damaged);
        if (!hive.ok())
            continue;
        (void)count(hive.value());
        Collect collect;
        (void)hive.value().scan(collect);
    }
}

TEST(Regf, AKeyThatIsItsOwnChildEndsInADiagnostic)
{
    auto bytes = small_hive();
    // The subkey list of "Software" (cell at 0x1b0 in the bins) is made to name "Software" itself.
    auto const hive = Hive::open(bytes);
    auto const software = hive.value().find("Software");
    ASSERT_TRUE(software.has_value());
    auto const self = static_cast<std::uint32_t>(software->offset - base_block_bytes);
    std::memcpy(bytes.data() + base_block_bytes + software->subkey_list + 4 + 4, &self, 4);
    Collect collect;
    std::size_t keys = 0;
    walk(Hive::open(bytes).value(), collect, [&](Key const&, std::string const&) { ++keys; });
    EXPECT_EQ(keys, 2U) << "the root and Software";
    EXPECT_TRUE(std::any_of(collect.diagnostics.begin(), collect.diagnostics.end(),
        [](Diagnostic const& diagnostic) { return diagnostic.error.code == ErrorCode::loop; }));
    EXPECT_EQ(collect.diagnostics[0].error.what, "regf.key.parent");
}

struct HiveCase {
    char const* file;
    std::size_t keys, values;
};

TEST(Regf, RegipyHivesHaveTheirKeysAndValues)
{
    KONSEKI_NEEDS_DATA(folder, "registry/regipy");
    for (auto const& [file, keys, values] :
        { HiveCase { "NTUSER.DAT.xz", 1812, 4094 }, HiveCase { "amcache.hve.xz", 2105, 17'539 },
            HiveCase { "SYSTEM.xz", 30'756, 0 }, HiveCase { "SYSTEM_B.xz", 33'123, 74'957 } }) {
        auto const bytes = test::unpack_one(folder / file);
        auto const counts = count(Hive::open(as_bytes(bytes)).value());
        EXPECT_EQ(counts.keys, keys) << file;
        if (values != 0) {
            EXPECT_EQ(counts.values, values) << file;
        }
    }
}

TEST(Regf, ReplayOfSystemBGivesWhatYarpGives)
{
    KONSEKI_NEEDS_DATA(folder, "registry/regipy");
    auto const primary = test::unpack_one(folder / "SYSTEM_B.xz");
    auto const log1 = test::unpack_one(folder / "SYSTEM_B.LOG1.xz");
    auto const log2 = test::unpack_one(folder / "SYSTEM_B.LOG2.xz");
    std::array<ByteView, 2> const logs { as_bytes(log1), as_bytes(log2) };
    Collect collect;
    auto const replay = replay_logs(as_bytes(primary), logs, collect);
    EXPECT_EQ(replay.logs_used, 2U);
    EXPECT_EQ(replay.sequence, 2130U);
    auto const counts = count(Hive::open(replay.image).value());
    EXPECT_EQ(counts.keys, 35'595U);
    EXPECT_EQ(counts.values, 78'901U);
}

TEST(Regf, DamagedSystemHiveStillYieldsItsServices)
{
    KONSEKI_NEEDS_DATA(path, "registry/regipy/corrupted_system_hive.xz");
    auto const bytes = test::unpack_one(path);
    auto const hive = Hive::open(as_bytes(bytes));
    ASSERT_TRUE(hive.ok());
    auto const services = hive.value().find("ControlSet001\\Services");
    ASSERT_TRUE(services.has_value());
    Collect collect;
    auto const children = hive.value().subkeys(*services, collect);
    ASSERT_FALSE(children.empty());
    EXPECT_EQ(children[0].name, "Abiosdsk");
    // spec fsa.md section 4 prints …29.328124: the FILETIME is 128690849093281250, seen through a float there.
    EXPECT_EQ(to_string(children[0].written_at), "2008-10-21T17:48:29.3281250Z");
}

namespace {
std::string const& member(std::vector<test::Member> const& members, std::string const& name)
{
    for (auto const& candidate : members) {
        if (candidate.name == name)
            return candidate.content;
    }
    throw std::runtime_error("no " + name);
}

struct DirtyCase {
    char const* folder;
    char const* name;
    char const* recovered; // what Windows itself made of it
    std::size_t newer_bytes; // that Windows wrote after the log
};
}

TEST(Regf, ReplayGivesTheBinsThatWindowsWrote)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const members = test::unpack(archive);
    for (auto const& dirty : { DirtyCase { "NewDirtyHive1", "NewDirtyHive", "RecoveredHive_Windows10", 0 },
             DirtyCase { "OldDirtyHive", "OldDirtyHive", "RecoveredHive_Windows7", 6 } }) {
        auto const folder = std::string("yarp/") + dirty.folder + "/";
        auto const& primary = member(members, folder + dirty.name);
        auto const& log1 = member(members, folder + dirty.name + ".LOG1");
        auto const& log2 = member(members, folder + dirty.name + ".LOG2");
        std::array<ByteView, 2> const logs { as_bytes(log1), as_bytes(log2) };
        Collect collect;
        auto const replay = replay_logs(as_bytes(primary), logs, collect);
        auto const& windows = member(members, folder + dirty.recovered);
        ASSERT_EQ(replay.image.size(), windows.size()) << dirty.folder;
        auto const ours = count(Hive::open(replay.image).value());
        auto const theirs = count(Hive::open(as_bytes(windows)).value());
        EXPECT_EQ(ours.keys, theirs.keys) << dirty.folder;
        EXPECT_EQ(ours.values, theirs.values) << dirty.folder;
        // Windows 7 went on using the hive after recovery: six bytes of name-length hints in key cells are newer than
        // the log.
        std::size_t differing = 0;
        for (std::size_t i = base_block_bytes; i < windows.size(); ++i)
            differing += replay.image[i] != static_cast<std::byte>(windows[i]) ? 1U : 0U;
        EXPECT_EQ(differing, dirty.newer_bytes) << dirty.folder;
    }
}

}
