#include "formats/evtx/value_format.hpp"
#include "base/identity.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "formats/evtx/layout.hpp"
#include <cmath>

namespace konseki::evtx {

namespace {

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

void append_system_time(std::string& target, ByteView bytes)
{
    auto const field = [&](std::size_t index) { return load<std::uint16_t>(bytes.data() + index * 2); };
    append_format(target, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}0000Z", field(0), field(1), field(3), field(4),
        field(5), field(6), field(7));
}

}

bool is_blank(std::uint8_t type, ByteView bytes)
{
    if (type == raw_type::null || bytes.empty())
        return true;
    return (type == raw_type::utf16 || type == raw_type::ansi) && bytes.front() == std::byte { 0 }
    && is_all_zero(bytes);
}

bool is_array(std::uint8_t type)
{
    return (type & raw_type::array_bit) != 0;
}

void append_shown(std::string& target, std::uint8_t type, ByteView bytes)
{
    if (type == raw_type::guid && bytes.size() >= 16) {
        append_braced_guid(target, bytes);
        return;
    }
    if (type == raw_type::filetime && bytes.size() >= 8) {
        auto const at = Timestamp::from_filetime(load<std::uint64_t>(bytes.data()));
        if (at.is_set())
            append_iso8601(target, at);
        else
            target += "1601-01-01T00:00:00.0000000Z";
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
    append_value_text(target, { value_type(type, bytes.size()), bytes });
}

}
