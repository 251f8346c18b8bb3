// Small text tools, and the one place that knows fmt (g++ 12 has no <format>).
// Not for bytes of evidence: UTF-16 and friends live in bytes/.
#pragma once
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <fmt/format.h>

namespace konseki {

using fmt::format;

template <typename... Arguments>
void append_format(std::string& target, fmt::format_string<Arguments...> pattern, Arguments&&... arguments)
{
    fmt::format_to(std::back_inserter(target), pattern, std::forward<Arguments>(arguments)...);
}

// ASCII only, by design: the same answer in any locale.
constexpr char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
std::string ascii_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b); // ASCII case
std::string_view trim(std::string_view text); // ASCII white space
std::vector<std::string_view> split(std::string_view text, char separator); // views into text

std::optional<std::int64_t> parse_int(std::string_view text); // decimal, the whole text
std::optional<std::uint64_t> parse_uint(std::string_view text); // decimal or 0x hexadecimal, the whole text

void append_json_string(std::string& target, std::string_view utf8); // with quotes; lone surrogates (WTF-8) as \udxxx
std::string json_string(std::string_view utf8);
void append_html(
    std::string& target, std::string_view text); // escapes & < > " ' and marks control and bidirectional characters
void append_csv_field(std::string& target, std::string_view text); // RFC 4180, quoted only where needed

// Simple case folding of one code point, enough for caseless matching of Latin, Greek, Cyrillic and fullwidth letters
// (Unicode CaseFolding.txt, status C and S within those blocks).
char32_t fold(char32_t code_point);
std::string fold_utf8(std::string_view text); // ASCII fast path

std::string grouped(std::uint64_t number); // 1234567 -> "1,234,567"
std::string size_text(std::uint64_t size_bytes); // "12.3 MiB"

}
