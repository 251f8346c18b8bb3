// OpenSSL reads the block and checks keys; no certificate of this machine is trusted, for it says nothing about the
// examined one.
#include "formats/pkcs7/pkcs7.hpp"
#include "bytes/der.hpp"
#include <algorithm>
#include <array>
#include <climits>
#include <ctime>
#include <memory>
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

namespace konseki::pkcs7 {

namespace {

// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): a C library's pointers
// [Authenticode] unauthenticated attribute that holds an RFC 3161 token
constexpr std::string_view rfc3161_attribute = "1.3.6.1.4.1.311.3.3.1";

struct Free {
    void operator()(PKCS7* value) const { PKCS7_free(value); }
    void operator()(STACK_OF(X509) * value) const { sk_X509_free(value); }
    void operator()(TS_TST_INFO* value) const { TS_TST_INFO_free(value); }
    void operator()(PKCS7_SIGNER_INFO* value) const { PKCS7_SIGNER_INFO_free(value); }
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

ByteView bytes_of(ASN1_STRING const* string)
{
    return as_bytes(std::string_view(reinterpret_cast<char const*>(ASN1_STRING_get0_data(string)),
        static_cast<std::size_t>(ASN1_STRING_length(string))));
}

std::optional<std::string> content_of(PKCS7* block)
{
    auto const* inner = block->d.sign->contents;
    if (inner == nullptr || inner->d.other == nullptr || inner->d.other->type != V_ASN1_SEQUENCE)
        return {};
    auto const whole = bytes_of(inner->d.other->value.sequence);
    der::Reader reader { whole };
    auto const outer = reader.next("pkcs7.content");
    if (!reader.status().ok())
        return {};
    return std::string(as_text(outer.content));
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

Timestamp pkcs9_time(PKCS7_SIGNER_INFO* signer)
{
    auto* const attribute = PKCS7_get_attribute(signer, NID_pkcs9_countersignature);
    if (attribute == nullptr || attribute->type != V_ASN1_SEQUENCE)
        return {};
    auto const* place = static_cast<unsigned char const*>(attribute->value.sequence->data);
    Owned<PKCS7_SIGNER_INFO> const counter(d2i_PKCS7_SIGNER_INFO(nullptr, &place, attribute->value.sequence->length));
    if (!counter)
        return {};
    auto* const time = PKCS7_get_signed_attribute(counter.get(), NID_pkcs9_signingTime);
    if (time == nullptr || (time->type != V_ASN1_UTCTIME && time->type != V_ASN1_GENERALIZEDTIME))
        return {};
    return time_of(time->value.asn1_string);
}

Timestamp rfc3161_time(PKCS7_SIGNER_INFO* signer)
{
    for (int number = 0; number < sk_X509_ATTRIBUTE_num(signer->unauth_attr); ++number) {
        auto* const attribute = sk_X509_ATTRIBUTE_value(signer->unauth_attr, number);
        std::array<char, 64> name {};
        OBJ_obj2txt(name.data(), static_cast<int>(name.size()), X509_ATTRIBUTE_get0_object(attribute), 1);
        auto const* const value = X509_ATTRIBUTE_get0_type(attribute, 0);
        if (name.data() != rfc3161_attribute || value == nullptr || value->type != V_ASN1_SEQUENCE)
            continue;
        auto const* place = static_cast<unsigned char const*>(value->value.sequence->data);
        Owned<PKCS7> const token(d2i_PKCS7(nullptr, &place, value->value.sequence->length));
        if (!token)
            continue;
        Owned<TS_TST_INFO> const stamp(PKCS7_to_TS_TST_INFO(token.get()));
        if (stamp)
            return time_of(TS_TST_INFO_get_time(stamp.get()));
    }
    return {};
}

bool is_made_by(PKCS7* block, PKCS7_SIGNER_INFO* info, X509* signer, std::string const& content)
{
    auto* const detached = BIO_new_mem_buf(content.data(), static_cast<int>(content.size()));
    auto* const chained = PKCS7_dataInit(block, detached);
    if (chained == nullptr) {
        BIO_free(detached);
        return false;
    }
    std::array<char, 4'096> buffer {};
    while (BIO_read(chained, buffer.data(), static_cast<int>(buffer.size())) > 0) { }
    bool const is_good = PKCS7_signatureVerify(chained, block, info, signer) == 1;
    BIO_free_all(chained); // with the buffer below
    return is_good;
}

std::optional<Signature> signature_of(PKCS7* block, std::string const& content)
{
    auto* const signers = PKCS7_get_signer_info(block);
    if (signers == nullptr || sk_PKCS7_SIGNER_INFO_num(signers) < 1)
        return {};
    Owned<STACK_OF(X509)> const certificates(PKCS7_get0_signers(block, nullptr, 0));
    if (!certificates || sk_X509_num(certificates.get()) < 1)
        return {};
    Signature signature;
    auto* const signer = sk_X509_value(certificates.get(), 0);
    auto* const info = sk_PKCS7_SIGNER_INFO_value(signers, 0);
    signature.signer = name_text(X509_get_subject_name(signer));
    signature.issuer = name_text(X509_get_issuer_name(signer));
    signature.serial = der::hex_of(bytes_of(X509_get0_serialNumber(signer)));
    signature.valid_from = time_of(X509_get0_notBefore(signer));
    signature.valid_until = time_of(X509_get0_notAfter(signer));
    bool const is_good = is_made_by(block, info, signer, content);
    signature.is_signature_good = follow_chain(block->d.sign->cert, signer, signature) && is_good;
    signature.countersigned_at = pkcs9_time(info);
    if (!signature.countersigned_at.is_set())
        signature.countersigned_at = rfc3161_time(info);
    return signature;
}

}

std::optional<SignedBlock> read(ByteView bytes)
{
    if (bytes.size() > INT_MAX)
        return {};
    auto const* place = reinterpret_cast<unsigned char const*>(bytes.data());
    Owned<PKCS7> const block(d2i_PKCS7(nullptr, &place, static_cast<long>(bytes.size())));
    std::optional<SignedBlock> result;
    if (block && PKCS7_type_is_signed(block.get()) && block->d.sign != nullptr)
        if (auto content = content_of(block.get())) {
            result.emplace();
            result->signature = signature_of(block.get(), *content);
            result->content = std::move(*content);
        }
    ERR_clear_error();
    return result;
}

// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
}
