// Text as the engine can hold it: strict UTF-8. Bytes that are none (lone surrogates of broken UTF-16, stray bytes) are
// escaped reversibly. Not a repair: unescaping gives the very bytes back.
#pragma once
#include <string>
#include <string_view>

namespace konseki::store {

// A byte b that is not part of strict UTF-8 becomes U+10FF00 + b; a code point from U+10FF00 on, which nobody should
// use, has its four bytes escaped alike. So the mapping is a bijection, and what is already strict UTF-8 stays as it
// is.
bool needs_escape(std::string_view text);
void append_escaped(std::string& target, std::string_view text);
bool is_escaped(std::string_view stored);
void append_unescaped(std::string& target, std::string_view stored);
std::string unescaped(std::string_view stored);

}
