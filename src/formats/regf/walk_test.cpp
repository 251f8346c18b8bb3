// The walk and the cells it reads in place, on hives of our own: it must say what the readers of single keys say.
#include "base/text.hpp"
#include "formats/regf/regf.hpp"
#include "support/hive_writer.hpp"
#include "support/samples.hpp"
#include "support/unpack.hpp"
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace konseki::regf {

namespace {

class Collect final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override
    {
        said.emplace_back(diagnostic.error.what);
        offsets.push_back(diagnostic.error.offset);
    }
    std::vector<std::string> said;
    std::vector<std::uint64_t> offsets;
};

std::vector<std::string> paths_of(Hive const& hive, Collect& collect)
{
    std::vector<std::string> paths;
    walk(hive, collect, [&](Key const&, std::string const& path) { paths.push_back(path); });
    return paths;
}

void expect_same(Value const& one, Value const& other)
{
    EXPECT_EQ(one.offset, other.offset);
    EXPECT_EQ(one.size_bytes, other.size_bytes);
    EXPECT_EQ(one.name, other.name);
    EXPECT_EQ(one.type, other.type);
    EXPECT_EQ(one.data_size, other.data_size);
    EXPECT_EQ(as_text(one.content), as_text(other.content));
    EXPECT_EQ(one.assembled, other.assembled);
    EXPECT_EQ(one.state, other.state);
}

std::size_t content_at(Key const& key)
{
    return static_cast<std::size_t>(key.offset) + 4;
}

}

TEST(RegfWalk, APathHoldsNothingOfSiblingsAndTheirChildren)
{
    auto const bytes = test::hive_from_text("[A\\Deep\\Deeper\\Deepest]\n[A\\E]\n[B]\n[B\\\u5be9\\C]\n[B\\D]\n");
    auto const hive = Hive::open(bytes);
    ASSERT_TRUE(hive.ok());
    Collect collect;
    EXPECT_THAT(paths_of(hive.value(), collect),
        testing::UnorderedElementsAre("", "A", "A\\Deep", "A\\Deep\\Deeper", "A\\Deep\\Deeper\\Deepest", "A\\E", "B",
            "B\\\u5be9", "B\\\u5be9\\C", "B\\D"));
    walk(hive.value(), collect,
        [&](Key const& key, std::string const& path) { EXPECT_EQ(path, hive.value().path_of(key)); });
}

TEST(RegfWalk, KeysAreThoseThatSubkeysGives)
{
    KONSEKI_NEEDS_DATA(folder, "registry/regipy");
    auto const bytes = test::unpack_one(folder / "NTUSER.DAT.xz");
    auto const hive = Hive::open(as_bytes(bytes));
    ASSERT_TRUE(hive.ok());
    Collect collect;
    std::vector<Key> walked, listed;
    walk(hive.value(), collect, [&](Key const& key, std::string const&) {
        walked.push_back(key);
        for (auto& child : hive.value().subkeys(key, collect))
            listed.push_back(std::move(child));
    });
    ASSERT_EQ(listed.size() + 1, walked.size());
    auto const by_offset = [](Key const& a, Key const& b) { return a.offset < b.offset; };
    std::sort(walked.begin() + 1, walked.end(), by_offset);
    std::sort(listed.begin(), listed.end(), by_offset);
    for (std::size_t i = 0; i < listed.size(); ++i) {
        EXPECT_EQ(walked[i + 1].offset, listed[i].offset);
        EXPECT_EQ(walked[i + 1].name, listed[i].name);
        EXPECT_EQ(walked[i + 1].value_list, listed[i].value_list);
        EXPECT_EQ(walked[i + 1].written_at, listed[i].written_at);
    }
}

TEST(RegfWalk, EachValueGivesWhatValuesGives)
{
    std::string const long_name(100, 'n');
    auto bytes = test::hive_from_text("[K]\n@ = sz:default\n" + long_name
        + " = sz:long\nshort = dword:5\n\u5be9 = hex:00 01 02 03 04 05 06 07 08\nlast = qword:0x10\n");
    Collect one, other;
    for (bool const is_damaged : { false, true }) {
        auto const hive = Hive::open(bytes);
        auto const key = hive.value().find("K");
        ASSERT_TRUE(key.has_value());
        auto const values = hive.value().values(*key, one);
        ASSERT_EQ(values.size(), is_damaged ? 4U : 5U);
        std::size_t count = 0;
        hive.value().each_value(*key, other, [&](Value const& value) { expect_same(value, values.at(count++)); });
        EXPECT_EQ(count, values.size());
        for (auto const& value : values)
            expect_same(*hive.value().value(*key, value.name), value);
        bytes[static_cast<std::size_t>(values[1].offset) + 4] = std::byte { 'x' }; // of "vk"
    }
    EXPECT_THAT(one.said, testing::ElementsAre("regf.value.magic"));
    EXPECT_EQ(one.said, other.said);
    EXPECT_EQ(one.offsets, other.offsets);
}

