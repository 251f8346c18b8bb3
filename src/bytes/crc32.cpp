#include "bytes/crc32.hpp"
#include <zlib.h>
#if defined(__x86_64__)
#include <cstring>
#include <emmintrin.h>
#include <smmintrin.h>
#include <wmmintrin.h>
#endif

namespace konseki {

std::uint32_t crc32_portable(ByteView bytes, std::uint32_t previous)
{
    // zlib speaks unsigned char; any object may be read through it.
    auto const* const first
        = reinterpret_cast<unsigned char const*>(bytes.data()); // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
    return static_cast<std::uint32_t>(::crc32_z(previous, first, bytes.size()));
}

#if defined(__x86_64__)

namespace {

constexpr std::size_t fold_bytes_min = 64;

[[gnu::target("pclmul,sse4.1")]] __m128i load_block(std::byte const* at)
{
    __m128i block;
    std::memcpy(&block, at, sizeof block);
    return block;
}

// x^distance times the old remainder, plus the next bytes.
[[gnu::target("pclmul,sse4.1")]] __m128i fold(__m128i remainder, __m128i distance, __m128i next)
{
    auto const low = _mm_clmulepi64_si128(remainder, distance, 0x00);
    auto const high = _mm_clmulepi64_si128(remainder, distance, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// [Gopal et al., Fast CRC Computation for Generic Polynomials Using PCLMULQDQ, Intel 2009] four remainders of 128 bits
// run side by side, are folded into one and reduced to 32 bits. Whole blocks of 16 bytes, at least four of them.
[[gnu::target("pclmul,sse4.1")]] std::uint32_t crc32_folded(std::byte const* at, std::size_t size, std::uint32_t state)
{
    // x^(512+64), x^512, x^(128+64), x^128, x^96 modulo the polynomial, bit-reflected; then the polynomial and its
    // inverse of Barrett's reduction.
    auto const by_512 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
    auto const by_128 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
    auto const by_64 = _mm_set_epi64x(0, 0x163cd6124);
    auto const barrett = _mm_set_epi64x(0x1f7011641, 0x1db710641);
    auto a = _mm_xor_si128(load_block(at), _mm_cvtsi32_si128(static_cast<int>(state)));
    auto b = load_block(at + 16);
    auto c = load_block(at + 32);
    auto d = load_block(at + 48);
    for (at += 64, size -= 64; size >= 64; at += 64, size -= 64) {
        a = fold(a, by_512, load_block(at));
        b = fold(b, by_512, load_block(at + 16));
        c = fold(c, by_512, load_block(at + 32));
        d = fold(d, by_512, load_block(at + 48));
    }
    a = fold(fold(fold(a, by_128, b), by_128, c), by_128, d);
    for (; size >= 16; at += 16, size -= 16)
        a = fold(a, by_128, load_block(at));
    auto const low_32 = _mm_set_epi32(0, 0, 0, -1);
    auto rest = _mm_xor_si128(_mm_clmulepi64_si128(a, by_128, 0x10), _mm_srli_si128(a, 8));
    rest = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(rest, low_32), by_64, 0x00), _mm_srli_si128(rest, 4));
    auto quotient = _mm_clmulepi64_si128(_mm_and_si128(rest, low_32), barrett, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_32), barrett, 0x00);
    return static_cast<std::uint32_t>(_mm_extract_epi32(_mm_xor_si128(rest, quotient), 1));
}

bool can_fold()
{
    static bool const can = __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
    return can;
}

}

#endif

std::uint32_t crc32(ByteView bytes, std::uint32_t previous)
{
#if defined(__x86_64__)
    if (bytes.size() >= fold_bytes_min && can_fold()) {
        auto const folded = bytes.size() & ~std::size_t { 15 };
        previous = ~crc32_folded(bytes.data(), folded, ~previous);
        bytes = bytes.subspan(folded);
    }
#endif
    return bytes.empty() ? previous : crc32_portable(bytes, previous);
}

}
