#include "bytes/crc32.hpp"
#include <zlib.h>

namespace konseki {

std::uint32_t crc32(ByteView bytes, std::uint32_t previous)
{
    // zlib speaks unsigned char; any object may be read through it.
    auto const* const first
        = reinterpret_cast<unsigned char const*>(bytes.data()); // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
    return static_cast<std::uint32_t>(::crc32_z(previous, first, bytes.size()));
}

}
