// The row of a certificate in a store. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_certificate {

struct CertificateRow {
    Symbol hive, user, place, store;
    std::string_view thumbprint, key_name;
    std::optional<bool> is_named_rightly;
    std::string_view subject, issuer, serial;
    Timestamp valid_from, valid_until;
    std::optional<bool> is_self_issued, is_authority;
    std::string_view usages;
    Symbol signature_algorithm, key_algorithm;
    std::optional<std::uint32_t> key_bits;
    std::string_view friendly_name;
    bool has_private_key = false;
    std::optional<std::uint32_t> certificate_bytes;
    std::string_view key_path;
    Timestamp key_written_at;
};

inline constexpr auto certificate_schema = schema("windows.certificate",
    "Certificates in Windows' stores (SystemCertificates): whom the machine or a user trusts",
    field("hive", &CertificateRow::hive, "software (the machine) or user"),
    field("user", &CertificateRow::user, "Account whose hive it is"),
    field("place", &CertificateRow::place,
        "local; policy: put there by a domain; enterprise: by Active Directory; service: one service's own"),
    field("store", &CertificateRow::store,
        "Root (trusted authorities), AuthRoot (those Microsoft distributes), CA (between), TrustedPublisher, "
        "Disallowed, My (own) …"),
    field("thumbprint", &CertificateRow::thumbprint, "SHA-1 of the certificate, computed, lower-case hex"),
    field("key_name", &CertificateRow::key_name, "Name of the key, which should be the thumbprint"),
    field("is_named_rightly", &CertificateRow::is_named_rightly, "The computed thumbprint is the key's name"),
    field("subject", &CertificateRow::subject, "Whose certificate it is, in the order of the certificate"),
    field("issuer", &CertificateRow::issuer, "Who signed it, in the order of the certificate"),
    field("serial", &CertificateRow::serial, "Serial number in hex"),
    field("valid_from", &CertificateRow::valid_from, "Begin of validity, UTC"),
    field("valid_until", &CertificateRow::valid_until, "End of validity, UTC"),
    field("is_self_issued", &CertificateRow::is_self_issued, "Subject and issuer are the same"),
    field("is_authority", &CertificateRow::is_authority, "May sign other certificates (basic constraints)"),
    field("usages", &CertificateRow::usages, "Extended key usages: names, or numbers of those we do not know"),
    field("signature_algorithm", &CertificateRow::signature_algorithm, "sha256RSA … or its number"),
    field("key_algorithm", &CertificateRow::key_algorithm, "RSA, EC … or its number"),
    field("key_bits", &CertificateRow::key_bits, "Size of an RSA key"),
    field("friendly_name", &CertificateRow::friendly_name, "Name that Windows shows"),
    field("has_private_key", &CertificateRow::has_private_key, "The store says where its private key is"),
    field("certificate_bytes", &CertificateRow::certificate_bytes, "Size of the certificate"),
    field("key_path", &CertificateRow::key_path, "Key below the root of the hive"),
    field("key_written_at", &CertificateRow::key_written_at, "Last write of the key, UTC: when it was put there"));

}
