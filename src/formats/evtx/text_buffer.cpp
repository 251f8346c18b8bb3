#include "formats/evtx/text_buffer.hpp"
#include "formats/evtx/layout.hpp"
#include "formats/evtx/value_format.hpp"
#include <array>
#include <charconv>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace konseki::evtx {

namespace {

constexpr std::size_t first_capacity = 64UL * 1024;
constexpr std::size_t escaped_unit_bytes = 6; // \u001f, &quot;

constexpr char lower_digits[] = "0123456789abcdef";
constexpr char upper_digits[] = "0123456789ABCDEF";

using DigitPairs = std::array<char, 512>;
constexpr DigitPairs make_pairs(char const (&digits)[17])
{
    DigitPairs pairs {};
    for (std::size_t i = 0; i < 256; ++i) {
        pairs[2 * i] = digits[i >> 4];
        pairs[2 * i + 1] = digits[i & 15];
    }
    return pairs;
}
constexpr DigitPairs lower_pairs = make_pairs(lower_digits);
constexpr DigitPairs upper_pairs = make_pairs(upper_digits);

char32_t unit_at(std::byte const* at)
{
    return load<std::uint16_t>(at);
}

bool is_high(char32_t unit)
{
    return unit >= 0xd800 && unit < 0xdc00;
}

bool is_low(char32_t unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

char* put_text(char* out, std::string_view text)
{
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

char* put_unicode_escape(char* out, char32_t unit)
{
    *out++ = '\\';
    *out++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4)
        *out++ = upper_digits[(unit >> shift) & 15];
    return out;
}

// One ASCII character, escaped where it must be.
template <Escape escape> char* put_ascii(char* out, char c)
{
    if constexpr (escape == Escape::json) {
        switch (c) {
        case '"': return put_text(out, "\\\"");
        case '\\': return put_text(out, "\\\\");
        case '\n': return put_text(out, "\\n");
        case '\r': return put_text(out, "\\r");
        case '\t': return put_text(out, "\\t");
        case '\b': return put_text(out, "\\b");
        case '\f': return put_text(out, "\\f");
        default: break;
        }
        if (static_cast<unsigned char>(c) < 0x20)
            return put_unicode_escape(out, static_cast<unsigned char>(c));
    } else {
        switch (c) {
        case '&': return put_text(out, "&amp;");
        case '<': return put_text(out, "&lt;");
        case '>': return put_text(out, "&gt;");
        case '"':
            if constexpr (escape == Escape::xml_attribute)
                return put_text(out, "&quot;");
            break;
        case '\t':
        case '\n':
        case '\r': break;
        default:
            if (static_cast<unsigned char>(c) < 0x20)
                c = '_'; // XML 1.0 has no way to say these
        }
    }
    *out++ = c;
    return out;
}

template <Escape escape> char* put_lone_surrogate(char* out, char32_t unit)
{
    if constexpr (escape == Escape::json)
        return put_unicode_escape(out, unit);
    *out++ = '_';
    return out;
}

char* put_code_point(char* out, char32_t c)
{
    auto const tail = [&](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x800) {
        *out++ = static_cast<char>(0xc0 | (c >> 6));
        *out++ = tail(0);
    } else if (c < 0x10000) {
        *out++ = static_cast<char>(0xe0 | (c >> 12));
        *out++ = tail(6);
        *out++ = tail(0);
    } else {
        *out++ = static_cast<char>(0xf0 | (c >> 18));
        *out++ = tail(12);
        *out++ = tail(6);
        *out++ = tail(0);
    }
    return out;
}

#if defined(__SSE2__)
// Packs the first 16 code units to `out`; a bit for each of them that is not ASCII or may need an escape.
template <Escape escape> unsigned pack(std::byte const* units, char* out)
{
    __m128i low;
    __m128i high;
    std::memcpy(&low, units, sizeof low);
    std::memcpy(&high, units + 16, sizeof high);
    auto const packed = _mm_packus_epi16(low, high);
    std::memcpy(out, &packed, sizeof packed);
    auto const is = [&](char c) { return _mm_cmpeq_epi8(packed, _mm_set1_epi8(c)); };
    auto hit = _mm_cmplt_epi8(packed, _mm_set1_epi8(0x20));
    if constexpr (escape == Escape::json) {
        hit = _mm_or_si128(hit, _mm_or_si128(is('"'), is('\\')));
    } else {
        hit = _mm_or_si128(hit, _mm_or_si128(is('&'), _mm_or_si128(is('<'), is('>'))));
        if constexpr (escape == Escape::xml_attribute)
            hit = _mm_or_si128(hit, is('"'));
    }
    auto const beyond = _mm_set1_epi16(static_cast<short>(0xff80));
    auto const zero = _mm_setzero_si128();
    auto const is_ascii = _mm_packs_epi16(
        _mm_cmpeq_epi16(_mm_and_si128(low, beyond), zero), _mm_cmpeq_epi16(_mm_and_si128(high, beyond), zero));
    return static_cast<unsigned>(_mm_movemask_epi8(hit))
        | (static_cast<unsigned>(~_mm_movemask_epi8(is_ascii)) & 0xffffU);
}
#endif

char* put_two_digits(char* out, std::uint64_t number)
{
    out[0] = static_cast<char>('0' + number / 10);
    out[1] = static_cast<char>('0' + number % 10);
    return out + 2;
}

// value_format's append_filetime, in place.
char* put_filetime(char* out, std::uint64_t filetime)
{
    constexpr std::uint64_t ticks_per_day = 864'000'000'000, days_0000_to_1601 = 584'694;
    auto const days = static_cast<std::uint32_t>(filetime / ticks_per_day + days_0000_to_1601);
    auto const rest = filetime % ticks_per_day;
    auto const era = days / 146'097;
    auto const day_of_era = days % 146'097;
    auto const year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146'096) / 365;
    auto const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    auto const month_from_march = (5 * day_of_year + 2) / 153;
    auto const month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    auto const year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    auto const seconds = static_cast<std::uint32_t>(rest / 10'000'000);
    auto const ticks = static_cast<std::uint32_t>(rest % 10'000'000);
    out = put_two_digits(out, year / 100);
    out = put_two_digits(out, year % 100);
    *out++ = '-';
    out = put_two_digits(out, month);
    *out++ = '-';
    out = put_two_digits(out, day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *out++ = 'T';
    out = put_two_digits(out, seconds / 3600);
    *out++ = ':';
    out = put_two_digits(out, seconds / 60 % 60);
    *out++ = ':';
    out = put_two_digits(out, seconds % 60);
    *out++ = '.';
    *out++ = static_cast<char>('0' + ticks / 1'000'000);
    out = put_two_digits(out, ticks / 10'000 % 100);
    out = put_two_digits(out, ticks / 100 % 100);
    out = put_two_digits(out, ticks % 100);
    *out++ = 'Z';
    return out;
}

char* put_guid(char* out, std::byte const* bytes)
{
    constexpr std::uint8_t order[] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
    *out++ = '{';
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        std::memcpy(out, &lower_pairs[2 * std::to_integer<std::size_t>(bytes[order[i]])], 2);
        out += 2;
    }
    *out++ = '}';
    return out;
}

}

TextBuffer::TextBuffer()
{
    grow(first_capacity);
}

void TextBuffer::grow(std::size_t size)
{
    auto const capacity = (m_capacity + size + slack_bytes) * 2;
    auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
    if (m_size > 0)
        std::memcpy(bigger.get(), m_bytes.get(), m_size);
    m_bytes = std::move(bigger);
    m_capacity = capacity;
}

void TextBuffer::erase(std::size_t place, std::size_t count)
{
    std::memmove(m_bytes.get() + place, m_bytes.get() + place + count, m_size - place - count);
    m_size -= count;
}

template <Escape escape> void TextBuffer::put_utf16(ByteView bytes, std::byte const* readable_end)
{
    auto rest = bytes.size() / 2;
    auto const* at = bytes.data();
    reserve(rest * escaped_unit_bytes);
    auto* out = m_bytes.get() + m_size;
    (void)readable_end;
    while (rest > 0) {
#if defined(__SSE2__)
        std::array<std::byte, 32> copy;
        auto const* units = at;
        if (readable_end - at < 32) {
            std::memset(copy.data(), ' ', copy.size());
            std::memcpy(copy.data(), at, rest * 2);
            units = copy.data();
        }
        auto const mask = pack<escape>(units, out);
        if (mask == 0 && rest > 16) {
            at += 32;
            out += 16;
            rest -= 16;
            continue;
        }
        auto const clean = std::min<std::size_t>(rest, mask == 0 ? 16U : static_cast<unsigned>(__builtin_ctz(mask)));
        at += clean * 2;
        out += clean;
        rest -= clean;
        if (rest == 0)
            break;
#endif
        do {
            auto const unit = unit_at(at);
            at += 2;
            --rest;
            if (unit < 0x80) {
                out = put_ascii<escape>(out, static_cast<char>(unit));
                break;
            }
            if (is_high(unit) && rest > 0 && is_low(unit_at(at))) {
                out = put_code_point(out, 0x10000 + ((unit - 0xd800) << 10) + (unit_at(at) - 0xdc00));
                at += 2;
                --rest;
            } else if (unit >= 0xd800 && unit < 0xe000) {
                out = put_lone_surrogate<escape>(out, unit);
            } else {
                out = put_code_point(out, unit);
            }
        } while (rest > 0);
    }
    m_size = static_cast<std::size_t>(out - m_bytes.get());
}

void TextBuffer::put_utf8(std::string_view text, Escape escape)
{
    m_escaped.clear();
    if (escape == Escape::json)
        append_json_text(m_escaped, text);
    else
        append_xml_text(m_escaped, text, escape == Escape::xml_attribute);
    reserve(m_escaped.size());
    std::memcpy(m_bytes.get() + m_size, m_escaped.data(), m_escaped.size());
    m_size += m_escaped.size();
}

template <typename T> void TextBuffer::put_integer(Slot slot)
{
    auto const value = load_cut<T>(slot.bytes, slot.size);
    reserve(24);
    auto* const out = m_bytes.get() + m_size;
    m_size += static_cast<std::size_t>(std::to_chars(out, out + 24, value).ptr - out);
}

template <typename T> void TextBuffer::put_hex(Slot slot)
{
    auto const value = load_cut<T>(slot.bytes, slot.size);
    reserve(24);
    auto* const out = m_bytes.get() + m_size;
    out[0] = '0';
    out[1] = 'x';
    m_size += static_cast<std::size_t>(std::to_chars(out + 2, out + 24, value, 16).ptr - out);
}

void TextBuffer::put_sid(Slot slot)
{
    constexpr std::size_t part_bytes = 12;
    auto const declared = std::to_integer<std::size_t>(slot.bytes[1]);
    auto const count = std::min<std::size_t>(declared, (slot.size - 8) / 4);
    reserve(32 + count * part_bytes);
    std::uint64_t authority = 0;
    for (std::size_t i = 2; i < 8; ++i)
        authority = (authority << 8) | std::to_integer<std::uint64_t>(slot.bytes[i]);
    auto* out = m_bytes.get() + m_size;
    *out++ = 'S';
    *out++ = '-';
    out = std::to_chars(out, out + 24, std::to_integer<unsigned>(slot.bytes[0])).ptr;
    *out++ = '-';
    out = std::to_chars(out, out + 24, authority).ptr;
    for (std::size_t i = 0; i < count; ++i) {
        *out++ = '-';
        out = std::to_chars(out, out + part_bytes, load<std::uint32_t>(slot.bytes + 8 + i * 4)).ptr;
    }
    m_size = static_cast<std::size_t>(out - m_bytes.get());
}

void TextBuffer::put_hex_bytes(Slot slot)
{
    reserve(std::size_t { slot.size } * 2);
    auto* out = m_bytes.get() + m_size;
    for (std::uint32_t i = 0; i < slot.size; ++i, out += 2)
        std::memcpy(out, &upper_pairs[2 * std::to_integer<std::size_t>(slot.bytes[i])], 2);
    m_size += std::size_t { slot.size } * 2;
}

// Integers and truths, which JSON writes without quotes. False: none of them.
bool TextBuffer::put_number(Slot slot)
{
    switch (slot.type) {
    case 0x03: put_integer<std::int8_t>(slot); return true;
    case 0x04: put_integer<std::uint8_t>(slot); return true;
    case 0x05: put_integer<std::int16_t>(slot); return true;
    case 0x06: put_integer<std::uint16_t>(slot); return true;
    case 0x07: put_integer<std::int32_t>(slot); return true;
    case 0x08: put_integer<std::uint32_t>(slot); return true;
    case 0x09: put_integer<std::int64_t>(slot); return true;
    case 0x0a: put_integer<std::uint64_t>(slot); return true;
    case raw_type::boolean: {
        m_text.clear();
        append_shown(m_text, slot.type, slot.view());
        reserve(m_text.size());
        std::memcpy(m_bytes.get() + m_size, m_text.data(), m_text.size());
        m_size += m_text.size();
        return true;
    }
    default: return false;
    }
}

// Types whose text holds nothing that must be escaped.
bool TextBuffer::put_fixed(Slot slot)
{
    constexpr std::uint64_t year_10000 = 2'650'467'744'000'000'000;
    switch (slot.type) {
    case raw_type::null: return true;
    case raw_type::guid:
        if (slot.size < 16)
            return false;
        reserve(38);
        put_guid(m_bytes.get() + m_size, slot.bytes);
        m_size += 38;
        return true;
    case raw_type::filetime:
        if (slot.size < 8 || load<std::uint64_t>(slot.bytes) >= year_10000)
            return false;
        reserve(28);
        put_filetime(m_bytes.get() + m_size, load<std::uint64_t>(slot.bytes));
        m_size += 28;
        return true;
    case raw_type::sid:
        if (slot.size < 8)
            return false;
        put_sid(slot);
        return true;
    case raw_type::size:
        if (slot.size == 4)
            put_hex<std::uint32_t>(slot);
        else
            put_hex<std::uint64_t>(slot);
        return true;
    case raw_type::hex32: put_hex<std::uint32_t>(slot); return true;
    case raw_type::hex64: put_hex<std::uint64_t>(slot); return true;
    case raw_type::binary: put_hex_bytes(slot); return true;
    default: return put_number(slot);
    }
}

void TextBuffer::put_shown(Slot slot, Escape escape, std::byte const* readable_end)
{
    if (slot.type == raw_type::utf16) {
        auto size = slot.size & ~1U;
        while (size >= 2 && load<std::uint16_t>(slot.bytes + size - 2) == 0)
            size -= 2;
        ByteView const text { slot.bytes, size };
        switch (escape) {
        case Escape::xml_text: put_utf16<Escape::xml_text>(text, readable_end); return;
        case Escape::xml_attribute: put_utf16<Escape::xml_attribute>(text, readable_end); return;
        case Escape::json: put_utf16<Escape::json>(text, readable_end); return;
        }
    }
    if (put_fixed(slot))
        return;
    m_text.clear();
    append_shown(m_text, slot.type, slot.view());
    put_utf8(m_text, escape);
}

void TextBuffer::put_typed(Slot slot, std::byte const* readable_end)
{
    if (slot.type != raw_type::utf16 && put_number(slot))
        return;
    put('"');
    put_shown(slot, Escape::json, readable_end);
    put('"');
}

}
