// What yarp's own tests expect of its hives (msuhanov/yarp, test_cases.py), and plaso's two of registry/plaso.tar.xz.
#include "formats/regf/regf.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <algorithm>
#include <map>
#include <set>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::regf {

namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class Collect final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    std::vector<Diagnostic> diagnostics;
};

// Every file of the archive by its path below the first folder. Unpacked once for all tests of this file.
std::map<std::string, std::string> const& files_of(std::filesystem::path const& archive)
{
    static std::map<std::string, std::map<std::string, std::string>> archives;
    auto& files = archives[archive.string()];
    if (files.empty()) {
        for (auto const& member : test::unpack(archive))
            files[member.name.substr(member.name.find('/') + 1)] = member.content;
    }
    return files;
}

Hive open(std::string const& file)
{
    auto hive = Hive::open(as_bytes(file));
    if (!hive.ok())
        throw std::runtime_error(to_string(hive.error()));
    return hive.value();
}

std::vector<std::string> names_of(std::vector<Key> const& keys)
{
    std::vector<std::string> names;
    for (auto const& key : keys)
        names.push_back(key.name);
    return names;
}

std::size_t keys_of(Hive const& hive, DiagnosticSink& diagnostics)
{
    std::size_t keys = 0;
    walk(hive, diagnostics, [&](Key const&, std::string const&) { ++keys; });
    return keys;
}

Replay replay_of(std::map<std::string, std::string> const& files, std::string const& primary,
    std::vector<std::string> const& logs, DiagnosticSink& diagnostics)
{
    std::vector<ByteView> views;
    for (auto const& log : logs)
        views.push_back(as_bytes(files.at(log)));
    return replay_logs(as_bytes(files.at(primary)), views, diagnostics);
}

}

TEST(RegfYarp, AnEmptyHiveHasOnlyItsRoot)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const hive = open(files_of(archive).at("EmptyHive"));
    Collect collect;
    EXPECT_TRUE(hive.subkeys(hive.root().value(), collect).empty());
    EXPECT_TRUE(to_string(hive.base_block().written_at).starts_with("2017-03-04T16:37:31"));
    EXPECT_TRUE(collect.diagnostics.empty());
}

