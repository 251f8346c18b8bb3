#include "store/stored_text.hpp"
#include "base/utf8.hpp"
#include <cstdint>
#include <cstring>

namespace konseki::store {

namespace {

constexpr char32_t escape_base = 0x10ff00;

bool is_plain(char32_t c)
{
    bool const is_surrogate = c >= 0xd800 && c <= 0xdfff;
    return c < escape_base && !is_surrogate;
}

// The length of the run of ASCII from position on, eight bytes at a time.
std::size_t skip_ascii(std::string_view text, std::size_t position)
{
    constexpr std::uint64_t high_bits = 0x8080808080808080ULL;
    while (text.size() - position >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + position, 8);
        if ((word & high_bits) != 0)
            break;
        position += 8;
    }
    while (position < text.size() && static_cast<unsigned char>(text[position]) < 0x80)
        ++position;
    return position;
}

}

bool needs_escape(std::string_view text)
{
    for (auto position = skip_ascii(text, 0); position < text.size(); position = skip_ascii(text, position)) {
        if (!is_plain(utf8::next(text, position)))
            return true;
    }
    return false;
}

void append_escaped(std::string& target, std::string_view text)
{
    for (std::size_t position = 0; position < text.size();) {
        auto const start = position;
        if (is_plain(utf8::next(text, position))) {
            target.append(text, start, position - start);
            continue;
        }
        for (auto i = start; i < position; ++i)
            utf8::append(target, escape_base + static_cast<unsigned char>(text[i]));
    }
}

// U+10FF00…U+10FFFF is F4 8F BC 80 … F4 8F BF BF.
bool is_escaped(std::string_view stored)
{
    for (auto at = stored.find('\xf4'); at != std::string_view::npos; at = stored.find('\xf4', at + 1)) {
        if (stored.size() - at >= 4 && stored[at + 1] == '\x8f' && static_cast<unsigned char>(stored[at + 2]) >= 0xbc)
            return true;
    }
    return false;
}

void append_unescaped(std::string& target, std::string_view stored)
{
    for (std::size_t position = 0; position < stored.size();) {
        auto const start = position;
        auto const c = utf8::next(stored, position);
        if (c >= escape_base && c < utf8::invalid)
            target += static_cast<char>(static_cast<unsigned char>(c - escape_base));
        else
            target.append(stored, start, position - start);
    }
}

std::string unescaped(std::string_view stored)
{
    if (!is_escaped(stored))
        return std::string(stored);
    std::string text;
    append_unescaped(text, stored);
    return text;
}

}
