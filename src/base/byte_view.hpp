// The read-only view of bytes that every parser takes. It owns nothing.
// Not a reader: bounds-checked reading lives in bytes/byte_reader.hpp.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace konseki {

using ByteView = std::span<std::byte const>;

// A half-open stretch of one piece of evidence, in bytes from its start.
struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    friend bool operator==(ByteRange const&, ByteRange const&) = default;
};

inline ByteView as_bytes(std::string_view text)
{
    return std::as_bytes(std::span { text.data(), text.size() });
}

// Bytes that are already known to be text (UTF-8 or WTF-8).
inline std::string_view as_text(ByteView bytes)
{
    // char may alias any object: the one cast that turns bytes into text lives here.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    return { reinterpret_cast<char const*>(bytes.data()), bytes.size() };
}

}
