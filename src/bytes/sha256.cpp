#include "bytes/sha256.hpp"
#include "base/result.hpp"
#include <openssl/evp.h>

namespace konseki {

struct Sha256Hasher::State {
    EVP_MD* algorithm
        = EVP_MD_fetch(nullptr, "SHA256", nullptr); // fetched once: the set-up costs more than short messages
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State()
    {
        VERIFY(algorithm != nullptr && context != nullptr && EVP_DigestInit_ex2(context, algorithm, nullptr) == 1);
    }
    ~State()
    {
        EVP_MD_CTX_free(context);
        EVP_MD_free(algorithm);
    }
    State(State const&) = delete;
    State& operator=(State const&) = delete;
};

Sha256Hasher::Sha256Hasher()
    : m_state(std::make_unique<State>())
{
}
Sha256Hasher::~Sha256Hasher() = default;
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;

void Sha256Hasher::add(ByteView bytes)
{
    VERIFY(EVP_DigestUpdate(m_state->context, bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Hasher::finish()
{
    std::array<unsigned char, 32> out {};
    VERIFY(EVP_DigestFinal_ex(m_state->context, out.data(), nullptr) == 1);
    VERIFY(EVP_DigestInit_ex2(m_state->context, m_state->algorithm, nullptr) == 1);
    Sha256 digest;
    for (std::size_t i = 0; i < out.size(); ++i)
        digest.bytes[i] = std::byte { out[i] };
    return digest;
}

Sha256 sha256(ByteView bytes)
{
    Sha256Hasher hasher;
    hasher.add(bytes);
    return hasher.finish();
}

}
