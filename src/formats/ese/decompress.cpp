#include "formats/ese/decompress.hpp"
#include "bytes/byte_reader.hpp"

namespace konseki::ese {

namespace {

enum class Scheme : std::uint8_t { none, seven_bit_ascii, seven_bit_utf16, xpress, scrubbed, xpress9, xpress10 };

// [compression.cxx] the low three bits of the first byte: how many bits of the last byte are used, less one.
std::vector<std::byte> unpack_seven_bit(ByteView packed, std::uint32_t bits_of_last_byte, bool is_utf16)
{
    std::uint64_t const bits = packed.empty() ? 0 : (packed.size() - 1) * 8 + bits_of_last_byte;
    std::vector<std::byte> text;
    text.reserve(bits / 7 * (is_utf16 ? 2 : 1));
    std::uint32_t window = 0, filled = 0;
    std::size_t next = 0;
    for (std::uint64_t left = bits / 7; left > 0; --left) {
        if (filled < 7) {
            window |= std::to_integer<std::uint32_t>(packed[next++]) << filled;
            filled += 8;
        }
        text.push_back(static_cast<std::byte>(window & 0x7fU));
        if (is_utf16)
            text.push_back(std::byte { 0 });
        window >>= 7;
        filled -= 7;
    }
    return text;
}

// Lengths grow through a shared half byte, a byte, 16 and 32 bits. [MS-XCA] 2.4.4
struct MatchReader {
    ByteReader& reader;
    std::optional<std::uint8_t> half_byte {}; // the upper half of one that was read before

    std::uint64_t length(std::uint32_t token)
    {
        std::uint64_t length = token & 7U;
        if (length == 7) {
            length += half();
            if (length == 7 + 15)
                length = long_length();
        }
        return length + 3;
    }

private:
    std::uint32_t half()
    {
        if (half_byte) {
            std::uint32_t const upper = *half_byte >> 4U;
            half_byte.reset();
            return upper;
        }
        half_byte = reader.u8("ese.xpress.length");
        return *half_byte & 15U;
    }
    std::uint64_t long_length()
    {
        std::uint64_t length = reader.u8("ese.xpress.length");
        if (length != 255)
            return length + 7 + 15;
        length = reader.u16("ese.xpress.length");
        if (length == 0)
            length = reader.u32("ese.xpress.length");
        if (length < 7 + 15)
            reader.fail({ ErrorCode::bad_value, "ese.xpress.length", reader.offset(), 22, length, {} });
        return length;
    }
};

Result<void> unpack_xpress(ByteReader& reader, std::uint64_t size_bytes, std::vector<std::byte>& target)
{
    MatchReader matches { reader };
    std::uint32_t flags = 0, flags_left = 0;
    while (target.size() < size_bytes) {
        if (flags_left == 0) {
            flags = reader.u32("ese.xpress.flags");
            flags_left = 32;
        }
        --flags_left;
        if ((flags >> flags_left & 1U) == 0) {
            auto const literal = static_cast<std::byte>(reader.u8("ese.xpress.literal"));
            TRY(reader.status());
            target.push_back(literal);
            continue;
        }
        std::uint32_t const token = reader.u16("ese.xpress.match");
        auto const distance = (token >> 3) + 1;
        auto const length = matches.length(token);
        TRY(reader.status());
        if (distance > target.size())
            return Error { ErrorCode::bad_offset, "ese.xpress.distance", reader.offset(), distance, target.size(), {} };
        if (length > size_bytes - target.size())
            return Error { ErrorCode::bad_value, "ese.xpress.length", reader.offset(), length,
                size_bytes - target.size(), {} };
        for (std::uint64_t i = 0; i < length; ++i)
            target.push_back(target[target.size() - distance]);
    }
    return {};
}

}

Result<std::vector<std::byte>> decompress_xpress(
    ByteView compressed, std::uint64_t size_bytes, std::vector<std::byte>* partial)
{
    std::vector<std::byte> target;
    ByteReader reader { compressed };
    auto const done = unpack_xpress(reader, size_bytes, target);
    if (done.ok())
        return target;
    if (partial != nullptr)
        *partial = std::move(target);
    return done.error();
}

Result<std::vector<std::byte>> decompress(ByteView compressed, std::vector<std::byte>* partial)
{
    ByteReader reader { compressed };
    auto const first = reader.u8("ese.compression");
    TRY(reader.status());
    switch (static_cast<Scheme>(first >> 3)) {
    case Scheme::seven_bit_ascii: return unpack_seven_bit(reader.rest(), (first & 7U) + 1, false);
    case Scheme::seven_bit_utf16: return unpack_seven_bit(reader.rest(), (first & 7U) + 1, true);
    case Scheme::xpress: {
        auto const size_bytes = reader.u16("ese.xpress.size");
        TRY(reader.status());
        return decompress_xpress(reader.rest(), size_bytes, partial);
    }
    case Scheme::none:
    case Scheme::scrubbed:
    case Scheme::xpress9:
    case Scheme::xpress10: break;
    }
    return Error { ErrorCode::unsupported, "ese.compression", 0, 0, first, {} };
}

}
