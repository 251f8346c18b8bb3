#include "formats/evtx/value_format.hpp"
#include "base/identity.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "formats/evtx/layout.hpp"
#include <array>
#include <charconv>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace konseki::evtx {

namespace {

void put_digits(char* at, std::uint64_t number, int count)
{
    for (int i = count - 1; i >= 0; --i, number /= 10)
        at[i] = static_cast<char>('0' + number % 10);
}

// Every event has one or more: no formatter. Days to a date as in the civil calendar with years that begin in March.
void append_filetime(std::string& target, std::uint64_t filetime)
{
    constexpr std::uint64_t ticks_per_day = 864'000'000'000, days_0000_to_1601 = 584'694; // from 0000-03-01
    constexpr std::uint64_t year_10000 = 2'650'467'744'000'000'000;
    if (filetime >= year_10000) {
        append_iso8601(target, Timestamp::from_filetime(filetime));
        return;
    }
    auto const days = filetime / ticks_per_day + days_0000_to_1601;
    auto const rest = filetime % ticks_per_day;
    auto const era = days / 146'097;
    auto const day_of_era = days % 146'097;
    auto const year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146'096) / 365;
    auto const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    auto const month_from_march = (5 * day_of_year + 2) / 153;
    auto const month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    char text[] = "0000-00-00T00:00:00.0000000Z";
    put_digits(text, year_of_era + era * 400 + (month <= 2 ? 1 : 0), 4);
    put_digits(text + 5, month, 2);
    put_digits(text + 8, day_of_year - (153 * month_from_march + 2) / 5 + 1, 2);
    put_digits(text + 11, rest / 36'000'000'000, 2);
    put_digits(text + 14, rest / 600'000'000 % 60, 2);
    put_digits(text + 17, rest / 10'000'000 % 60, 2);
    put_digits(text + 20, rest % 10'000'000, 7);
    target.append(text, sizeof text - 1);
}

void append_braced_guid(std::string& target, ByteView bytes)
{
    // Groups of the GUID in printing order; the first three are little-endian on disk.
    constexpr std::uint8_t order[] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
    constexpr char digits[] = "0123456789abcdef";
    char text[38];
    std::size_t at = 0;
    text[at++] = '{';
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[at++] = '-';
        auto const byte = std::to_integer<unsigned>(bytes[order[i]]);
        text[at++] = digits[byte >> 4];
        text[at++] = digits[byte & 15];
    }
    text[at++] = '}';
    target.append(text, at);
}

template <typename T> void append_integer(std::string& target, ByteView bytes)
{
    auto const value = load_cut<T>(bytes.data(), bytes.size());
    std::array<char, 24> digits {};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    target.append(digits.data(), end.ptr);
}

template <typename T> void append_hex(std::string& target, ByteView bytes)
{
    auto const value = load_cut<T>(bytes.data(), bytes.size());
    std::array<char, 24> digits { '0', 'x' };
    auto const end = std::to_chars(digits.data() + 2, digits.data() + digits.size(), value, 16);
    target.append(digits.data(), end.ptr);
}

// False: not a number.
bool append_number(std::string& target, std::uint8_t type, ByteView bytes)
{
    switch (value_type(type, bytes.size())) {
    case ValueType::i8: append_integer<std::int8_t>(target, bytes); return true;
    case ValueType::u8: append_integer<std::uint8_t>(target, bytes); return true;
    case ValueType::i16: append_integer<std::int16_t>(target, bytes); return true;
    case ValueType::u16: append_integer<std::uint16_t>(target, bytes); return true;
    case ValueType::i32: append_integer<std::int32_t>(target, bytes); return true;
    case ValueType::u32: append_integer<std::uint32_t>(target, bytes); return true;
    case ValueType::i64: append_integer<std::int64_t>(target, bytes); return true;
    case ValueType::u64: append_integer<std::uint64_t>(target, bytes); return true;
    case ValueType::size32:
    case ValueType::hex32: append_hex<std::uint32_t>(target, bytes); return true;
    case ValueType::size64:
    case ValueType::hex64: append_hex<std::uint64_t>(target, bytes); return true;
    default: return false;
    }
}

void append_system_time(std::string& target, ByteView bytes)
{
    auto const field = [&](std::size_t index) { return load<std::uint16_t>(bytes.data() + index * 2); };
    append_format(target, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}0000Z", field(0), field(1), field(3), field(4),
        field(5), field(6), field(7));
}

}

