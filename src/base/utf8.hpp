// Walking UTF-8 (and WTF-8: lone surrogates are kept as three bytes) one code point at a time.
// Not transcoding: UTF-16 lives in bytes/utf16.hpp.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace konseki::utf8 {

inline constexpr char32_t invalid = 0x110000;

// The code point at position, which moves behind it; `invalid` moves one byte. Accepts surrogates (WTF-8), refuses
// overlong forms.
char32_t next(std::string_view text, std::size_t& position);
void append(std::string& target, char32_t code_point);
bool is_valid(std::string_view text); // WTF-8 counts as valid
// Invalid bytes become U+FFFD, nothing else changes.
std::string repaired(std::string_view text);

}
