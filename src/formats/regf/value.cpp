#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include "formats/regf/regf.hpp"
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

std::vector<std::string> value_texts(Value const& value)
{
    std::vector<std::string> texts;
    auto rest = value.content;
    while (rest.size() >= 2) {
        auto const item = until_zero_utf16(rest);
        if (item.empty())
            break; // the empty string ends the list
        texts.push_back(utf8_from_utf16le(item));
        rest = rest.last(rest.size() - std::min(rest.size(), item.size() + 2));
    }
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

std::string value_text(Value const& value)
{
    switch (static_cast<ValueType>(value.type)) {
    case ValueType::text:
    case ValueType::expandable_text:
    case ValueType::link: return utf8_from_utf16le(until_zero_utf16(value.content));
    case ValueType::multi_text: {
        std::string text;
        for (auto const& item : value_texts(value)) {
            if (!text.empty())
                text += "; ";
            text += item;
        }
        return text;
    }
    case ValueType::dword:
    case ValueType::dword_big_endian:
    case ValueType::qword:
        if (auto const number = value_number(value))
            return format("{}", *number);
        break;
    default: break;
    }
    std::string text;
    for (auto const byte : value.content)
        append_format(text, "{:02X}", std::to_integer<unsigned>(byte));
    return text;
}

}
