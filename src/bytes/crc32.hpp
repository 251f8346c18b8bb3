// CRC-32 (IEEE 802.3, as zlib computes it), the checksum of EVTX and many others.
#pragma once
#include "base/byte_view.hpp"

namespace konseki {

std::uint32_t crc32(ByteView bytes, std::uint32_t previous = 0);
// The same by zlib; for machines without carry-less multiplication, and for tests.
std::uint32_t crc32_portable(ByteView bytes, std::uint32_t previous = 0);

}
