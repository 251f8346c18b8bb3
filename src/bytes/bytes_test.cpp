#include "bytes/byte_reader.hpp"
#include "bytes/crc32.hpp"
#include "bytes/sha256.hpp"
#include "bytes/utf16.hpp"
#include "support/samples.hpp"
#include <random>
#include <gtest/gtest.h>

namespace konseki {

TEST(ByteReader, FirstFailureSticksAndNamesTheField)
{
    auto const bytes = test::bytes_from_hex("01 0200 03000000");
    ByteReader reader { bytes, 0x1000 };
    EXPECT_EQ(reader.u8("a"), 1);
    EXPECT_EQ(reader.u16("b"), 2);
    EXPECT_EQ(reader.u64("c"), 0U);
    EXPECT_EQ(reader.u8("d"), 0) << "there are bytes left, but the reader has failed";
    auto const status = reader.status();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().what, "c");
    EXPECT_EQ(status.error().offset, 0x1003U);
    EXPECT_EQ(status.error().need, 8U);
    EXPECT_EQ(status.error().have, 4U);
}

TEST(ByteReader, RefusesACountWhoseItemsCannotFit)
{
    auto const bytes = test::bytes_from_hex("00000000 00000000");
    ByteReader fits { bytes };
    EXPECT_EQ(fits.count(2, 4, "items"), 2U);
    EXPECT_TRUE(fits.status().ok());
    ByteReader hostile { bytes };
    EXPECT_EQ(hostile.count(0xffff'ffff, 4, "items"), 0U);
    EXPECT_EQ(hostile.status().error().code, ErrorCode::bad_count);
}

TEST(ByteReader, SeekAndSliceStayInside)
{
    auto const bytes = test::bytes_from_hex("00112233");
    ByteReader reader { bytes };
    reader.seek(4, "end");
    EXPECT_EQ(reader.remaining(), 0U);
    reader.seek(5, "behind");
    EXPECT_TRUE(reader.failed());
    EXPECT_TRUE(slice(bytes, 4, 0, "empty").ok());
    EXPECT_FALSE(slice(bytes, 1, 4, "too much").ok());
    EXPECT_FALSE(slice(bytes, UINT64_MAX, 2, "wraps").ok());
}

TEST(Utf16, AsciiRunsOfEveryLengthAndPlace)
{
    for (std::size_t size = 0; size < 40; ++size) {
        for (std::size_t odd = 0; odd <= size; ++odd) {
            std::string text(size, 'a');
            if (odd < size)
                text.replace(odd, 1, "é");
            EXPECT_EQ(utf8_from_utf16le(as_bytes(utf16le_from_utf8(text))), text);
        }
    }
}

TEST(Utf16, LoneSurrogatesStayAsWtf8)
{
    auto const bytes = test::bytes_from_hex("00d8 4100 00dc 3dd8 00de");
    EXPECT_EQ(utf8_from_utf16le(bytes),
        "\xed\xa0\x80"
        "A\xed\xb0\x80😀");
}

TEST(Utf16, StopsAtTheFirstZeroOnWholeUnits)
{
    auto const bytes = test::bytes_from_hex("4100 0042 0000 4300");
    EXPECT_EQ(until_zero_utf16(bytes).size(), 4U) << "00 42 is a character, not a zero";
}

TEST(Utf16, VectorsSayWhatSingleUnitsSay)
{
    std::string const letters = utf16le_from_utf8("abcdefghijklmnopqrstuvwxyzabcdefghijklmn");
    for (std::size_t size = 0; size <= letters.size(); ++size) { // odd ones too: half a unit behind the last
        auto const whole = size & ~std::size_t { 1 };
        auto const text = as_bytes(letters).first(size);
        EXPECT_EQ(until_zero_utf16(text).size(), size);
        EXPECT_EQ(utf8_from_utf16le(text).size(), size / 2);
        for (std::size_t at = 0; at < whole; at += 2) {
            auto other = letters.substr(0, size);
            other[at] = '\0';
            EXPECT_EQ(until_zero_utf16(as_bytes(other)).size(), at) << size;
            other[at] = '\xe4'; // U+00E4: two bytes
            auto const converted = utf8_from_utf16le(as_bytes(other));
            EXPECT_EQ(converted.size(), size / 2 + 1);
            EXPECT_EQ(converted.substr(at / 2, 2), "\u00e4") << size << " bytes, at " << at;
            other[at + 1] = '\x4e'; // U+4EE4
            EXPECT_EQ(utf8_from_utf16le(as_bytes(other)).substr(at / 2, 3), "\u4ee4") << size << " bytes, at " << at;
        }
    }
}

TEST(Hashes, KnownAnswers)
{
    EXPECT_EQ(to_string(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(crc32(as_bytes("123456789")), 0xcbf43926U);
    EXPECT_EQ(crc32(as_bytes("6789"), crc32(as_bytes("12345"))), 0xcbf43926U);
}

TEST(Crc32, IsTheSameByVectorAndByTable)
{
    std::mt19937 random { 11 };
    std::string text(5000, '\0');
    for (auto& c : text)
        c = static_cast<char>(random());
    for (std::size_t offset = 0; offset < 17; ++offset) {
        for (std::size_t size = 0; size < 600; ++size) {
            auto const bytes = as_bytes(text).subspan(offset, size);
            auto const previous = static_cast<std::uint32_t>(random());
            ASSERT_EQ(crc32(bytes, previous), crc32_portable(bytes, previous)) << size << " bytes at " << offset;
        }
    }
    EXPECT_EQ(crc32(as_bytes(text)), crc32_portable(as_bytes(text)));
}

TEST(Hashes, StreamingEqualsAtOnce)
{
    std::mt19937 random { 7 };
    std::string text(10'000, '\0');
    for (auto& c : text)
        c = static_cast<char>(random());
    Sha256Hasher hasher;
    for (std::size_t start = 0; start < text.size(); start += 777)
        hasher.add(as_bytes(std::string_view(text).substr(start, 777)));
    EXPECT_EQ(hasher.finish(), sha256(as_bytes(text)));
    hasher.add(as_bytes("abc"));
    EXPECT_EQ(hasher.finish(), sha256(as_bytes("abc"))) << "finish() starts anew";
}

}
