// Authenticode: a PKCS #7 block behind the image whose content is the image's digest. OpenSSL reads the block and
// checks keys; no certificate of this machine is trusted, for it says nothing about the examined one.
#include "base/text.hpp"
#include "formats/pe/layout.hpp"
#include <array>
#include <memory>
#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

namespace konseki::pe {

namespace {

// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): a C library's pointers
constexpr std::size_t security_directory = 4;
constexpr std::uint16_t pkcs7_type = 2;

struct Free {
    void operator()(PKCS7* value) const { PKCS7_free(value); }
    void operator()(STACK_OF(X509) * value) const { sk_X509_free(value); }
    void operator()(EVP_MD_CTX* value) const { EVP_MD_CTX_free(value); }
};
template <typename T> using Owned = std::unique_ptr<T, Free>;

std::string name_text(X509_NAME const* name)
{
    for (auto const kind : { NID_commonName, NID_organizationName }) {
        auto const place = X509_NAME_get_index_by_NID(name, kind, -1);
        if (place < 0)
            continue;
        unsigned char* text = nullptr;
        auto const size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place)));
        if (size < 0)
            continue;
        std::string result(reinterpret_cast<char const*>(text), static_cast<std::size_t>(size));
        OPENSSL_free(text);
        return result;
    }
    return {};
}

Timestamp time_of(ASN1_TIME const* time)
{
    std::tm parts {};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return Timestamp::from_unix_seconds(timegm(&parts));
}

std::string serial_text(X509 const* certificate)
{
    auto const* number = X509_get0_serialNumber(certificate);
    std::string text;
    for (int at_byte = 0; at_byte < ASN1_STRING_length(number); ++at_byte)
        append_format(text, "{:02x}", ASN1_STRING_get0_data(number)[at_byte]);
    return text;
}

// [Authenticode] the digest covers the file but the checksum, the security directory's entry and the signature itself.
std::string digest_of(Layout const& layout, std::uint64_t checksum, std::uint64_t entry, EVP_MD const* algorithm)
{
    auto const directory = layout.directory(security_directory);
    auto const end = std::min<std::uint64_t>(directory.address, layout.bytes.size());
    Owned<EVP_MD_CTX> const context(EVP_MD_CTX_new());
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
    if (behind < layout.bytes.size())
        add(behind, layout.bytes.size());
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned size = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &size);
    return { digest.begin(), digest.begin() + size };
}

// The signed content is SpcIndirectDataContent: SEQUENCE { data, SEQUENCE { algorithm, OCTET STRING digest } }. Its
// last element is the digest, so that the bytes need no schema: the content's own TLV and what it holds.
struct Content {
    ByteView value; // what is signed: the inner bytes of the outer SEQUENCE
    std::string digest;
    EVP_MD const* algorithm = nullptr;
};

std::optional<std::pair<ByteView, ByteView>> split_element(ByteView bytes, int& tag) // value, rest
{
    auto const* place = reinterpret_cast<unsigned char const*>(bytes.data());
    auto const* const begin = place;
    long length = 0;
    int kind = 0;
    if (bytes.empty() || (ASN1_get_object(&place, &length, &tag, &kind, static_cast<long>(bytes.size())) & 0x80) != 0
        || length < 0)
        return {};
    auto const head = static_cast<std::size_t>(place - begin);
    auto const size = static_cast<std::size_t>(length);
    if (head > bytes.size() || bytes.size() - head < size)
        return {};
    return std::pair { bytes.subspan(head, size), bytes.subspan(head + size) };
}

std::optional<Content> content_of(PKCS7* block)
{
    auto const* inner = block->d.sign->contents;
    if (inner == nullptr || inner->d.other == nullptr || inner->d.other->type != V_ASN1_SEQUENCE)
        return {};
    auto const* sequence = inner->d.other->value.sequence;
    auto const bytes = as_bytes(
        std::string_view(reinterpret_cast<char const*>(sequence->data), static_cast<std::size_t>(sequence->length)));
    int tag = 0;
    auto const outer = split_element(bytes, tag);
    if (!outer)
        return {};
    Content content;
    content.value = outer->first;
    auto const data = split_element(outer->first, tag);
    if (!data)
        return {};
    auto const digest_info = split_element(data->second, tag);
    if (!digest_info)
        return {};
    auto const algorithm = split_element(digest_info->first, tag);
    if (!algorithm)
        return {};
    auto const digest = split_element(algorithm->second, tag);
    if (!digest || tag != V_ASN1_OCTET_STRING)
        return {};
    content.digest = as_text(digest->first);
    auto const* oid = reinterpret_cast<unsigned char const*>(algorithm->first.data());
    auto* const object = d2i_ASN1_OBJECT(nullptr, &oid, static_cast<long>(algorithm->first.size()));
    if (object != nullptr)
        content.algorithm = EVP_get_digestbyobj(object);
    ASN1_OBJECT_free(object);
    return content;
}

