// SHA-256 over OpenSSL, streaming and at once. The identity of evidence.
// Not a checksum of formats: CRC-32 lives in bytes/crc32.hpp.
#pragma once
#include "base/byte_view.hpp"
#include "base/identity.hpp"
#include <memory>

namespace konseki {

class Sha256Hasher {
public:
    Sha256Hasher();
    ~Sha256Hasher();
    Sha256Hasher(Sha256Hasher&&) noexcept;
    Sha256Hasher& operator=(Sha256Hasher&&) noexcept;
    void add(ByteView bytes);
    Sha256 finish(); // and starts anew

private:
    struct State;
    std::unique_ptr<State> m_state;
};

Sha256 sha256(ByteView bytes);

}
