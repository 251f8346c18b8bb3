#include "bytes/utf16.hpp"
#include "formats/regf/regf.hpp"
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace konseki::regf {

std::string_view value_type_name(std::uint32_t type)
{
    switch (static_cast<ValueType>(type)) {
    case ValueType::none: return "REG_NONE";
    case ValueType::text: return "REG_SZ";
    case ValueType::expandable_text: return "REG_EXPAND_SZ";
    case ValueType::binary: return "REG_BINARY";
    case ValueType::dword: return "REG_DWORD";
    case ValueType::dword_big_endian: return "REG_DWORD_BIG_ENDIAN";
    case ValueType::link: return "REG_LINK";
    case ValueType::multi_text: return "REG_MULTI_SZ";
    case ValueType::resource_list: return "REG_RESOURCE_LIST";
    case ValueType::full_resource_descriptor: return "REG_FULL_RESOURCE_DESCRIPTOR";
    case ValueType::resource_requirements_list: return "REG_RESOURCE_REQUIREMENTS_LIST";
    case ValueType::qword: return "REG_QWORD";
    }
    return "";
}

namespace {

// The texts of a REG_MULTI_SZ, still in UTF-16LE; the empty one ends the list.
template <typename Visit> void for_each_text(Value const& value, Visit&& visit)
{
    for (auto rest = value.content; rest.size() >= 2;) {
        auto const item = until_zero_utf16(rest);
        if (item.empty())
            return;
        visit(item);
        rest = rest.last(rest.size() - std::min(rest.size(), item.size() + 2));
    }
}

}

std::vector<std::string> value_texts(Value const& value)
{
    std::vector<std::string> texts;
    for_each_text(value, [&](ByteView item) { texts.push_back(utf8_from_utf16le(item)); });
    return texts;
}

std::optional<std::uint64_t> value_number(Value const& value)
{
    if (value.content.size() != 4 && value.content.size() != 8)
        return std::nullopt;
    std::uint64_t number = 0;
    std::memcpy(&number, value.content.data(), value.content.size());
    if (value.type == static_cast<std::uint32_t>(ValueType::dword_big_endian))
        return __builtin_bswap32(static_cast<std::uint32_t>(number));
    auto const type = static_cast<ValueType>(value.type);
    bool const is_number
        = type == ValueType::dword || type == ValueType::qword || type == ValueType::binary || type == ValueType::none;
    return is_number ? std::optional<std::uint64_t> { number } : std::nullopt;
}

namespace {

#if defined(__SSE2__)
__m128i hex_digits(__m128i nibbles)
{
    auto const is_letter = _mm_cmpgt_epi8(nibbles, _mm_set1_epi8(9));
    auto const to_letter = _mm_and_si128(is_letter, _mm_set1_epi8('A' - '9' - 1));
    return _mm_add_epi8(_mm_add_epi8(nibbles, _mm_set1_epi8('0')), to_letter);
}
#endif

void append_hex(std::string& target, ByteView bytes)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    auto const old_size = target.size();
    target.resize(old_size + 2 * bytes.size());
    auto* out = target.data() + old_size;
#if defined(__SSE2__)
    for (; bytes.size() >= 16; bytes = bytes.last(bytes.size() - 16), out += 32) {
        __m128i block;
        std::memcpy(&block, bytes.data(), sizeof block);
        auto const low_bits = _mm_set1_epi8(0x0f);
        auto const high = _mm_and_si128(_mm_srli_epi16(block, 4), low_bits), low = _mm_and_si128(block, low_bits);
        auto const first = hex_digits(_mm_unpacklo_epi8(high, low)), second = hex_digits(_mm_unpackhi_epi8(high, low));
        std::memcpy(out, &first, sizeof first);
        std::memcpy(out + sizeof first, &second, sizeof second);
    }
#endif
    for (auto const byte : bytes) {
        *out++ = digits[std::to_integer<unsigned>(byte >> 4)];
        *out++ = digits[std::to_integer<unsigned>(byte & std::byte { 0x0f })];
    }
}

}

void append_value_text(std::string& target, Value const& value)
{
    switch (static_cast<ValueType>(value.type)) {
    case ValueType::text:
    case ValueType::expandable_text:
    case ValueType::link: append_utf16le(target, until_zero_utf16(value.content)); return;
    case ValueType::multi_text: {
        std::string_view separator;
        for_each_text(value, [&](ByteView item) {
            target += separator;
            append_utf16le(target, item);
            separator = "; ";
        });
        return;
    }
    case ValueType::dword:
    case ValueType::dword_big_endian:
    case ValueType::qword:
        if (auto const number = value_number(value)) {
            std::array<char, 20> digits {};
            auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), *number).ptr;
            target.append(digits.data(), end);
            return;
        }
        break;
    default: break;
    }
    append_hex(target, value.content);
}

std::string value_text(Value const& value)
{
    std::string text;
    append_value_text(text, value);
    return text;
}

}
