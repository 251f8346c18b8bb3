#include "base/identity.hpp"
#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include "support/evtx_writer.hpp"
#include <cstring>
#include <stdexcept>

namespace konseki::test::value {

namespace {
template <typename T> std::string little_endian(T number)
{
    std::string bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), &number, sizeof(T)); // little-endian hosts only
    return bytes;
}

template <typename T> WrittenValue integer(std::uint8_t type, T number)
{
    return { type, little_endian(number), format("{}", number), {}, {} };
}

std::string upper_hex(std::string_view bytes)
{
    std::string text;
    for (char const c : bytes)
        append_format(text, "{:02X}", static_cast<unsigned char>(c));
    return text;
}

std::uint64_t whole_number(std::string_view text)
{
    auto const number = parse_uint(text);
    if (!number)
        throw std::runtime_error("not a number: " + std::string(text));
    return *number;
}
}

WrittenValue null()
{
    return {};
}

WrittenValue text(std::string_view utf8, bool zero_terminated)
{
    WrittenValue value { value_type::utf16, utf16le_from_utf8(utf8), std::string(utf8), {}, {} };
    if (zero_terminated)
        value.bytes.append(2, '\0');
    return value;
}

WrittenValue ansi(std::string_view bytes, std::string_view expected_utf8)
{
    WrittenValue value { value_type::ansi, std::string(bytes), std::string(expected_utf8), {}, {} };
    value.bytes.push_back('\0');
    return value;
}

WrittenValue i8(std::int8_t number)
{
    return { value_type::i8, little_endian(number), format("{}", static_cast<int>(number)), {}, {} };
}
WrittenValue u8(std::uint8_t number)
{
    return { value_type::u8, little_endian(number), format("{}", static_cast<unsigned>(number)), {}, {} };
}
WrittenValue i16(std::int16_t number)
{
    return integer(value_type::i16, number);
}
WrittenValue u16(std::uint16_t number)
{
    return integer(value_type::u16, number);
}
WrittenValue i32(std::int32_t number)
{
    return integer(value_type::i32, number);
}
WrittenValue u32(std::uint32_t number)
{
    return integer(value_type::u32, number);
}
WrittenValue i64(std::int64_t number)
{
    return integer(value_type::i64, number);
}
WrittenValue u64(std::uint64_t number)
{
    return integer(value_type::u64, number);
}
WrittenValue f64(double number)
{
    return integer(value_type::f64, number);
}

WrittenValue boolean(bool yes)
{
    return { value_type::boolean, little_endian(static_cast<std::uint32_t>(yes ? 1 : 0)), yes ? "true" : "false", {},
        {} };
}

WrittenValue binary(std::string_view bytes)
{
    return { value_type::binary, std::string(bytes), upper_hex(bytes), {}, {} };
}

WrittenValue guid(std::string_view text)
{
    auto const parsed = Guid::parse(text);
    if (!parsed)
        throw std::runtime_error("not a GUID: " + std::string(text));
    auto const bytes = as_text(parsed->bytes);
    return { value_type::guid, std::string(bytes), to_string(*parsed), {}, {} };
}

WrittenValue size32(std::uint32_t number)
{
    return { value_type::size, little_endian(number), format("{:#x}", number), {}, {} };
}
WrittenValue size64(std::uint64_t number)
{
    return { value_type::size, little_endian(number), format("{:#x}", number), {}, {} };
}
WrittenValue hex32(std::uint32_t number)
{
    return { value_type::hex32, little_endian(number), format("{:#x}", number), {}, {} };
}
WrittenValue hex64(std::uint64_t number)
{
    return { value_type::hex64, little_endian(number), format("{:#x}", number), {}, {} };
}

WrittenValue filetime(Timestamp at)
{
    WrittenValue value { value_type::filetime, little_endian(at.ticks), {}, {}, {} };
    append_iso8601_microseconds(value.text, at);
    return value;
}

WrittenValue systemtime(Timestamp at)
{
    // The fields are taken from the text form: slow, but one calendar in the house is enough.
    auto const text = to_string(at); // 2026-08-05T12:34:56.1234567Z
    auto const part = [&text](std::size_t offset, std::size_t size) {
        std::uint16_t number = 0;
        for (std::size_t i = offset; i < offset + size; ++i)
            number = static_cast<std::uint16_t>(number * 10 + (text[i] - '0'));
        return number;
    };
    auto const days = at.ticks / (86'400 * ticks_per_second);
    auto const weekday = static_cast<std::uint16_t>((days + 1) % 7); // 1601-01-01 was a Monday
    WrittenValue value { value_type::systemtime, {}, text.substr(0, 23) + "000Z", {}, {} };
    for (auto const number :
        { part(0, 4), part(5, 2), weekday, part(8, 2), part(11, 2), part(14, 2), part(17, 2), part(20, 3) })
        value.bytes += little_endian(number);
    return value;
}

WrittenValue sid(std::string_view text)
{
    auto const parts = split(text, '-');
    if (parts.size() < 3 || parts[0] != "S")
        throw std::runtime_error("not a SID: " + std::string(text));
    WrittenValue value { value_type::sid, {}, std::string(text), {}, {} };
    value.bytes.push_back(static_cast<char>(whole_number(parts[1])));
    value.bytes.push_back(static_cast<char>(parts.size() - 3));
    auto const authority = whole_number(parts[2]); // 48 bits, big-endian
    for (int shift = 40; shift >= 0; shift -= 8)
        value.bytes.push_back(static_cast<char>((authority >> shift) & 0xff));
    for (std::size_t i = 3; i < parts.size(); ++i)
        value.bytes += little_endian(static_cast<std::uint32_t>(whole_number(parts[i])));
    return value;
}

WrittenValue text_list(std::span<std::string const> items)
{
    WrittenValue value { static_cast<std::uint8_t>(value_type::array | value_type::utf16), {}, {}, {}, {} };
    for (auto const& item : items) {
        value.bytes += utf16le_from_utf8(item);
        value.bytes.append(2, '\0');
        if (!value.items.empty())
            value.text += ", ";
        value.text += item;
        value.items.push_back(item);
    }
    return value;
}

WrittenValue array(std::span<WrittenValue const> items)
{
    WrittenValue value { static_cast<std::uint8_t>(
                             value_type::array | (items.empty() ? value_type::u32 : items.front().type)),
        {}, {}, {}, {} };
    for (auto const& item : items) {
        if ((item.type | value_type::array) != value.type || item.bytes.size() != items.front().bytes.size())
            throw std::runtime_error("items of an array have one type and size");
        value.bytes += item.bytes;
        if (!value.items.empty())
            value.text += ", ";
        value.text += item.text;
        value.items.push_back(item.text);
    }
    return value;
}

WrittenValue nested(WrittenElement element)
{
    WrittenValue value { value_type::binxml, {}, element.text, {}, {} };
    value.element = std::make_shared<WrittenElement const>(std::move(element));
    return value;
}

}
