#include "formats/pe/pe.hpp"
#include "support/random.hpp"
#include "support/samples.hpp"
#include <gmock/gmock.h>

namespace konseki::pe {

namespace {

class Collect final : public DiagnosticSink {
public:
    void report(Diagnostic const& diagnostic) override { diagnostics.push_back(diagnostic); }
    std::vector<Diagnostic> diagnostics;
};

std::string sample(std::string_view name)
{
    return test::read_file(std::filesystem::path(KONSEKI_SOURCE_DIR) / "src/formats/pe/testdata" / name);
}

Image read_sample(std::string const& bytes)
{
    Collect collect;
    auto result = read(as_bytes(bytes), collect);
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : to_string(result.error()));
    EXPECT_TRUE(collect.diagnostics.empty());
    return std::move(result).value();
}

}

TEST(Pe, ReadsEveryPartOfASmallImage)
{
    auto const bytes = sample("small.pe"); // testdata/make_samples.py; hash and names as pefile gives them
    EXPECT_EQ(sniff(as_bytes(bytes)), Sniff::sure);
    auto const image = read_sample(bytes);
    EXPECT_EQ(image.machine, 0x8664);
    EXPECT_TRUE(image.is_64_bit);
    EXPECT_TRUE(image.is_library);
    EXPECT_FALSE(image.is_dotnet);
    EXPECT_EQ(to_string(image.linked_at), "2020-12-01T00:00:00.0000000Z");
    ASSERT_EQ(image.sections.size(), 1U);
    EXPECT_EQ(image.sections[0].name, ".text");
    EXPECT_GT(image.sections[0].entropy, 1);
    ASSERT_EQ(image.imports.size(), 2U);
    EXPECT_EQ(image.imports[0].library, "KERNEL32.dll");
    EXPECT_EQ(image.imports[0].functions[1].name, "ExitProcess");
    EXPECT_EQ(image.imports[1].functions[0].ordinal, 115);
    EXPECT_EQ(image.import_hash, "9e9f5a30010f014ea8958cdec6a85d7a");
    EXPECT_EQ(image.export_name, "jli.dll");
    ASSERT_EQ(image.exports.size(), 2U);
    EXPECT_EQ(image.exports[0].name, "JLI_Launch");
    EXPECT_EQ(image.exports[1].forwarded_to, "NTDLL.RtlAllocateHeap");
    EXPECT_EQ(image.version_text("CompanyName"), "Konseki 試験");
    EXPECT_EQ(image.version_text("OriginalFilename"), "policytool.exe");
    EXPECT_EQ(image.version_text("ProductName"), "");
    EXPECT_EQ(image.overlay_offset, 1'536U);
    EXPECT_EQ(image.overlay_bytes, 8U);
    EXPECT_FALSE(image.signature);
}

TEST(Pe, KnowsWhoSignedAndWhetherTheFileIsWhatWasSigned)
{
    auto bytes = sample("signed.pe");
    auto const image = read_sample(bytes);
    ASSERT_TRUE(image.signature);
    EXPECT_EQ(image.signature->signer, "Konseki Test Signer");
    EXPECT_EQ(image.signature->digest_algorithm, "sha256");
    EXPECT_TRUE(image.signature->is_digest_good);
    EXPECT_TRUE(image.signature->is_signature_good);
    EXPECT_TRUE(image.signature->is_self_signed);
    EXPECT_EQ(image.overlay_bytes, 0U) << "the signature is no overlay";

    bytes[0x210] ^= 1; // one bit of the code
    auto const changed = read_sample(bytes);
    ASSERT_TRUE(changed.signature);
    EXPECT_FALSE(changed.signature->is_digest_good);
    EXPECT_TRUE(changed.signature->is_signature_good) << "the block itself is untouched";

    bytes = sample("signed.pe");
    bytes[bytes.size() - 20] ^= 1; // the encrypted digest at the end of the block
    auto const forged = read_sample(bytes);
    ASSERT_TRUE(forged.signature);
    EXPECT_FALSE(forged.signature->is_signature_good);
}

TEST(Pe, DamageCostsPartsNotTheRest)
{
    auto const whole = sample("small.pe");
    Collect collect;
    EXPECT_FALSE(read(as_bytes(whole.substr(0, 70)), collect).ok());
    for (std::size_t size = 0; size <= whole.size(); size += 7) // no crash at any length
        (void)read(as_bytes(whole.substr(0, size)), collect);
    Collect of_cut;
    auto const cut = read(as_bytes(whole.substr(0, 1'000)), of_cut);
    ASSERT_TRUE(cut.ok());
    EXPECT_FALSE(of_cut.diagnostics.empty());
    EXPECT_EQ(of_cut.diagnostics[0].bytes_lost, 1'536U - 1'000U);
    EXPECT_EQ(cut.value().imports.size(), 2U);
    test::Random random(20261123);
    for (int round = 0; round < 3'000; ++round) {
        auto flipped = sample(round % 2 == 0 ? "small.pe" : "signed.pe");
        for (int bit = 0; bit < 3; ++bit)
            flipped[random.below(flipped.size())] ^= static_cast<char>(1U << random.below(8));
        (void)read(as_bytes(flipped), collect);
    }
}

TEST(Pe, EntropyIsThatOfTheBytes)
{
    EXPECT_DOUBLE_EQ(entropy_of(as_bytes("aaaa")), 0);
    EXPECT_DOUBLE_EQ(entropy_of(as_bytes("abab")), 1);
    EXPECT_DOUBLE_EQ(entropy_of({}), 0);
}

TEST(Pe, HashesOfTheSharedSamplesEqualPefiles)
{
    KONSEKI_NEEDS_DATA(folder, "misc");
    auto const program = read_sample(test::read_file(folder / "test_pe.exe"));
    EXPECT_EQ(program.import_hash, "8d0739063fc8f9955cc6696b462544ab");
    EXPECT_EQ(program.rich_hash, "80958e5f861709a4e4f7dd84b5819cf6");
    EXPECT_EQ(read_sample(test::read_file(folder / "test_driver.sys")).import_hash, "d9c9c4541168665f44917e3ddc4a00d5");
}

TEST(Pe, TheSharedSamplesHaveTheirTimes)
{
    KONSEKI_NEEDS_DATA(folder, "misc");
    auto const program = read_sample(test::read_file(folder / "test_pe.exe"));
    ASSERT_EQ(program.imports.size(), 2U);
    EXPECT_EQ(to_string(program.linked_at), "2015-04-21T14:53:56.0000000Z");
    EXPECT_EQ(to_string(program.imports[0].stamped_at), "2015-04-21T14:53:55.0000000Z");
    EXPECT_EQ(to_string(program.imports[1].stamped_at), "2015-04-21T14:53:54.0000000Z"); // delayed
    auto const driver = read_sample(test::read_file(folder / "test_driver.sys"));
    EXPECT_EQ(to_string(driver.linked_at), "2015-04-21T14:53:54.0000000Z");
    for (auto const& import : driver.imports)
        EXPECT_FALSE(import.stamped_at.is_set());
}

}