TEST(RegfYarp, BigDataIsAssembledToItsLastByte)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const hive = open(files_of(archive).at("BigDataHive"));
    auto const key = hive.find("key_with_bigdata");
    ASSERT_TRUE(key);
    Collect collect;
    EXPECT_EQ(hive.values(*key, collect).size(), 2U);
    auto const first = hive.value(*key, "");
    ASSERT_TRUE(first);
    EXPECT_EQ(as_text(first->content), std::string(16'345, '1'));
    EXPECT_EQ(as_text(hive.value(*key, "V")->content), std::string(81'725, '2'));
    EXPECT_FALSE(hive.value(*key, "doesnt_exist"));
}

TEST(RegfYarp, FiveThousandSubkeysAreFoundByName)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const hive = open(files_of(archive).at("ManySubkeysHive"));
    auto const key = hive.find("key_with_many_subkeys");
    ASSERT_TRUE(key);
    Collect collect;
    auto const children = hive.subkeys(*key, collect);
    EXPECT_EQ(children.size(), 5'000U);
    std::set<int> numbers;
    for (auto const& child : children)
        numbers.insert(std::stoi(child.name));
    EXPECT_EQ(numbers.size(), 5'000U);
    EXPECT_EQ(*numbers.begin(), 1);
    EXPECT_EQ(*numbers.rbegin(), 5'000);
    auto const found = hive.find("key_with_MAny_subkeys\\2119\\Find_me");
    ASSERT_TRUE(found);
    EXPECT_EQ(hive.path_of(*found), "key_with_many_subkeys\\2119\\find_me");
    EXPECT_TRUE(hive.find("key_with_many_subkeys\\3000"));
    EXPECT_FALSE(hive.find("key_with_many_subkeys\\3000\\doesnt_exist"));
    EXPECT_FALSE(hive.find("key_with_many_subkeys\\doesnt_exist\\doesnt_exist"));
}

TEST(RegfYarp, NewLogsGiveTheHiveThatWindowsRecovered)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const& files = files_of(archive);
    auto const before = open(files.at("NewDirtyHive1/NewDirtyHive"));
    EXPECT_TRUE(before.find("Key2\\Key2_2"));
    EXPECT_EQ(before.value(*before.find("Key1"), "")->content.size(), 6'001U * 2);
    std::vector<std::string> logs { "NewDirtyHive1/NewDirtyHive.LOG1", "NewDirtyHive1/NewDirtyHive.LOG2" };
    for (int order = 0; order < 2; ++order) {
        Collect collect;
        auto const replay = replay_of(files, "NewDirtyHive1/NewDirtyHive", logs, collect);
        EXPECT_EQ(replay.logs_used, 2U);
        EXPECT_EQ(replay.entries_applied, 4U);
        auto const& windows = files.at("NewDirtyHive1/RecoveredHive_Windows10");
        EXPECT_TRUE(as_text(ByteView(replay.image).subspan(base_block_bytes)) == windows.substr(base_block_bytes));
        auto const after = Hive::open(replay.image).value();
        EXPECT_FALSE(after.find("Key1"));
        EXPECT_FALSE(after.find("Key2\\Key2_1"));
        EXPECT_FALSE(after.find("Key2\\Key2_2"));
        for (auto const* const path : { "Key3\\Key3_1", "Key3\\Key3_2", "key3\\key3_3" })
            EXPECT_TRUE(after.find(path)) << path;
        EXPECT_EQ(value_text(*after.value(*after.find("Key3"), "")), std::string(1'440, '1'));
        std::reverse(logs.begin(), logs.end());
    }
    Collect collect;
    auto const second = replay_of(files, "NewDirtyHive2/NewDirtyHive",
        { "NewDirtyHive2/NewDirtyHive.LOG1", "NewDirtyHive2/NewDirtyHive.LOG2" }, collect);
    EXPECT_EQ(second.logs_used, 1U);
    EXPECT_EQ(second.sequence, 5U);
}

TEST(RegfYarp, AnOldLogBringsItsKeysAndValues)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const& files = files_of(archive);
    auto const before = open(files.at("OldDirtyHive/OldDirtyHive"));
    EXPECT_TRUE(before.find("key_with_many_subkeys\\1"));
    EXPECT_FALSE(before.find("key_with_many_subkeys\\5000\\find_me_in_log"));
    Collect collect;
    auto const replay = replay_of(files, "OldDirtyHive/OldDirtyHive", { "OldDirtyHive/OldDirtyHive.LOG1" }, collect);
    EXPECT_EQ(replay.logs_used, 1U);
    auto const after = Hive::open(replay.image).value();
    auto const windows = open(files.at("OldDirtyHive/RecoveredHive_Windows7"));
    EXPECT_FALSE(after.find("key_with_many_subkeys\\1"));
    auto const logged = after.find("key_with_many_subkeys\\5000\\find_me_in_log");
    ASSERT_TRUE(logged);
    EXPECT_EQ(logged->written_at, windows.find("key_with_many_subkeys\\5000\\find_me_in_log")->written_at);
    auto const value = after.value(*after.find("key_with_many_subkeys\\4500"), "v");
    ASSERT_TRUE(value);
    EXPECT_THAT(value_texts(*value), ElementsAre("a", "bb", "ccc"));
    Collect clean;
    EXPECT_TRUE(replay_logs(as_bytes(files.at("OldDirtyHive/RecoveredHive_Windows7")), {}, clean).image.empty());
}

TEST(RegfYarp, ADestroyedBaseBlockIsTakenFromTheLog)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const& files = files_of(archive);
    auto const folder = std::string("BadBaseBlockHive/BadBaseBlockHive");
    Collect collect;
    auto const replay = replay_of(files, folder, { folder + ".LOG1", folder + ".LOG2" }, collect);
    EXPECT_EQ(replay.logs_used, 1U);
    EXPECT_TRUE(replay.base_block_recovered);
    auto const after = Hive::open(replay.image);
    ASSERT_TRUE(after.ok());
    EXPECT_EQ(after.value().base_block().version_minor, 3U);
    EXPECT_TRUE(after.value().find("key_with_many_subkeys"));
}

TEST(RegfYarp, LogsOfAnotherHiveOrTimeAreNotApplied)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    for (auto const* const folder : { "BadLogHive1", "BadLogHive2", "BadLogHive3" }) {
        auto const file = std::string(folder) + "/BadLogHive";
        Collect collect;
        auto const replay = replay_of(files_of(archive), file, { file + ".LOG1", file + ".LOG2" }, collect);
        EXPECT_TRUE(replay.was_dirty) << folder;
        EXPECT_TRUE(replay.image.empty()) << folder;
        EXPECT_EQ(replay.logs_used, 0U) << folder;
    }
}

TEST(RegfYarp, NamesAndTextsOfEveryAlphabet)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const& files = files_of(archive);
    auto const unicode = open(files.at("UnicodeHive"));
    auto const key = unicode.find("ПриВет\\КлюЧ");
    ASSERT_TRUE(key);
    EXPECT_EQ(unicode.path_of(*key), "Привет\\Ключ");
    EXPECT_EQ(unicode.security_descriptor(unicode.root().value()).size(), 144U);
    auto const ascii = open(files.at("ExtendedASCIIHive"));
    auto const odd = ascii.find("ëigenaardig");
    ASSERT_TRUE(odd);
    EXPECT_EQ(value_text(*ascii.value(*odd, "ëigenaardig")), "ëigenaardig");
    Collect collect;
    auto const bogus = open(files.at("BogusKeyNamesHive"));
    EXPECT_THAT(names_of(bogus.subkeys(bogus.root().value(), collect)),
        UnorderedElementsAre("testnew\r\nne", std::string("testnu\0l", 8)));
    auto const strings = open(files.at("StringValuesHive"));
    auto const texts = strings.find("key");
    EXPECT_EQ(value_text(*strings.value(*texts, "")), "test тест");
    EXPECT_EQ(as_text(strings.value(*texts, "1")->content), "test");
    EXPECT_EQ(value_text(*strings.value(*texts, "2")), "test тест");
    EXPECT_EQ(value_text(*strings.value(*texts, "3")), "test тест ");
    auto const multiple = open(files.at("MultiSzHive"));
    auto const lists = multiple.find("key");
    EXPECT_FALSE(multiple.value(*lists, ""));
    EXPECT_TRUE(value_texts(*multiple.value(*lists, "1")).empty());
    EXPECT_THAT(value_texts(*multiple.value(*lists, "2")), ElementsAre("привет", "как дела?"));
}

TEST(RegfYarp, DeletedKeysAndValuesAreFound)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const& files = files_of(archive);
    Collect collect;
    auto const found = open(files.at("DeletedDataHive")).scan(collect);
    EXPECT_THAT(names_of(found.keys), ElementsAre("456"));
    ASSERT_EQ(found.values.size(), 2U);
    std::map<std::string, std::string> values;
    for (auto const& value : found.values)
        values[value.name] = value_text(value);
    EXPECT_EQ(values, (std::map<std::string, std::string> { { "v", "123456" }, { "v2", "456" } }));
    for (auto const* const name : { "DeletedTreeHive", "DeletedTreeNoRootFlagHive" }) {
        auto const hive = open(files.at(name));
        auto const tree = hive.scan(collect);
        std::vector<std::string> paths;
        for (auto const& key : tree.keys)
            paths.push_back(hive.path_of(key));
        EXPECT_THAT(paths, UnorderedElementsAre("1\\2\\3", "1\\2\\3\\4", "1\\2\\3\\4\\5", "1\\2\\3\\4\\New Key #1"))
            << name;
        EXPECT_TRUE(tree.values.empty()) << name;
    }
    auto const partial = open(files.at("DeletedTreePartialPathHive")).scan(collect);
    EXPECT_THAT(names_of(partial.keys), UnorderedElementsAre("3", "4", "5", "New Key #1"));
    auto const healed = open(files.at("HealedHive")).scan(collect);
    for (auto const& key : healed.keys)
        EXPECT_EQ(key.name, "cccc");
    for (auto const& value : healed.values) {
        EXPECT_EQ(value.name, "123");
        EXPECT_EQ(value_text(value), "test");
    }
    EXPECT_FALSE(healed.values.empty());
    auto const remnants = open(files.at("RemnantsHive")).scan(collect);
    EXPECT_TRUE(remnants.keys.empty());
    ASSERT_EQ(remnants.values.size(), 1U);
    EXPECT_EQ(remnants.values[0].name, "");
    EXPECT_EQ(value_number(remnants.values[0]), 1U);
}

// yarp refuses these; we say what is wrong and give the rest.
TEST(RegfYarp, DamagedListsAreReportedAndTheRestIsGiven)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    auto const& files = files_of(archive);
    for (auto const* const name : { "DuplicateSubkeysHive", "InvalidParentHive", "BadListHive", "BadSubkeyHive",
             "WrongOrderHive", "TruncatedNameHive" }) {
        Collect collect;
        EXPECT_GE(keys_of(open(files.at(name)), collect), 1U) << name;
        EXPECT_FALSE(collect.diagnostics.empty()) << name;
    }
}

TEST(RegfYarp, EveryOtherHiveIsReadWithoutHarm)
{
    KONSEKI_NEEDS_DATA(archive, "registry/yarp.tar.xz");
    std::size_t hives = 0;
    for (auto const& [name, content] : files_of(archive)) {
        auto const hive = Hive::open(as_bytes(content));
        if (!hive.ok())
            continue;
        ++hives;
        Collect collect;
        (void)keys_of(hive.value(), collect);
        (void)hive.value().scan(collect);
    }
    EXPECT_GE(hives, 50U);
}

TEST(RegfPlaso, ADamagedListLosesOneKeyAndSaysSo)
{
    KONSEKI_NEEDS_DATA(archive, "registry/plaso.tar.xz");
    auto const& files = files_of(archive);
    Collect whole, damaged;
    EXPECT_EQ(keys_of(open(files.at("regf/100_sub_keys.hiv")), whole), 101U);
    EXPECT_TRUE(whole.diagnostics.empty());
    EXPECT_EQ(keys_of(open(files.at("regf/corrupt_sub_key_list.hiv")), damaged), 100U);
    EXPECT_EQ(damaged.diagnostics.size(), 1U);
}

TEST(RegfRegipy, AUsersHiveHasItsHeaderAndAPartialOneItsSubkeys)
{
    KONSEKI_NEEDS_DATA(folder, "registry/regipy");
    auto const user = test::unpack_one(folder / "NTUSER.DAT.xz");
    EXPECT_EQ(open(user).base_block().primary_sequence, 749U);
    EXPECT_EQ(open(user).base_block().secondary_sequence, 749U);
    EXPECT_EQ(open(user).base_block().checksum, 476'614'345U);
    auto const partial = test::unpack_one(folder / "ntuser_software_partial.xz");
    Collect collect;
    EXPECT_EQ(keys_of(open(partial), collect), 6'395U + 1);
}

}
