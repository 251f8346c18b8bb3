#include "bytes/utf16.hpp"
#include "base/utf8.hpp"
#include <bit>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace konseki {

namespace {

// Writes ASCII code units from `position` on to `target`; gives the number of units written.
std::size_t append_ascii_run(std::string& target, std::byte const* units, std::size_t unit_count)
{
    std::size_t done = 0;
#if defined(__SSE2__)
    auto const non_ascii = _mm_set1_epi16(static_cast<short>(0xff80));
    while (unit_count - done >= 8) {
        __m128i block;
        std::memcpy(&block, units + done * 2, sizeof block);
        if (_mm_movemask_epi8(_mm_cmpeq_epi16(_mm_and_si128(block, non_ascii), _mm_setzero_si128())) != 0xffff)
            break;
        auto const packed = _mm_packus_epi16(block, block);
        char eight[8];
        _mm_storel_epi64(reinterpret_cast<__m128i*>(eight), packed); // NOLINT: the intrinsic's own pointer type
        target.append(eight, 8);
        done += 8;
    }
#endif
    while (done < unit_count) {
        if (units[done * 2 + 1] != std::byte { 0 } || (units[done * 2] & std::byte { 0x80 }) != std::byte { 0 })
            break;
        target += static_cast<char>(units[done * 2]);
        ++done;
    }
    return done;
}

// The ASCII that the text begins with, and mostly is: room is made once and bytes are written in place.
std::size_t append_ascii_prefix(std::string& target, std::byte const* units, std::size_t unit_count)
{
    auto const old_size = target.size();
    target.resize(old_size + unit_count);
    auto* const out = target.data() + old_size;
    std::size_t done = 0;
#if defined(__SSE2__)
    auto const put_eight = [&](std::size_t at) { // false, and nothing put, where one of them is not ASCII
        __m128i block;
        std::memcpy(&block, units + at * 2, sizeof block);
        auto const high_bits = _mm_and_si128(block, _mm_set1_epi16(static_cast<short>(0xff80)));
        if (_mm_movemask_epi8(_mm_cmpeq_epi16(high_bits, _mm_setzero_si128())) != 0xffff)
            return false;
        auto const packed = _mm_packus_epi16(block, block);
        std::memcpy(out + at, &packed, 8);
        return true;
    };
    while (unit_count - done >= 8 && put_eight(done))
        done += 8;
    if (unit_count >= 8 && unit_count - done < 8 && put_eight(unit_count - 8)) // the rest, and again some before it
        done = unit_count;
#endif
    for (; done < unit_count; ++done) {
        if (units[done * 2 + 1] != std::byte { 0 } || (units[done * 2] & std::byte { 0x80 }) != std::byte { 0 })
            break;
        out[done] = static_cast<char>(units[done * 2]);
    }
    target.resize(old_size + done);
    return done;
}

char32_t unit_at(std::byte const* units, std::size_t index)
{
    return std::to_integer<char32_t>(units[index * 2]) | (std::to_integer<char32_t>(units[index * 2 + 1]) << 8);
}

}

void append_utf16le(std::string& target, ByteView utf16)
{
    auto const unit_count = utf16.size() / 2;
    auto const* const units = utf16.data();
    for (std::size_t i = append_ascii_prefix(target, units, unit_count); i < unit_count;) {
        i += append_ascii_run(target, units + i * 2, unit_count - i);
        if (i == unit_count)
            break;
        auto code_point = unit_at(units, i++);
        if (code_point >= 0xd800 && code_point < 0xdc00 && i < unit_count) {
            auto const low = unit_at(units, i);
            if (low >= 0xdc00 && low < 0xe000) {
                code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
                ++i;
            }
        }
        utf8::append(target, code_point);
    }
}

std::string utf8_from_utf16le(ByteView utf16)
{
    std::string text;
    text.reserve(utf16.size() / 2);
    append_utf16le(text, utf16);
    return text;
}

ByteView until_zero_utf16(ByteView utf16)
{
    std::size_t i = 0;
#if defined(__SSE2__)
    auto const whole = utf16.size() & ~std::size_t { 1 };
    auto const zeros_at = [&](std::size_t at) { // one bit a byte
        __m128i block;
        std::memcpy(&block, utf16.data() + at, sizeof block);
        return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi16(block, _mm_setzero_si128())));
    };
    for (; whole - i >= 16; i += 16) {
        if (auto const zeros = zeros_at(i))
            return utf16.first(i + static_cast<std::size_t>(std::countr_zero(zeros)));
    }
    if (whole >= 16) { // the rest, and again some before it that is known to hold none
        auto const zeros = zeros_at(whole - 16);
        return zeros == 0 ? utf16 : utf16.first(whole - 16 + static_cast<std::size_t>(std::countr_zero(zeros)));
    }
#endif
    for (; i + 1 < utf16.size(); i += 2) {
        if (utf16[i] == std::byte { 0 } && utf16[i + 1] == std::byte { 0 })
            return utf16.first(i);
    }
    return utf16;
}

std::string utf16le_from_utf8(std::string_view text)
{
    std::string units;
    auto const put = [&](char32_t unit) {
        units += static_cast<char>(static_cast<unsigned char>(unit & 0xff));
        units += static_cast<char>(static_cast<unsigned char>(unit >> 8));
    };
    for (std::size_t position = 0; position < text.size();) {
        auto code_point = utf8::next(text, position);
        if (code_point == utf8::invalid)
            code_point = 0xfffd;
        if (code_point >= 0x10000) {
            put(0xd800 + ((code_point - 0x10000) >> 10));
            put(0xdc00 + ((code_point - 0x10000) & 0x3ff));
        } else {
            put(code_point);
        }
    }
    return units;
}

}
