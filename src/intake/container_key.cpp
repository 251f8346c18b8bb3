#include "intake/container_key.hpp"
#include "base/text.hpp"
#include <memory>
#include <vector>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace konseki::intake {

namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};

constexpr std::size_t encrypted_bytes_max = 4096; // RSA of 32,768 bits

std::vector<unsigned char> base64_decoded(std::string_view text)
{
    std::vector<unsigned char> bytes;
    std::uint32_t word = 0;
    unsigned bits = 0;
    for (auto const c : text) {
        std::uint32_t value = 0;
        if (c >= 'A' && c <= 'Z')
            value = static_cast<std::uint32_t>(c - 'A');
        else if (c >= 'a' && c <= 'z')
            value = static_cast<std::uint32_t>(c - 'a') + 26;
        else if (c >= '0' && c <= '9')
            value = static_cast<std::uint32_t>(c - '0') + 52;
        else if (c == '+' || c == '/')
            value = c == '+' ? 62 : 63;
        else
            break;
        word = word << 6 | value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<unsigned char>(word >> bits & 0xff));
        }
    }
    return bytes;
}

// A key that asks for a passphrase is refused instead of asking on the terminal.
int no_passphrase(char*, int, int, void*)
{
    return 0;
}

EVP_MD const* digest_of(RsaPadding padding)
{
    switch (padding) {
    case RsaPadding::oaep_sha256: return EVP_sha256();
    case RsaPadding::oaep_sha512: return EVP_sha512();
    default: return EVP_sha1();
    }
}

}

std::optional<std::string> rsa_decrypted(ByteView secret, std::string const& pem, RsaPadding padding)
{
    std::unique_ptr<BIO, FreeBio> const source { BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())) };
    if (!source || secret.size() > encrypted_bytes_max)
        return std::nullopt;
    std::unique_ptr<EVP_PKEY, FreeKey> const key { PEM_read_bio_PrivateKey(
        source.get(), nullptr, no_passphrase, nullptr) };
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        return std::nullopt;
    std::unique_ptr<EVP_PKEY_CTX, FreeContext> const context { EVP_PKEY_CTX_new(key.get(), nullptr) };
    bool const is_oaep = padding != RsaPadding::pkcs1;
    if (!context || EVP_PKEY_decrypt_init(context.get()) != 1
        || EVP_PKEY_CTX_set_rsa_padding(context.get(), is_oaep ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING) != 1
        || (is_oaep && EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digest_of(padding)) != 1))
        return std::nullopt;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): a C library's bytes
    auto const* const bytes = reinterpret_cast<unsigned char const*>(secret.data());
    std::size_t size = 0;
    if (EVP_PKEY_decrypt(context.get(), nullptr, &size, bytes, secret.size()) != 1)
        return std::nullopt;
    std::vector<unsigned char> plain(size);
    if (EVP_PKEY_decrypt(context.get(), plain.data(), &size, bytes, secret.size()) != 1)
        return std::nullopt;
    plain.resize(size);
    return std::string(plain.begin(), plain.end());
}

std::string_view json_text(std::string_view json, std::string_view name)
{
    auto const key = format("\"{}\"", name);
    auto const at = json.find(key);
    if (at == std::string_view::npos)
        return {};
    auto rest = trim(json.substr(at + key.size()));
    if (!rest.starts_with(':'))
        return {};
    rest = trim(rest.substr(1));
    if (!rest.starts_with('"'))
        return {};
    rest = rest.substr(1);
    auto const end = rest.find_first_of("\"\\");
    return end == std::string_view::npos ? std::string_view {} : rest.substr(0, end);
}

bool is_x509_container(std::string_view metadata_json)
{
    return equals_ignoring_case(json_text(metadata_json, "Scheme"), "X509")
        && !json_text(metadata_json, "EncryptedPass").empty();
}

std::optional<std::string> container_password(std::string_view metadata_json, std::span<std::string const> keys)
{
    auto const bytes = base64_decoded(json_text(metadata_json, "EncryptedPass"));
    if (bytes.empty() || bytes.size() > encrypted_bytes_max)
        return std::nullopt;
    for (auto const& key : keys) {
        if (auto password = rsa_decrypted(std::as_bytes(std::span(bytes)), key, RsaPadding::oaep_sha512);
            password && !password->empty())
            return password;
    }
    ERR_clear_error();
    return std::nullopt;
}

}
