// Bytes as text of 64 digits and back.
// Not the alphabet for addresses of pages ("-" and "_").
// Source: RFC 4648, section 4.
#pragma once
#include "base/byte_view.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

std::string to_base64(ByteView bytes); // padded with "="
// Padding at the end may be there or not; nothing for any other character, white space too.
std::optional<std::vector<std::byte>> from_base64(std::string_view text);

}
