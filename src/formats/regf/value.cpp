#include "bytes/utf16.hpp"
#include "formats/regf/cells.hpp"
#include "formats/regf/regf.hpp"
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

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

// The 8 hex digits of 4 bytes, in the order of memory: nibbles are spread to bytes, then all made characters at once.
std::uint64_t hex_digits(std::uint32_t bytes)
{
    std::uint64_t nibbles = bytes;
    nibbles = (nibbles | nibbles << 16) & 0x0000'ffff'0000'ffff;
    nibbles = (nibbles | nibbles << 8) & 0x00ff'00ff'00ff'00ff;
    nibbles = (nibbles >> 4 | nibbles << 8) & 0x0f0f'0f0f'0f0f'0f0f;
    auto const is_letter = (nibbles + 0x0606'0606'0606'0606) >> 4 & 0x0101'0101'0101'0101;
    return nibbles + 0x3030'3030'3030'3030 + is_letter * ('A' - '9' - 1);
}

void append_hex(std::string& target, ByteView bytes)
{
    auto const old_size = target.size();
    target.resize(old_size + 2 * bytes.size());
    auto* out = target.data() + old_size;
    for (; bytes.size() >= 4; bytes = bytes.last(bytes.size() - 4), out += 8) {
        auto const digits = hex_digits(field<std::uint32_t, 0>(bytes.first<4>()));
        std::memcpy(out, &digits, 8);
    }
    for (auto const byte : bytes) {
        auto const digits = hex_digits(std::to_integer<std::uint32_t>(byte));
        std::memcpy(out, &digits, 2);
        out += 2;
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
