// The two hashes of journal files: Jenkins' lookup3 (hashlittle2) and SipHash-2-4.
// Not for trust: who knows the file's id can compute both.
// Source: Bob Jenkins, "lookup3.c" (public domain); Aumasson and Bernstein, "SipHash: a fast short-input PRF".
#pragma once
#include "base/byte_view.hpp"
#include <array>

namespace konseki::journal {

std::uint64_t jenkins_hash64(ByteView bytes);
std::uint64_t siphash24(ByteView bytes, std::array<std::byte, 16> const& key);

}