std::size_t first_special(std::string_view text, Special special)
{
    std::size_t at = 0;
    char const a = special == Special::json ? '"' : '&';
    char const b = special == Special::json ? '\\' : '<';
    char const c = special == Special::json ? '"' : '>';
    char const d = '"'; // in attributes
#if defined(__SSE2__)
    for (; text.size() - at >= 16; at += 16) {
        __m128i block;
        std::memcpy(&block, text.data() + at, sizeof block);
        auto hit = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(a)), _mm_cmpeq_epi8(block, _mm_set1_epi8(b)));
        hit = _mm_or_si128(
            hit, _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(c)), _mm_cmpeq_epi8(block, _mm_set1_epi8(d))));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(block, _mm_set1_epi8('\xed'))); // lone surrogates begin so
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block)); // below 0x20
        if (auto const mask = _mm_movemask_epi8(hit); mask != 0)
            return at + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(mask)));
    }
#endif
    for (; at < text.size(); ++at) {
        auto const byte = text[at];
        if (byte == a || byte == b || byte == c || byte == d || byte == '\xed'
            || static_cast<unsigned char>(byte) < 0x20)
            return at;
    }
    return at;
}

void append_xml_text(std::string& target, std::string_view text, bool in_attribute)
{
    std::size_t begin = 0;
    for (auto i = first_special(text, Special::xml); i < text.size(); ++i) {
        auto const c = text[i];
        std::string_view replacement;
        if (c == '&')
            replacement = "&amp;";
        else if (c == '<')
            replacement = "&lt;";
        else if (c == '>')
            replacement = "&gt;";
        else if (c == '"' && in_attribute)
            replacement = "&quot;";
        else if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r')
            replacement = "_"; // XML 1.0 has no way to say these
        else if (c == '\xed' && text.size() - i >= 3 && static_cast<unsigned char>(text[i + 1]) >= 0xa0) {
            target.append(text, begin, i - begin); // nor lone surrogates (WTF-8)
            target += '_';
            i += 2;
            begin = i + 1;
            continue;
        } else
            continue;
        target.append(text, begin, i - begin);
        target += replacement;
        begin = i + 1;
    }
    target.append(text, begin);
}

// Most text needs no escape: one look decides. DEL is no control character to JSON.
void append_json_text(std::string& target, std::string_view text)
{
    std::size_t begin = 0;
    for (auto i = first_special(text, Special::json); i < text.size(); ++i) {
        auto const c = static_cast<unsigned char>(text[i]);
        bool const is_surrogate = c == 0xed && text.size() - i >= 3 && static_cast<unsigned char>(text[i + 1]) >= 0xa0;
        if (c >= 0x20 && c != '"' && c != '\\' && !is_surrogate)
            continue;
        target.append(text, begin, i - begin);
        begin = i + 1;
        switch (c) {
        case '"': target += "\\\""; break;
        case '\\': target += "\\\\"; break;
        case '\n': target += "\\n"; break;
        case '\r': target += "\\r"; break;
        case '\t': target += "\\t"; break;
        case '\b': target += "\\b"; break;
        case '\f': target += "\\f"; break;
        default: {
            auto code = std::uint32_t { c };
            if (is_surrogate) {
                code = 0xd000U | (static_cast<unsigned char>(text[i + 1]) & 0x3fU) << 6
                    | (static_cast<unsigned char>(text[i + 2]) & 0x3fU);
                i += 2;
                begin = i + 1;
            }
            append_format(target, "\\u{:04X}", code);
        }
        }
    }
    target.append(text, begin);
}

bool is_zero_text(ByteView bytes)
{
    return is_all_zero(bytes);
}

void append_shown(std::string& target, std::uint8_t type, ByteView bytes)
{
    if (type == raw_type::null)
        return;
    if (type == raw_type::guid && bytes.size() >= 16) {
        append_braced_guid(target, bytes);
        return;
    }
    if (type == raw_type::filetime && bytes.size() >= 8) {
        append_filetime(target, load<std::uint64_t>(bytes.data()));
        return;
    }
    if (type == raw_type::boolean && bytes.size() >= 4 && load<std::uint32_t>(bytes.data()) > 1) {
        append_format(target, "{}", load<std::uint32_t>(bytes.data())); // irregular: show what is there
        return;
    }
    if (type == raw_type::systemtime && bytes.size() >= 16) {
        append_system_time(target, bytes);
        return;
    }
    if (!append_number(target, type, bytes))
        append_value_text(target, { value_type(type, bytes.size()), bytes });
}

}
