#include "formats/pe/pe.hpp"
#include "formats/security_catalogue/security_catalogue.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include <gmock/gmock.h>

namespace konseki::security_catalogue {

namespace {

class Collect final : public DiagnosticSink, public MemberSink {
public:
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    void take(Member const& member) override { members.push_back(member); }
    std::vector<Diagnostic> diagnostics;
    std::vector<Member> members;
};

std::string sample(std::string_view name)
{
    return test::read_file(std::filesystem::path(KONSEKI_SOURCE_DIR) / "src/formats" / name);
}

std::optional<Catalogue> read_all(std::string const& bytes, Collect& collect)
{
    auto result = read(as_bytes(bytes), collect);
    if (!result.ok())
        return {};
    read_members(result.value(), collect, collect);
    return std::move(result).value();
}

pe::Image program()
{
    Collect ignored;
    auto const bytes = sample("pe/testdata/small.pe");
    return pe::read(as_bytes(bytes), ignored).value();
}

}

TEST(SecurityCatalogue, ListsWhoseHashesItsSignerVouchesFor)
{
    auto const bytes = sample("security_catalogue/testdata/v1.cat"); // testdata/make_samples.py
    EXPECT_EQ(sniff(as_bytes(bytes)), Sniff::sure);
    Collect collect;
    auto const catalogue = read_all(bytes, collect);
    ASSERT_TRUE(catalogue);
    EXPECT_TRUE(collect.diagnostics.empty());
    EXPECT_EQ(catalogue->version, 1);
    EXPECT_EQ(catalogue->list_id, "000102030405060708090a0b0c0d0e0f");
    EXPECT_EQ(to_string(catalogue->listed_at), "2020-12-31T23:59:59.0000000Z");
    EXPECT_THAT(catalogue->attributes,
        testing::ElementsAre(testing::Pair("HWID1", "usb\\vid_1234&pid_5678"), testing::Pair("OS", "_v100_X64")));
    ASSERT_TRUE(catalogue->signature);
    EXPECT_EQ(catalogue->signature->signer, "Konseki Catalogue Signer");
    EXPECT_TRUE(catalogue->signature->is_signature_good);
    EXPECT_TRUE(catalogue->signature->is_self_signed);
    EXPECT_EQ(to_string(catalogue->signature->countersigned_at), "2021-01-01T00:00:00.0000000Z") << "RFC 3161";
    ASSERT_EQ(collect.members.size(), 3U);
    EXPECT_EQ(collect.members[0].algorithm, "sha1");
    EXPECT_EQ(collect.members[0].hash, "a0619a9aec06d4cf317827f07c2848937057283b"); // as osslsigncode says
    EXPECT_EQ(collect.members[0].subject, "program");
    EXPECT_EQ(collect.members[0].attribute("file"), "policytool.exe");
    EXPECT_EQ(collect.members[0].attribute("OSAttr"), "2:10.0");
    EXPECT_EQ(collect.members[1].algorithm, "sha256");
    EXPECT_EQ(collect.members[2].subject, "flat");
    EXPECT_EQ(collect.members[2].attribute("OSAttr"), "2:6.1,2:10.0");
    EXPECT_FALSE(collect.members[2].has_page_hashes);
    EXPECT_EQ(bytes.substr(collect.members[1].offset, 1), "\x30") << "the offset is that of the entry";
}

TEST(SecurityCatalogue, AProgramIsFoundByItsAuthenticodeHashes)
{
    auto const image = program();
    Collect first, second;
    read_all(sample("security_catalogue/testdata/v1.cat"), first);
    auto const catalogue = read_all(sample("security_catalogue/testdata/v2.cat"), second);
    EXPECT_EQ(first.members.at(0).hash, image.authenticode_sha1);
    EXPECT_EQ(first.members.at(1).hash, image.authenticode_sha256);
    ASSERT_TRUE(catalogue);
    EXPECT_EQ(catalogue->version, 2);
    ASSERT_EQ(second.members.size(), 2U);
    EXPECT_EQ(second.members[0].hash, image.authenticode_sha256);
    EXPECT_EQ(second.members[0].tag, second.members[0].hash);
    EXPECT_EQ(second.members[1].attribute("File"), "example.inf");
    EXPECT_FALSE(catalogue->signature->countersigned_at.is_set());
}

TEST(SecurityCatalogue, AChangedListIsNotWhatWasSigned)
{
    auto bytes = sample("security_catalogue/testdata/v1.cat");
    Collect whole;
    read_all(bytes, whole);
    bytes[whole.members.at(2).offset + whole.members[2].size_bytes - 1] ^= 1; // the last byte of a hash
    Collect changed;
    auto const catalogue = read_all(bytes, changed);
    ASSERT_TRUE(catalogue && catalogue->signature);
    EXPECT_FALSE(catalogue->signature->is_signature_good);
    EXPECT_NE(changed.members.at(2).hash, whole.members[2].hash);
}

TEST(SecurityCatalogue, DamageCostsItsEntryAlone)
{
    auto const bytes = sample("security_catalogue/testdata/v1.cat");
    Collect whole;
    read_all(bytes, whole);
    auto broken = bytes;
    broken[whole.members.at(1).offset + 4] = 5; // the tag's type: what name it has is not known
    Collect collect;
    ASSERT_TRUE(read_all(broken, collect));
    ASSERT_EQ(collect.members.size(), 2U);
    EXPECT_EQ(collect.members[1].hash, whole.members[2].hash);
    ASSERT_EQ(collect.diagnostics.size(), 1U);
    EXPECT_EQ(collect.diagnostics[0].bytes_lost, whole.members[1].size_bytes);

    Collect of_cut; // in the third entry: the signature is gone with it
    auto const cut = read_all(bytes.substr(0, whole.members[2].offset + 20), of_cut);
    ASSERT_TRUE(cut);
    EXPECT_EQ(of_cut.members.size(), 2U);
    EXPECT_FALSE(cut->is_block_read);
    ASSERT_EQ(of_cut.diagnostics.size(), 2U);
    EXPECT_EQ(of_cut.diagnostics[0].bytes_lost, whole.members[2].size_bytes - 20);
    EXPECT_EQ(of_cut.diagnostics[1].bytes_lost, 20U);
}

TEST(SecurityCatalogue, NoLengthAndNoBitFlipCrashesIt)
{
    auto const whole = sample("security_catalogue/testdata/v1.cat");
    Collect collect;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        auto const part = whole.substr(0, size);
        (void)sniff(as_bytes(part));
        read_all(part, collect);
    }
    test::Random random(20261123);
    for (int round = 0; round < 2'000; ++round) {
        auto flipped
            = sample(round % 2 == 0 ? "security_catalogue/testdata/v1.cat" : "security_catalogue/testdata/v2.cat");
        for (int bit = 0; bit < 3; ++bit)
            flipped[random.below(flipped.size())] ^= static_cast<char>(1U << random.below(8));
        read_all(flipped, collect);
    }
}

TEST(SecurityCatalogue, OtherSignedBlocksAreNone)
{
    EXPECT_EQ(sniff(as_bytes(sample("pe/testdata/small.pe"))), Sniff::no);
    auto other = sample("security_catalogue/testdata/v2.cat");
    auto const usage = other.find("\x0c\x01\x01");
    ASSERT_NE(usage, std::string::npos);
    other[usage] = 0x0a; // a list with another use, as that of trusted roots is
    EXPECT_EQ(sniff(as_bytes(other)), Sniff::no);
    Collect collect;
    EXPECT_FALSE(read(as_bytes(other), collect).ok());
}

}