// From the signer upwards, as far as the enclosed certificates lead; each link's signature is checked.
bool follow_chain(STACK_OF(X509) * enclosed, X509* signer, Signature& signature)
{
    constexpr int links_max = 16;
    auto* current = signer;
    for (int link = 0; link < links_max; ++link) {
        signature.chain.push_back(name_text(X509_get_subject_name(current)));
        if (X509_NAME_cmp(X509_get_subject_name(current), X509_get_issuer_name(current)) == 0) {
            signature.is_self_signed = link == 0;
            return X509_verify(current, X509_get0_pubkey(current)) == 1;
        }
        X509* above = nullptr;
        for (int number = 0; number < sk_X509_num(enclosed) && above == nullptr; ++number)
            if (X509_NAME_cmp(X509_get_subject_name(sk_X509_value(enclosed, number)), X509_get_issuer_name(current))
                == 0)
                above = sk_X509_value(enclosed, number);
        if (above == nullptr)
            return true; // its issuer is not enclosed: roots mostly are not
        if (X509_verify(current, X509_get0_pubkey(above)) != 1)
            return false;
        current = above;
    }
    return false;
}

// The time of a counter signature: the signing time attribute of the PKCS #9 or RFC 3161 kind lies in it; both hold a
// UTCTime or GeneralizedTime, of which the first one counts.
Timestamp countersigned_at(PKCS7_SIGNER_INFO* signer)
{
    auto* const attribute = PKCS7_get_attribute(signer, NID_pkcs9_countersignature);
    if (attribute == nullptr || attribute->type != V_ASN1_SEQUENCE)
        return {};
    auto const* place = static_cast<unsigned char const*>(attribute->value.sequence->data);
    auto* const counter = d2i_PKCS7_SIGNER_INFO(nullptr, &place, attribute->value.sequence->length);
    if (counter == nullptr)
        return {};
    Timestamp at_time;
    if (auto* const time = PKCS7_get_signed_attribute(counter, NID_pkcs9_signingTime); time != nullptr)
        if (time->type == V_ASN1_UTCTIME || time->type == V_ASN1_GENERALIZEDTIME)
            at_time = time_of(time->value.asn1_string);
    PKCS7_SIGNER_INFO_free(counter);
    return at_time;
}

std::optional<Signature> read_block(Layout const& layout, std::uint64_t optional_header, ByteView bytes)
{
    auto const* place = reinterpret_cast<unsigned char const*>(bytes.data());
    Owned<PKCS7> const block(d2i_PKCS7(nullptr, &place, static_cast<long>(bytes.size())));
    if (!block || !PKCS7_type_is_signed(block.get()) || block->d.sign == nullptr)
        return {};
    auto const content = content_of(block.get());
    auto* const signers = PKCS7_get_signer_info(block.get());
    Owned<STACK_OF(X509)> const certificates(PKCS7_get0_signers(block.get(), nullptr, 0));
    if (!content || signers == nullptr || sk_PKCS7_SIGNER_INFO_num(signers) < 1 || !certificates
        || sk_X509_num(certificates.get()) < 1)
        return {};
    Signature signature;
    auto* const signer = sk_X509_value(certificates.get(), 0);
    signature.signer = name_text(X509_get_subject_name(signer));
    signature.issuer = name_text(X509_get_issuer_name(signer));
    signature.serial = serial_text(signer);
    signature.valid_from = time_of(X509_get0_notBefore(signer));
    signature.valid_until = time_of(X509_get0_notAfter(signer));
    if (content->algorithm != nullptr) {
        signature.digest_algorithm = ascii_lower(EVP_MD_get0_name(content->algorithm));
        auto const table = optional_header + (at<std::uint16_t>(layout.bytes, optional_header) == 0x20b ? 112U : 96U);
        auto const digest = digest_of(layout, optional_header + 64, table + security_directory * 8, content->algorithm);
        signature.is_digest_good = !digest.empty() && digest == content->digest;
    }
    auto* const detached = BIO_new_mem_buf(content->value.data(), static_cast<int>(content->value.size()));
    auto* const chained = PKCS7_dataInit(block.get(), detached);
    if (chained == nullptr) {
        BIO_free(detached);
        return signature;
    }
    std::array<char, 4'096> buffer {};
    while (BIO_read(chained, buffer.data(), static_cast<int>(buffer.size())) > 0) { }
    auto* const info = sk_PKCS7_SIGNER_INFO_value(signers, 0);
    bool const is_good = PKCS7_signatureVerify(chained, block.get(), info, signer) == 1;
    BIO_free_all(chained); // with the buffer below
    signature.is_signature_good = follow_chain(block->d.sign->cert, signer, signature) && is_good;
    signature.countersigned_at = countersigned_at(info);
    return signature;
}

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
    ERR_clear_error();
    if (!image.signature)
        damaged(ErrorCode::bad_value);
}

// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
}