TEST(RegfWalk, ContentIsTextByItsType)
{
    auto const bytes
        = test::hive_from_text("[K]\nsz = sz:a\u5be9\nexpand = expand:%P%\nmulti = multi:one|two\ndword = dword:5\n"
                               "qword = qword:0xffffffffffffffff\nhex = hex:00 09 0a 9f a0 ff 7e\nlong = hex:00 11 22 "
                               "33 44 55 66 77 88 99 aa bb cc dd ee ff 0f f0 9a\nnone = hex:\n");
    auto const hive = Hive::open(bytes);
    auto const key = hive.value().find("K");
    ASSERT_TRUE(key.has_value());
    Collect collect;
    std::string text = "before ";
    std::vector<std::string> texts;
    hive.value().each_value(*key, collect, [&](Value const& value) {
        auto const old_size = text.size();
        append_value_text(text, value);
        EXPECT_EQ(text.substr(old_size), value_text(value));
        texts.push_back(value.name + "=" + value_text(value));
    });
    EXPECT_THAT(texts,
        testing::UnorderedElementsAre("sz=a\u5be9", "expand=%P%", "multi=one; two", "dword=5",
            "qword=18446744073709551615", "hex=00090A9FA0FF7E", "long=00112233445566778899AABBCCDDEEFF0FF09A",
            "none="));
}

TEST(RegfWalk, AKeyAtTheLastLevelIsReportedAndItsChildrenAreNot)
{
    std::string path = "1";
    for (int level = 2; level <= 514; ++level)
        path += format("\\{}", level);
    auto const bytes = test::hive_from_text("[" + path + "]\n");
    Collect collect;
    EXPECT_EQ(paths_of(Hive::open(bytes).value(), collect).size(), key_depth_max + 1) << "the root and 512 levels";
    EXPECT_THAT(collect.said, testing::ElementsAre("regf.depth"));
}

TEST(RegfWalk, ACutKeySaysWhichFieldIsMissing)
{
    auto const bytes = test::hive_from_text("[Key of some name]\n");
    auto const key = Hive::open(bytes).value().find("Key of some name");
    ASSERT_TRUE(key.has_value());
    struct Cut {
        std::size_t bytes; // of the content that are left
        char const* field;
    };
    for (auto const& [left, field] :
        { Cut { 1, "regf.key.magic" }, Cut { 3, "regf.key.flags" }, Cut { 16, "regf.key.parent" },
            Cut { 51, "regf.key.class_name" }, Cut { 71, "regf.key.name_size" }, Cut { 73, "regf.key.name_size" },
            Cut { 75, "regf.key.class_name_size" }, Cut { 76, "regf.key.name" }, Cut { 91, "regf.key.name" } }) {
        auto const hive = Hive::open(ByteView(bytes).first(content_at(*key) + left));
        ASSERT_TRUE(hive.ok());
        auto const read = hive.value().key_at(static_cast<std::uint32_t>(key->offset - base_block_bytes));
        ASSERT_FALSE(read.ok()) << left;
        EXPECT_EQ(read.error().what, field) << left;
    }
}

TEST(RegfWalk, OrderIsToldUpToTheFirstLetterBeyondAscii)
{
    auto bytes = test::hive_from_text("[AB1]\n[AB2]\n[AB3]\n");
    auto const children_of_root = [&](Collect& collect) {
        auto const hive = Hive::open(bytes);
        return paths_of(hive.value(), collect).size() - 1;
    };
    Collect good;
    EXPECT_EQ(children_of_root(good), 3U);
    EXPECT_THAT(good.said, testing::IsEmpty());

    auto const third = Hive::open(bytes).value().find("AB3");
    ASSERT_TRUE(third.has_value());
    auto const name = content_at(*third) + 76;
    bytes[name + 2] = std::byte { '1' };
    Collect out_of_order;
    EXPECT_EQ(children_of_root(out_of_order), 3U);
    EXPECT_THAT(out_of_order.said, testing::ElementsAre("regf.subkey_list.order"));

    bytes[name + 2] = std::byte { '2' };
    Collect twice;
    EXPECT_EQ(children_of_root(twice), 3U);
    EXPECT_THAT(twice.said, testing::ElementsAre("regf.subkey_list.same_name"));

    bytes[name + 1] = std::byte { 0xc4 }; // a Latin-1 letter: its order is that of the machine's own table
    Collect unknown;
    EXPECT_EQ(children_of_root(unknown), 3U);
    EXPECT_THAT(unknown.said, testing::IsEmpty());
    EXPECT_TRUE(Hive::open(bytes).value().find("A\u00e42").has_value()) << "small letter of the same";
}

}
