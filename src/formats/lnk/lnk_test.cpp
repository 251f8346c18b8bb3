#include "formats/lnk/lnk.hpp"
#include "support/samples.hpp"
#include <random>
#include <gtest/gtest.h>

namespace konseki::lnk {

namespace {

class Collect final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    std::vector<Diagnostic> diagnostics;
};

std::vector<std::byte> small_link()
{
    return test::bytes_from_hex(
        test::read_file(std::string(KONSEKI_SOURCE_DIR) + "/src/formats/lnk/testdata/small.hex"));
}

}

TEST(Lnk, ReadsEveryPartOfASmallLink)
{
    Collect collect;
    auto const bytes = small_link();
    EXPECT_EQ(sniff(bytes), Sniff::sure);
    auto const result = read(bytes, 0, collect);
    ASSERT_TRUE(result.ok()) << to_string(result.error());
    EXPECT_TRUE(collect.diagnostics.empty());
    auto const& link = result.value();
    EXPECT_EQ(link.size_bytes, bytes.size());
    EXPECT_EQ(link.target(), "C:\\TMP\\mimikatz.exe");
    EXPECT_EQ(link.item_path, "C:\\TMP\\mimikatz.exe");
    EXPECT_EQ(link.arguments, "privilege::debug");
    EXPECT_EQ(link.drive_serial, 0xabcd1234U);
    EXPECT_EQ(link.volume_label, "DATA");
    EXPECT_EQ(to_string(link.created_at), "2021-03-04T00:00:00.0000000Z");
    ASSERT_EQ(link.items.size(), 4U);
    EXPECT_EQ(link.items[0].name, "<This PC>");
    EXPECT_EQ(link.items[3].mft_reference, (7ULL << 48) | 41U);
    EXPECT_EQ(to_string(link.items[3].modified_at), "2021-03-04T01:02:04.0000000Z");
    ASSERT_TRUE(link.tracker.has_value());
    EXPECT_EQ(link.tracker->machine_id, "desktop-hanako");
    EXPECT_EQ(mac_address_of(link.tracker->file), "00:0c:29:aa:bb:cc");
    EXPECT_TRUE(to_string(made_at(link.tracker->file)).starts_with("2021-03-03T"));
}

TEST(Lnk, EveryPrefixKeepsWhatCameBefore)
{
    auto const bytes = small_link();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        Collect collect;
        auto const link = read(ByteView(bytes).first(size), 0, collect);
        EXPECT_EQ(link.ok(), size >= header_bytes) << size;
    }
}

TEST(Lnk, RandomDamageIsSurvived)
{
    std::mt19937 random { 7 };
    auto const bytes = small_link();
    for (int round = 0; round < 20'000; ++round) {
        auto damaged = bytes;
        damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        Collect collect;
        (void)read(damaged, 0, collect);
    }
}

TEST(Lnk, AnUnpairedSurrogateIsKept)
{
    KONSEKI_NEEDS_DATA(folder, "lnk");
    auto const content = test::read_file(folder / "unpaired_surrogate.lnk");
    Collect collect;
    auto const link = read(as_bytes(content), 0, collect);
    ASSERT_TRUE(link.ok());
    auto texts = link.value().target() + link.value().item_path + link.value().relative_path + link.value().description
        + link.value().working_directory + link.value().arguments;
    for (auto const& property : link.value().properties)
        texts += property.text;
    bool has_surrogate = false;
    for (std::size_t i = 0; i + 1 < texts.size(); ++i)
        has_surrogate |= texts[i] == '\xed' && static_cast<unsigned char>(texts[i + 1]) >= 0xa0;
    EXPECT_TRUE(has_surrogate);
}

TEST(Lnk, EveryRealLinkNamesItsTargetWithoutARemark)
{
    KONSEKI_NEEDS_DATA(folder, "lnk");
    std::size_t links = 0, named = 0;
    for (auto const& path : test::files_below(folder, "")) {
        auto const content = test::read_file(path);
        if (sniff(as_bytes(content)) != Sniff::sure)
            continue;
        ++links;
        Collect collect;
        auto const link = read(as_bytes(content), 0, collect);
        ASSERT_TRUE(link.ok()) << path;
        named += link.value().target().empty() ? 0U : 1U;
        if (!collect.diagnostics.empty())
            ADD_FAILURE() << path << ": " << to_string(collect.diagnostics[0].error);
        EXPECT_EQ(link.value().size_bytes, content.size()) << path;
    }
    EXPECT_GT(links, 60U);
    EXPECT_EQ(named, links);
}

namespace {
// As plaso counts: the link, each shell item that is a file or folder, and the object identifiers of the tracker.
std::size_t as_plaso_counts(Link const& link)
{
    std::size_t count = 1;
    for (auto const& item : link.items)
        count += (item.type & 0x70U) == 0x30 ? 1U : 0U;
    if (link.tracker)
        count += link.tracker->file == link.tracker->birth_file ? 1U : 2U;
    return count;
}
}

TEST(Lnk, PlasosLinksHaveTheirShellItemsAndIdentifiers)
{
    KONSEKI_NEEDS_DATA(folder, "lnk");
    for (auto const& [file, expected] :
        { std::pair { "NeroInfoTool.lnk", 7U }, { "unpaired_surrogate.lnk", 4U }, { "example.lnk", 2U } }) {
        auto const content = test::read_file(folder / file);
        Collect collect;
        auto const link = read(as_bytes(content), 0, collect);
        ASSERT_TRUE(link.ok()) << file;
        EXPECT_EQ(as_plaso_counts(link.value()), expected) << file;
    }
    auto const content = test::read_file(folder / "NeroInfoTool.lnk");
    Collect collect;
    auto const nero = read(as_bytes(content), 0, collect).value();
    EXPECT_EQ(nero.target(), "C:\\Program Files (x86)\\Nero\\Nero 9\\Nero InfoTool\\InfoTool.exe");
    EXPECT_EQ(nero.target_bytes, 4'635'160U);
    EXPECT_EQ(nero.drive_serial, 0x70ecfa33U);
    EXPECT_EQ(nero.volume_label, "OS");
    EXPECT_EQ(nero.arguments, "-ScParameter=30002  ");
    ASSERT_FALSE(nero.items.empty());
    EXPECT_EQ(to_string(nero.items.back().modified_at), "2009-06-05T20:13:20.0000000Z");
    EXPECT_EQ(nero.items.back().mft_reference, (1ULL << 48) | 81'349U);
}

}
