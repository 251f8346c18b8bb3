// Certificates in PEM or DER: where each lies, its digest, and the common names in it.
// Not X.509: nothing is checked.
#pragma once
#include "base/byte_view.hpp"
#include <string>
#include <vector>

namespace konseki::linux_trust {

struct Certificate {
    std::uint64_t offset = 0, size = 0; // in the file, as written there
    std::string sha256; // lower-case hex; empty: the base64 is broken
    std::vector<std::string> names; // values of commonName in order: issuer, subject
};

std::vector<Certificate> read_certificates(ByteView file);

}
