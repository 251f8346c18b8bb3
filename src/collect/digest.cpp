#include "collect/digest.hpp"
#include "base/result.hpp"
#include <openssl/evp.h>

namespace konseki::collect {

struct Digester::State {
    EVP_MD* algorithm = EVP_MD_fetch(nullptr, "MD5", nullptr); // absent where the system forbids MD5
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    bool works = algorithm != nullptr && EVP_DigestInit_ex2(context, algorithm, nullptr) == 1;
    State() = default;
    ~State()
    {
        EVP_MD_CTX_free(context);
        EVP_MD_free(algorithm);
    }
    State(State const&) = delete;
    State& operator=(State const&) = delete;
};

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    auto const lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<Md5> parse_md5(std::string_view hex)
{
    if (hex.size() != 32)
        return std::nullopt;
    Md5 digest {};
    for (std::size_t index = 0; index < digest.size(); ++index) {
        auto const high = nibble(hex[2 * index]);
        auto const low = nibble(hex[2 * index + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        digest[index] = static_cast<std::byte>(high * 16 + low);
    }
    return digest;
}

Digester::Digester(WithMd5 with_md5)
    : m_md5(with_md5 == WithMd5::yes ? std::make_unique<State>() : nullptr)
{
}

Digester::~Digester() = default;

void Digester::add(ByteView bytes)
{
    m_sha256.add(bytes);
    if (m_md5 != nullptr && m_md5->works)
        m_md5->works = EVP_DigestUpdate(m_md5->context, bytes.data(), bytes.size()) == 1;
}

Digests Digester::finish()
{
    Digests digests { m_sha256.finish(), std::nullopt };
    if (m_md5 == nullptr || !m_md5->works)
        return digests;
    std::array<unsigned char, 16> out {};
    if (EVP_DigestFinal_ex(m_md5->context, out.data(), nullptr) == 1) {
        digests.md5.emplace();
        for (std::size_t index = 0; index < out.size(); ++index)
            digests.md5->at(index) = std::byte { out.at(index) };
    }
    return digests;
}

}
