#include "base/utf8.hpp"

namespace konseki::utf8 {

namespace {
constexpr bool is_continuation(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}
}

char32_t next(std::string_view text, std::size_t& position)
{
    auto const byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    auto const lead = byte(position);
    auto const left = text.size() - position;
    if (lead < 0x80) {
        ++position;
        return lead;
    }
    std::size_t size = 0;
    char32_t code_point = 0;
    char32_t smallest = 0;
    if ((lead & 0xe0) == 0xc0) {
        size = 2, code_point = lead & 0x1f, smallest = 0x80;
    } else if ((lead & 0xf0) == 0xe0) {
        size = 3, code_point = lead & 0x0f, smallest = 0x800;
    } else if ((lead & 0xf8) == 0xf0) {
        size = 4, code_point = lead & 0x07, smallest = 0x10000;
    }
    if (size == 0 || size > left) {
        ++position;
        return invalid;
    }
    for (std::size_t i = 1; i < size; ++i) {
        auto const c = byte(position + i);
        if (!is_continuation(c)) {
            ++position;
            return invalid;
        }
        code_point = (code_point << 6) | (c & 0x3f);
    }
    if (code_point < smallest || code_point >= invalid) {
        ++position;
        return invalid;
    }
    position += size;
    return code_point;
}

void append(std::string& target, char32_t c)
{
    auto const put = [&](char32_t byte) { target += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0 | (c >> 6));
        put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        put(0xe0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3f));
        put(0x80 | (c & 0x3f));
    } else {
        put(0xf0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3f));
        put(0x80 | ((c >> 6) & 0x3f));
        put(0x80 | (c & 0x3f));
    }
}

bool is_valid(std::string_view text)
{
    for (std::size_t position = 0; position < text.size();) {
        if (next(text, position) == invalid)
            return false;
    }
    return true;
}

std::string repaired(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    std::size_t kept = 0; // up to here the result is written
    for (std::size_t position = 0; position < text.size();) {
        auto const start = position;
        if (static_cast<unsigned char>(text[start]) < 0x80) {
            ++position;
            continue;
        }
        if (next(text, position) != invalid)
            continue;
        result.append(text, kept, start - kept);
        result += "\xef\xbf\xbd"; // U+FFFD
        kept = position;
    }
    result.append(text, kept);
    return result;
}

}
