// SHA-1 of bytes at once: what Windows names certificates and Amcache names files by.
// Not for trust: collisions can be made. The identity of evidence is SHA-256.
#pragma once
#include "base/byte_view.hpp"
#include <array>
#include <string>

namespace konseki {

using Sha1 = std::array<std::byte, 20>;

Sha1 sha1(ByteView bytes);
std::string to_string(Sha1 const& digest); // lower-case hex

}
