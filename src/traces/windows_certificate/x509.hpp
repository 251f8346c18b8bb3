// The fields of an X.509 certificate that people ask for, read from DER. Source: RFC 5280, ITU-T X.690.
// Not a verifier: no signature, chain or revocation is looked at.
#pragma once
#include "base/byte_view.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include <optional>
#include <string>

namespace konseki::windows_certificate {

struct Certificate {
    std::string serial; // hex as encoded
    std::string signature_algorithm, issuer, subject, key_algorithm;
    Timestamp valid_from, valid_until; // not set where the text is nonsense
    bool is_self_issued = false;
    std::optional<bool> is_authority; // absent: no basic constraints
    std::string usages; // joined with "; "
    std::optional<std::uint32_t> key_bits; // RSA only
};

// Offsets in errors are those in `der`. What follows the certificate is ignored.
Result<Certificate> read_certificate(ByteView der);

}
