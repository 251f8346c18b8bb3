// CRC-32 (IEEE 802.3, as zlib computes it), the checksum of EVTX and many others.
#pragma once
#include "base/byte_view.hpp"

namespace konseki {

std::uint32_t crc32(ByteView bytes, std::uint32_t previous = 0);

}
