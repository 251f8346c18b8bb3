// Authenticode: a PKCS #7 block behind the image whose content is the image's digest, SpcIndirectDataContent:
// SEQUENCE { data, SEQUENCE { algorithm, OCTET STRING digest } }. The same digest names the image in catalogues.
#include "base/text.hpp"
#include "bytes/der.hpp"
#include "formats/pe/layout.hpp"
#include <algorithm>
#include <array>
#include <memory>
#include <openssl/evp.h>
#include <openssl/objects.h>

namespace konseki::pe {

namespace {

constexpr std::size_t security_directory = 4;
constexpr std::uint16_t pkcs7_type = 2;
constexpr std::size_t signed_multiple = 8;

struct Free {
    void operator()(EVP_MD_CTX* value) const { EVP_MD_CTX_free(value); }
};
using Digest = std::unique_ptr<EVP_MD_CTX, Free>;

// [Authenticode] the digest covers the file but the checksum, the security directory's entry and the signature itself.
// An image without a signature is taken as if filled up with zeros to where one would begin.
std::string digest_of(Layout const& layout, std::uint64_t optional_header, EVP_MD const* algorithm)
{
    auto const checksum = optional_header + 64;
    auto const entry = optional_header + (at<std::uint16_t>(layout.bytes, optional_header) == 0x20b ? 112U : 96U)
        + security_directory * 8;
    auto const directory = layout.directory(security_directory);
    auto const size = layout.bytes.size();
    auto const end = directory.address == 0 ? size : std::min<std::uint64_t>(directory.address, size);
    Digest const context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1 || entry + 8 > end
        || checksum + 4 > entry)
        return {};
    auto const add = [&](std::uint64_t from, std::uint64_t until) {
        auto const part = layout.bytes.subspan(from, until - from);
        EVP_DigestUpdate(context.get(), part.data(), part.size());
    };
    add(0, checksum);
    add(checksum + 4, entry);
    add(entry + 8, end);
    auto const behind = directory.address + std::uint64_t { directory.size_bytes };
    if (directory.address != 0 && behind < size) {
        add(behind, size);
    } else if (directory.address == 0 && size % signed_multiple != 0) {
        constexpr std::array<char, signed_multiple> zeros {};
        EVP_DigestUpdate(context.get(), zeros.data(), signed_multiple - size % signed_multiple);
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned digest_size = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &digest_size);
    return { digest.begin(), digest.begin() + digest_size };
}

// What the content of a signature says that the image's digest is.
struct SignedDigest {
    std::string digest;
    EVP_MD const* algorithm = nullptr;
};

std::optional<SignedDigest> digest_in(std::string const& content)
{
    der::Reader outer { as_bytes(content) };
    outer.expect(der::sequence, "pe.signature.data");
    der::Reader digest_info { outer.expect(der::sequence, "pe.signature.digest_info") };
    der::Reader algorithm { digest_info.expect(der::sequence, "pe.signature.algorithm") };
    auto const object = algorithm.expect(der::object, "pe.signature.algorithm");
    auto const digest = digest_info.expect(der::octets, "pe.signature.digest");
    if (!outer.status().ok() || !digest_info.status().ok() || !algorithm.status().ok())
        return {};
    auto const number = OBJ_txt2nid(der::object_text(object.content).c_str());
    return SignedDigest { std::string(as_text(digest.content)),
        number == NID_undef ? nullptr : EVP_get_digestbynid(number) };
}

std::optional<Signature> read_block(Layout const& layout, std::uint64_t optional_header, ByteView bytes)
{
    auto block = pkcs7::read(bytes);
    if (!block || !block->signature)
        return {};
    auto const signed_digest = digest_in(block->content);
    if (!signed_digest)
        return {};
    Signature signature;
    static_cast<pkcs7::Signature&>(signature) = std::move(*block->signature);
    if (signed_digest->algorithm != nullptr) {
        signature.digest_algorithm = ascii_lower(EVP_MD_get0_name(signed_digest->algorithm));
        auto const digest = digest_of(layout, optional_header, signed_digest->algorithm);
        signature.is_digest_good = !digest.empty() && digest == signed_digest->digest;
    }
    return signature;
}

}

void read_digests(Layout const& layout, std::uint64_t optional_header, Image& image)
{
    image.authenticode_sha1 = der::hex_of(as_bytes(digest_of(layout, optional_header, EVP_sha1())));
    image.authenticode_sha256 = der::hex_of(as_bytes(digest_of(layout, optional_header, EVP_sha256())));
}

void read_signature(Layout const& layout, std::uint64_t optional_header, Image& image, DiagnosticSink& diagnostics)
{
    auto const directory = layout.directory(security_directory);
    auto const length = at<std::uint32_t>(layout.bytes, directory.address);
    auto const type = at<std::uint16_t>(layout.bytes, directory.address + 6ULL);
    auto const damaged = [&](ErrorCode code) {
        diagnostics.report(
            { { code, "pe.signature_block", directory.address, directory.size_bytes, layout.bytes.size(), {} }, 0 });
    };
    if (!length || !type || *length < 8 || directory.address + std::uint64_t { *length } > layout.bytes.size())
        return damaged(ErrorCode::truncated);
    if (*type != pkcs7_type)
        return damaged(ErrorCode::unsupported);
    image.signature = read_block(layout, optional_header, layout.bytes.subspan(directory.address + 8ULL, *length - 8));
    if (!image.signature)
        damaged(ErrorCode::bad_value);
}

}
