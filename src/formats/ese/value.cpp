#include "base/identity.hpp"
#include "base/utf8.hpp"
#include "bytes/byte_reader.hpp"
#include "bytes/utf16.hpp"
#include "formats/ese/decompress.hpp"
#include "formats/ese/row_reader.hpp"
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace konseki::ese {

std::uint32_t size_of(ValueType type)
{
    switch (type) {
    case ValueType::bit:
    case ValueType::unsigned_byte: return 1;
    case ValueType::short_integer:
    case ValueType::unsigned_short: return 2;
    case ValueType::long_integer:
    case ValueType::unsigned_long:
    case ValueType::single_real: return 4;
    case ValueType::currency:
    case ValueType::double_real:
    case ValueType::date_time:
    case ValueType::long_long: return 8;
    case ValueType::guid: return 16;
    default: return 0;
    }
}

namespace {

constexpr std::uint32_t code_page_utf16 = 1200;
constexpr double ole_days_max = 2'958'466; // 9999-12-31
constexpr std::int64_t ole_epoch_days = 109'205; // 1899-12-30 counted from 1601-01-01

bool is_signed(ValueType type)
{
    return type == ValueType::short_integer || type == ValueType::long_integer || type == ValueType::currency
        || type == ValueType::long_long;
}

// Code pages 1252 and 20127 are all that Windows' own databases use besides UTF-16. 0x80..0x9f of 1252:
constexpr std::array<char16_t, 32> windows_1252 { 0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,
    0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178 };

std::string narrow_text(ByteView bytes)
{
    std::string text;
    for (auto const byte : bytes) {
        auto const code = std::to_integer<std::uint32_t>(byte);
        if (code == 0)
            break;
        utf8::append(text, code >= 0x80 && code < 0xa0 ? windows_1252[code - 0x80] : static_cast<char32_t>(code));
    }
    return text;
}

}

std::optional<ByteView> Row::decompressed(ByteView bytes, std::uint64_t offset) const
{
    std::vector<std::byte> partial;
    auto plain = decompress(bytes, &partial);
    if (plain.ok())
        return m_reader->keep(std::move(plain).value(), offset);
    m_reader->report(plain.error().code, plain.error().what, offset, bytes.size());
    if (partial.empty())
        return std::nullopt;
    return m_reader->keep(std::move(partial), offset);
}

std::optional<ByteView> Row::bytes(Column const* column) const
{
    auto const all = values(column);
    return all.empty() ? std::nullopt : std::optional<ByteView> { all.front() };
}

std::optional<std::uint64_t> Row::number(Column const* column) const
{
    auto const found = bytes(column);
    if (!found || found->empty() || found->size() > 8 || size_of(column->type) == 0
        || found->size() < size_of(column->type))
        return std::nullopt;
    std::uint64_t number = 0;
    std::memcpy(&number, found->data(), found->size());
    if (column->type == ValueType::bit)
        return number != 0 ? 1U : 0U;
    auto const bits = static_cast<unsigned>(found->size() * 8);
    if (is_signed(column->type) && bits < 64 && (number >> (bits - 1) & 1U) != 0)
        number |= ~0ULL << bits;
    return number;
}

std::optional<std::int64_t> Row::signed_number(Column const* column) const
{
    auto const found = number(column);
    return found ? std::optional { static_cast<std::int64_t>(*found) } : std::nullopt;
}

std::optional<double> Row::real(Column const* column) const
{
    auto const found = number(column);
    if (!found)
        return std::nullopt;
    if (column->type == ValueType::single_real)
        return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(*found)));
    return std::bit_cast<double>(*found);
}

std::optional<std::string> Row::text(Column const* column) const
{
    auto const found = bytes(column);
    if (!found)
        return std::nullopt;
    return column->code_page == code_page_utf16 ? utf8_from_utf16le(until_zero_utf16(*found)) : narrow_text(*found);
}

std::optional<std::string> Row::guid(Column const* column) const
{
    auto const found = bytes(column);
    if (!found || found->size() != 16)
        return std::nullopt;
    std::string text { "{" };
    append_guid(text, *found);
    text += '}';
    return text;
}

// The same column type holds OLE dates (days since 1899-12-30 in a double: SRUM) and FILETIMEs (UAL). The bits of any
// FILETIME of our times are a double below 1e-200, and those of any OLE date a FILETIME behind the year 14000.
Timestamp Row::time(Column const* column) const
{
    auto const found = number(column);
    if (!found || *found == 0)
        return {};
    if (column->type == ValueType::date_time) {
        auto const days = std::bit_cast<double>(*found);
        if (days >= 1 && days < ole_days_max) {
            // A double of 45,000 days is good to less than a microsecond; engines store whole milliseconds.
            auto const milliseconds = std::llround(days * 86'400'000.0);
            return { milliseconds * 10'000 + ole_epoch_days * 86'400 * ticks_per_second };
        }
    }
    constexpr std::uint64_t filetime_max = 2'650'467'744'000'000'000ULL; // 9999-12-31
    return *found < filetime_max ? Timestamp::from_filetime(*found) : Timestamp {};
}

}
