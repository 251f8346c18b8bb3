#include "base/identity.hpp"
#include "base/text.hpp"

namespace konseki {

namespace {
constexpr int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<std::byte> hex_byte(std::string_view text, std::size_t position)
{
    auto const high = hex_digit(text[position]);
    auto const low = hex_digit(text[position + 1]);
    if (high < 0 || low < 0)
        return std::nullopt;
    return static_cast<std::byte>(high * 16 + low);
}

// Text order -> disk order of the 16 bytes.
constexpr std::array<std::size_t, 16> guid_order { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
}

std::optional<Guid> Guid::parse(std::string_view text)
{
    if (text.size() == 38 && text.front() == '{' && text.back() == '}')
        text = text.substr(1, 36);
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        return std::nullopt;
    Guid guid;
    std::size_t position = 0;
    for (auto const target : guid_order) {
        if (text[position] == '-')
            ++position;
        auto const byte = hex_byte(text, position);
        if (!byte)
            return std::nullopt;
        guid.bytes[target] = *byte;
        position += 2;
    }
    return guid;
}

void append_guid(std::string& target, ByteView bytes)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            target += '-';
        auto const byte = std::to_integer<unsigned>(bytes[guid_order[i]]);
        target += digits[byte >> 4];
        target += digits[byte & 15];
    }
}

std::string to_string(Guid const& guid)
{
    std::string text;
    append_guid(text, guid.bytes);
    return text;
}

std::optional<Sha256> Sha256::parse(std::string_view hex)
{
    if (hex.size() != 64)
        return std::nullopt;
    Sha256 digest;
    for (std::size_t i = 0; i < 32; ++i) {
        auto const byte = hex_byte(hex, i * 2);
        if (!byte)
            return std::nullopt;
        digest.bytes[i] = *byte;
    }
    return digest;
}

std::string to_string(Sha256 const& digest)
{
    std::string text;
    for (auto const byte : digest.bytes)
        append_format(text, "{:02x}", std::to_integer<unsigned>(byte));
    return text;
}

std::optional<TraceId> TraceId::parse(std::string_view text)
{
    auto const at = text.find('@');
    if (!text.starts_with('e') || at == std::string_view::npos)
        return std::nullopt;
    auto const evidence = parse_uint(text.substr(1, at - 1));
    auto const offset = parse_uint(text.substr(at + 1));
    if (!evidence || !offset || *evidence > UINT32_MAX)
        return std::nullopt;
    return TraceId { static_cast<EvidenceNumber>(*evidence), *offset };
}

std::string to_string(TraceId id)
{
    return format("e{}@{:#x}", id.evidence, id.offset);
}

}
