#include "base/text.hpp"
#include "intake/container_key.hpp"
#include "support/toy_case.hpp"
#include <fstream>
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace konseki::intake {
namespace {

std::uint32_t number_at(std::string const& bytes, std::size_t at)
{
    std::uint32_t number = 0;
    for (std::size_t i = 4; i-- > 0;)
        number = number << 8 | static_cast<unsigned char>(bytes.at(at + i));
    return number;
}

void put_number(std::string& bytes, std::size_t at, std::uint32_t number)
{
    for (std::size_t i = 0; i < 4; ++i)
        bytes.at(at + i) = static_cast<char>(number >> (8 * i) & 0xff);
}

// Two archives of one member each, made one: libarchive's writer encrypts all members or none.
std::string joined_zip(std::string const& first, std::string const& second)
{
    auto const end_a = first.rfind("PK\5\6"), end_b = second.rfind("PK\5\6");
    auto const central_a = number_at(first, end_a + 16), central_b = number_at(second, end_b + 16);
    auto directory_b = second.substr(central_b, end_b - central_b);
    put_number(directory_b, 42, number_at(directory_b, 42) + central_a);
    auto const directory = first.substr(central_a, end_a - central_a) + directory_b;
    auto whole = first.substr(0, central_a) + second.substr(0, central_b);
    auto end = first.substr(end_a);
    end[8] = end[10] = 2;
    put_number(end, 12, static_cast<std::uint32_t>(directory.size()));
    put_number(end, 16, static_cast<std::uint32_t>(whole.size()));
    return whole + directory + end;
}

std::string content_of(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(file), {} };
}

// A key of its own for each run: none is committed.
struct TestKey {
    TestKey()
        : key(EVP_RSA_gen(2048))
    {
        auto* const memory = BIO_new(BIO_s_mem());
        PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
        char* text = nullptr;
        auto const size = BIO_get_mem_data(memory, &text);
        pem.assign(text, static_cast<std::size_t>(size));
        BIO_free(memory);
    }
    ~TestKey() { EVP_PKEY_free(key); }
    TestKey(TestKey const&) = delete;
    TestKey& operator=(TestKey const&) = delete;

    std::string metadata(std::string_view password) const
    {
        auto* const context = EVP_PKEY_CTX_new(key, nullptr);
        EVP_PKEY_encrypt_init(context);
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
        EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha512());
        std::vector<unsigned char> wrapped(512);
        auto size = wrapped.size();
        std::vector<unsigned char> const plain(password.begin(), password.end());
        EVP_PKEY_encrypt(context, wrapped.data(), &size, plain.data(), plain.size());
        EVP_PKEY_CTX_free(context);
        std::vector<unsigned char> text(size * 2);
        auto const length = EVP_EncodeBlock(text.data(), wrapped.data(), static_cast<int>(size));
        return format("[\n {{\n  \"EncryptedPass\": \"{}\",\n  \"Scheme\": \"X509\"\n }}\n]\n",
            std::string(text.begin(), text.begin() + length));
    }
    EVP_PKEY* key;
    std::string pem;
};

TEST(ContainerKey, ThePasswordIsUnwrappedWithTheKeyThatFits)
{
    TestKey const right, wrong;
    auto const metadata = right.metadata("a long password");
    EXPECT_TRUE(is_x509_container(metadata));
    std::vector<std::string> const both { "no key", wrong.pem, right.pem };
    EXPECT_EQ(container_password(metadata, both), "a long password");
    EXPECT_EQ(container_password(metadata, std::span(both).first(2)), std::nullopt);
    EXPECT_EQ(container_password(metadata, {}), std::nullopt);
}

TEST(ContainerKey, DamagedMetadataOpensNothing)
{
    TestKey const key;
    std::vector<std::string> const keys { key.pem };
    auto const whole = key.metadata("p");
    for (std::size_t size = 0; size < whole.size(); size += 5)
        (void)container_password(std::string_view(whole).substr(0, size), keys);
    EXPECT_FALSE(is_x509_container(R"({"Scheme":"Password"})"));
    EXPECT_EQ(container_password(R"({"EncryptedPass": 7})", keys), std::nullopt);
    EXPECT_EQ(container_password(R"({"EncryptedPass": "AAAA"})", keys), std::nullopt);
    EXPECT_EQ(container_password(R"({"EncryptedPass": ")" + std::string(100'000, 'A') + "\"}", keys), std::nullopt);
    EXPECT_EQ(json_text(R"({"a" : "b\"c"})", "a"), "b");
    EXPECT_EQ(json_text(R"({"a")", "a"), "");
}

// As Velociraptor writes it: metadata.json in clear, then data.zip encrypted with the wrapped password.
TEST(ContainerKey, AContainerForAServerIsOpenedInTheWorkersSandbox)
{
    namespace fs = std::filesystem;
    std::string pattern = (fs::temp_directory_path() / "konseki-key-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    fs::path const folder = pattern;
    TestKey const key;
    test::write_archive(folder / "inner.zip", { { "uploads/auto/C%3A/a.toy", "TOY\ninside\n" } });
    test::write_archive(folder / "plain.zip", { { "metadata.json", key.metadata("wrapped") } });
    test::write_archive(folder / "locked.zip", { { "data.zip", content_of(folder / "inner.zip") } },
        { ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:encryption=aes256", "wrapped" });
    auto const plain = content_of(folder / "plain.zip"), locked = content_of(folder / "locked.zip");
    for (bool const is_metadata_last : { false, true }) { // packed again, the members may stand in any order
        auto const in = folder / (is_metadata_last ? "last" : "first");
        fs::create_directory(in);
        std::ofstream(in / "c.zip", std::ios::binary)
            << (is_metadata_last ? joined_zip(locked, plain) : joined_zip(plain, locked));
        test::ToyCase result { folder / (is_metadata_last ? "case2" : "case") };
        result.examine({ in }, {});
        EXPECT_NE(result.diagnostics().find("--key"), std::string::npos) << result.diagnostics();
        test::ToyOptions options;
        options.keys = { key.pem };
        result.examine({ in }, options);
        EXPECT_EQ(result.diagnostics(), "");
        EXPECT_THAT(result.rows(), testing::EndsWith("@0x4 inside\n")) << result.evidence();
    }
    fs::remove_all(folder);
}

}
}
