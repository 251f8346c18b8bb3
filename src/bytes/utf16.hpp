// UTF-16LE to UTF-8. Broken UTF-16 is kept as WTF-8 (a lone surrogate becomes its three bytes), never dropped.
// Not UTF-8 walking: base/utf8.hpp.
#pragma once
#include "base/byte_view.hpp"
#include <string>

namespace konseki {

// Appends the UTF-8 of every whole code unit in the view; an odd last byte is ignored. ASCII runs take a vector path.
void append_utf16le(std::string& target, ByteView utf16);
std::string utf8_from_utf16le(ByteView utf16);
// The bytes before the first 16-bit zero.
ByteView until_zero_utf16(ByteView utf16);
// For tests, writers and rules (utf16le modifiers). Invalid UTF-8 becomes U+FFFD.
std::string utf16le_from_utf8(std::string_view text);

}
