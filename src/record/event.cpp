#include "record/event.hpp"
#include "base/identity.hpp"
#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include <cstring>

namespace konseki {

namespace {

template <typename T> T number_of(ByteView bytes)
{
    T value {};
    if (bytes.empty()) // GCC 12 drops the zero in front of a copy of "at most one byte"
        return value;
    std::memcpy(&value, bytes.data(), std::min(sizeof(T), bytes.size()));
    return value;
}

void append_hex_bytes(std::string& target, ByteView bytes)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (auto const byte : bytes) {
        target += digits[std::to_integer<unsigned>(byte) >> 4];
        target += digits[std::to_integer<unsigned>(byte) & 15];
    }
}

// [MS-DTYP 2.4.2] revision, sub-authority count, 48-bit big-endian authority, then 32-bit sub-authorities.
void append_sid(std::string& target, ByteView bytes)
{
    if (bytes.size() < 8) {
        append_hex_bytes(target, bytes);
        return;
    }
    std::uint64_t authority = 0;
    for (std::size_t i = 2; i < 8; ++i)
        authority = (authority << 8) | std::to_integer<std::uint64_t>(bytes[i]);
    append_format(target, "S-{}-{}", std::to_integer<unsigned>(bytes[0]), authority);
    auto const declared = std::to_integer<std::size_t>(bytes[1]);
    auto const count
        = std::min(declared, (bytes.size() - 8) / 4); // HelloForBusiness holds a cut SID: show what is there
    for (std::size_t i = 0; i < count; ++i)
        append_format(target, "-{}", number_of<std::uint32_t>(bytes.subspan(8 + i * 4, 4)));
}

void append_system_time(std::string& target, ByteView bytes)
{
    if (bytes.size() < 16) {
        append_hex_bytes(target, bytes);
        return;
    }
    auto const part = [&](std::size_t index) { return number_of<std::uint16_t>(bytes.subspan(index * 2, 2)); };
    append_format(target, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}000Z", part(0), part(1), part(3), part(4), part(5),
        part(6), part(7));
}

void append_ansi(std::string& target, ByteView bytes)
{
    // The code page is the machine's and not in the log: bytes above 0x7f are shown as Windows-1252's Latin-1 part.
    while (!bytes.empty() && bytes.back() == std::byte { 0 })
        bytes = bytes.first(bytes.size() - 1);
    for (auto const byte : bytes) {
        auto const c = std::to_integer<unsigned>(byte);
        if (c >= 0x80) {
            target += static_cast<char>(0xc0 | (c >> 6));
            target += static_cast<char>(0x80 | (c & 0x3f));
        } else {
            target += static_cast<char>(c);
        }
    }
}

ByteView without_trailing_zeros(ByteView utf16)
{
    auto size = utf16.size() & ~std::size_t { 1 };
    while (size >= 2 && utf16[size - 1] == std::byte { 0 } && utf16[size - 2] == std::byte { 0 })
        size -= 2;
    return utf16.first(size);
}

void append_string_list(std::string& target, ByteView bytes)
{
    auto rest = without_trailing_zeros(bytes);
    bool first = true;
    while (!rest.empty()) {
        auto const item = until_zero_utf16(rest);
        if (!first)
            target += ", ";
        append_utf16le(target, item);
        first = false;
        rest = rest.subspan(std::min(rest.size(), item.size() + 2));
    }
}

}

void append_value_text(std::string& target, EventValue const& value)
{
    auto const bytes = value.bytes;
    switch (value.type) {
    case ValueType::null: return;
    case ValueType::utf16: append_utf16le(target, without_trailing_zeros(bytes)); return;
    case ValueType::ansi: append_ansi(target, bytes); return;
    case ValueType::i8: append_format(target, "{}", number_of<std::int8_t>(bytes)); return;
    case ValueType::u8: append_format(target, "{}", number_of<std::uint8_t>(bytes)); return;
    case ValueType::i16: append_format(target, "{}", number_of<std::int16_t>(bytes)); return;
    case ValueType::u16: append_format(target, "{}", number_of<std::uint16_t>(bytes)); return;
    case ValueType::i32: append_format(target, "{}", number_of<std::int32_t>(bytes)); return;
    case ValueType::u32: append_format(target, "{}", number_of<std::uint32_t>(bytes)); return;
    case ValueType::i64: append_format(target, "{}", number_of<std::int64_t>(bytes)); return;
    case ValueType::u64: append_format(target, "{}", number_of<std::uint64_t>(bytes)); return;
    case ValueType::f32: append_format(target, "{}", number_of<float>(bytes)); return;
    case ValueType::f64: append_format(target, "{}", number_of<double>(bytes)); return;
    case ValueType::boolean:
        target += number_of<std::uint32_t>(bytes) != 0 ? "true" : "false";
        return; // any non-zero is true
    case ValueType::binary: append_hex_bytes(target, bytes); return;
    case ValueType::guid:
        if (bytes.size() >= 16)
            append_guid(target, bytes.first(16));
        else
            append_hex_bytes(target, bytes);
        return;
    case ValueType::size32:
    case ValueType::hex32: append_format(target, "{:#x}", number_of<std::uint32_t>(bytes)); return;
    case ValueType::size64:
    case ValueType::hex64: append_format(target, "{:#x}", number_of<std::uint64_t>(bytes)); return;
    case ValueType::filetime:
        append_iso8601_microseconds(target, Timestamp::from_filetime(number_of<std::uint64_t>(bytes)));
        return;
    case ValueType::systemtime: append_system_time(target, bytes); return;
    case ValueType::sid: append_sid(target, bytes); return;
    case ValueType::utf8: target += as_text(bytes); return;
    case ValueType::utf16_list: append_string_list(target, bytes); return;
    }
}

std::string value_text(EventValue const& value)
{
    std::string text;
    append_value_text(text, value);
    return text;
}

EventShape const* EventShapes::intern(std::vector<std::string> const& names)
{
    std::string key;
    for (auto const& name : names) {
        key += name;
        key += '\n';
    }
    auto const found = m_by_key.find(key);
    if (found != m_by_key.end())
        return found->second;
    m_shapes.push_back({ static_cast<std::uint32_t>(m_shapes.size()), names });
    m_by_key.emplace(std::move(key), &m_shapes.back());
    return &m_shapes.back();
}

EventValue const* Event::find(std::string_view name) const
{
    if (shape == nullptr)
        return nullptr;
    for (std::size_t i = 0; i < shape->names.size() && i < values.size(); ++i) {
        if (shape->names[i] == name)
            return &values[i];
    }
    return nullptr;
}

}
