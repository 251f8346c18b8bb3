// A signed PKCS #7 block: what was signed, by whom, and whether key and enclosed chain hold together.
// Not a verdict about trust, and not the meaning of the content: formats/pe and formats/security_catalogue have that.
#pragma once
#include "base/byte_view.hpp"
#include "base/timestamp.hpp"
#include <optional>
#include <string>
#include <vector>

namespace konseki::pkcs7 {

struct Signature {
    std::string signer, issuer; // common name, else organisation
    std::string serial; // hexadecimal
    Timestamp valid_from, valid_until; // of the signer's certificate
    Timestamp countersigned_at; // as a time stamping authority says; not set: none
    bool is_signature_good = false; // the signer's key made the signature, and the chain inside holds together
    bool is_self_signed = false;
    std::vector<std::string> chain; // common names from signer to the last certificate that is enclosed
};

struct SignedBlock {
    std::string content; // what is signed: the inner bytes of the content's outer SEQUENCE
    std::optional<Signature> signature; // absent: nobody signed, or the signer's certificate is not enclosed
};

// What follows the block is ignored. Nothing: no such block, or one whose content is not a SEQUENCE.
std::optional<SignedBlock> read(ByteView bytes);

}
