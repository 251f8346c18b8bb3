#include "intake/cms.hpp"
#include "support/collecting_context.hpp"
#include <gtest/gtest.h>
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/mman.h>
#include <unistd.h>

namespace konseki::intake {
namespace {

class Kept final : public MemberSink {
public:
    Result<void> begin(Member const& member) override
    {
        path = member.path;
        return {};
    }
    Result<void> bytes(ByteView part) override
    {
        content += as_text(part);
        return {};
    }
    Result<void> end(bool kept) override
    {
        is_kept = kept;
        return {};
    }
    std::string path, content;
    bool is_kept = false;
};

// A key and its certificate of their own for each run: none is committed.
class Owner {
public:
    Owner()
        : m_key(EVP_RSA_gen(2048))
        , m_certificate(X509_new())
    {
        X509_set_version(m_certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(m_certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(m_certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(m_certificate), 86'400);
        X509_set_pubkey(m_certificate, m_key);
        X509_sign(m_certificate, m_key, EVP_sha256());
    }
    ~Owner()
    {
        X509_free(m_certificate);
        EVP_PKEY_free(m_key);
    }
    Owner(Owner const&) = delete;
    Owner& operator=(Owner const&) = delete;

    std::string pem() const
    {
        auto* const memory = BIO_new(BIO_s_mem());
        PEM_write_bio_PrivateKey(memory, m_key, nullptr, nullptr, 0, nullptr, nullptr);
        return taken(memory);
    }

    std::string envelope(
        std::string_view content, EVP_CIPHER const* cipher, bool is_streamed, bool is_oaep = false) const
    {
        auto* const source = BIO_new_mem_buf(content.data(), static_cast<int>(content.size()));
        unsigned const flags = CMS_BINARY | CMS_PARTIAL | (is_streamed ? CMS_STREAM : 0U);
        auto* const cms = CMS_encrypt(nullptr, nullptr, cipher, flags);
        auto* const recipient = CMS_add1_recipient_cert(cms, m_certificate, CMS_KEY_PARAM);
        if (is_oaep) {
            auto* const context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
            EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256());
        }
        auto* const target = BIO_new(BIO_s_mem());
        if (is_streamed) {
            i2d_CMS_bio_stream(target, cms, source, static_cast<int>(flags));
        } else {
            CMS_final(cms, source, nullptr, flags);
            i2d_CMS_bio(target, cms);
        }
        CMS_ContentInfo_free(cms);
        BIO_free(source);
        return taken(target);
    }

private:
    static std::string taken(BIO* memory)
    {
        char* text = nullptr;
        auto const size = BIO_get_mem_data(memory, &text);
        std::string bytes(text, static_cast<std::size_t>(size));
        BIO_free(memory);
        return bytes;
    }

    EVP_PKEY* m_key;
    X509* m_certificate;
};

struct Opened {
    Kept member;
    test::CollectingDiagnostics diagnostics;
};

std::unique_ptr<Opened> open(
    std::string_view bytes, std::vector<std::string> const& keys, std::uint64_t inflated_bytes_max = 64ULL << 20)
{
    auto opened = std::make_unique<Opened>();
    auto const descriptor = ::memfd_create("envelope", 0);
    EXPECT_EQ(::write(descriptor, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ArchiveInput const input { descriptor, bytes.size(), "in/x.7z.p7b", inflated_bytes_max, {}, keys };
    EXPECT_TRUE(unpack_envelope(input, default_limits, opened->diagnostics, opened->member).ok());
    ::close(descriptor);
    return opened;
}

std::string long_content()
{
    std::string content;
    while (content.size() < 600'000)
        content += std::to_string(content.size());
    return content;
}

}

TEST(Cms, EveryCipherAndFormIsOpenedByItsKey)
{
    Owner const owner;
    auto const content = long_content();
    for (auto const* const cipher : { EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc(), EVP_des_ede3_cbc() })
        for (bool const is_streamed : { false, true })
            for (bool const is_oaep : { false, true }) {
                auto const bytes = owner.envelope(content, cipher, is_streamed, is_oaep);
                EXPECT_TRUE(is_envelope(as_bytes(bytes)));
                EXPECT_TRUE(is_archive(as_bytes(bytes)));
                auto const opened = open(bytes, { Owner().pem(), owner.pem() });
                EXPECT_EQ(opened->member.path, "x.7z");
                EXPECT_TRUE(opened->member.content == content) << EVP_CIPHER_get0_name(cipher) << is_streamed;
                EXPECT_TRUE(opened->member.is_kept);
                EXPECT_TRUE(opened->diagnostics.list.empty());
            }
}

TEST(Cms, WithoutTheKeyItIsSaidWhatWouldHelp)
{
    Owner const owner;
    auto const bytes = owner.envelope("content", EVP_aes_256_cbc(), true);
    auto const none = open(bytes, {});
    ASSERT_EQ(none->diagnostics.list.size(), 1U);
    EXPECT_EQ(none->diagnostics.list[0].error.code, ErrorCode::encrypted);
    EXPECT_EQ(none->diagnostics.list[0].error.detail,
        "x.7z: is encrypted (CMS) for 1 recipients; give the private key of one with --key FILE.pem");
    auto const wrong = open(bytes, { Owner().pem(), "no key" });
    ASSERT_EQ(wrong->diagnostics.list.size(), 1U);
    EXPECT_EQ(wrong->diagnostics.list[0].error.detail,
        "x.7z: is encrypted (CMS) for 1 recipients, and no key given with --key opens it");
    EXPECT_TRUE(wrong->member.path.empty());
}

TEST(Cms, CutAnywhereItGivesWhatIsThereAndSaysSo)
{
    Owner const owner;
    for (bool const is_streamed : { false, true }) {
        auto const bytes = owner.envelope("0123456789abcdef0123456789abcdef", EVP_aes_256_cbc(), is_streamed);
        for (std::size_t size = 0; size + 20 < bytes.size(); size += 37)
            EXPECT_EQ(open(bytes.substr(0, size), { owner.pem() })->diagnostics.list.size(), 1U) << size;
        auto damaged = bytes;
        damaged[bytes.size() - (is_streamed ? 15U : 1U)] ^= 1;
        EXPECT_LE(open(damaged, { owner.pem() })->diagnostics.list.size(), 1U);
    }
}

TEST(Cms, WhatInflatesTooFarIsGivenUp)
{
    Owner const owner;
    auto const opened = open(owner.envelope(long_content(), EVP_aes_256_cbc(), true), { owner.pem() }, 100'000);
    EXPECT_FALSE(opened->member.is_kept);
    ASSERT_EQ(opened->diagnostics.list.size(), 1U);
    EXPECT_EQ(opened->diagnostics.list[0].error.code, ErrorCode::limit);
}

TEST(Cms, OtherFilesAreNoEnvelopes)
{
    EXPECT_FALSE(is_envelope({}));
    EXPECT_FALSE(is_envelope(as_bytes("0\x82")));
    EXPECT_FALSE(is_envelope(as_bytes(std::string("0\x82\x01\x00\x06\x09*\x86H\x86\xf7\r\x01\x07\x02", 15)))); // signed
    EXPECT_FALSE(read_envelope(as_bytes("0\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x03\xa0\x80")).ok());
}

}
