#include "app/terminal_text.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

namespace konseki::app {

bool is_unsafe(char32_t c)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return true;
    if (c < 0x300)
        return c == 0xad; // soft hyphen: shown or not as the terminal likes
    return c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f)
        || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xd800 && c <= 0xdfff)
        || (c >= 0xe0000 && c <= 0xe0fff);
}

static void append_escape(std::string& target, char32_t c)
{
    switch (c) {
    case U'\n': target += "\\n"; return;
    case U'\r': target += "\\r"; return;
    case U'\t': target += "\\t"; return;
    default: break;
    }
    if (c < 0x80)
        append_format(target, "\\x{:02x}", static_cast<std::uint32_t>(c));
    else
        append_format(target, "\\u{{{:x}}}", static_cast<std::uint32_t>(c));
}

enum class Breaks { escaped, kept };

static void append_safe(std::string& target, std::string_view text, Breaks breaks)
{
    std::size_t position = 0;
    while (position < text.size()) {
        auto const start = position;
        auto const c = utf8::next(text, position);
        if (c == utf8::invalid)
            append_format(target, "\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(text[start])));
        else if (breaks == Breaks::kept && (c == U'\n' || c == U'\t'))
            target += static_cast<char>(c);
        else if (is_unsafe(c))
            append_escape(target, c);
        else
            target += text.substr(start, position - start);
    }
}

void append_terminal_safe(std::string& target, std::string_view text)
{
    append_safe(target, text, Breaks::escaped);
}

std::string terminal_safe(std::string_view text)
{
    std::string target;
    append_safe(target, text, Breaks::escaped);
    return target;
}

std::string terminal_safe_lines(std::string_view text)
{
    std::string target;
    append_safe(target, text, Breaks::kept);
    return target;
}

std::string terminal_safe_json(std::string_view json)
{
    std::string target;
    std::size_t position = 0;
    while (position < json.size()) {
        auto const start = position;
        auto const c = utf8::next(json, position);
        if (c == utf8::invalid)
            target += "\\ufffd";
        else if (c < 0x7f
            || !is_unsafe(c)) // below: JSON itself escapes control characters; breaks stand between tokens
            target += json.substr(start, position - start);
        else if (c < 0x10000)
            append_format(target, "\\u{:04x}", static_cast<std::uint32_t>(c));
        else
            append_format(target, "\\u{:04x}\\u{:04x}", 0xd800 + ((static_cast<std::uint32_t>(c) - 0x10000) >> 10),
                0xdc00 + ((static_cast<std::uint32_t>(c) - 0x10000) & 0x3ff));
    }
    return target;
}

// [Unicode EastAsianWidth] the blocks that terminals draw in two cells; enough for Japanese, Chinese, Korean and emoji.
static std::size_t width_of(char32_t c)
{
    if (c < 0x300)
        return 1;
    if (c <= 0x36f || (c >= 0x3099 && c <= 0x309a) || (c >= 0xfe00 && c <= 0xfe0f))
        return 0;
    bool const is_wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3)
        || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60)
        || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
    return is_wide ? 2 : 1;
}

std::size_t display_width(std::string_view text)
{
    std::size_t width = 0;
    for (std::size_t position = 0; position < text.size();)
        width += width_of(utf8::next(text, position));
    return width;
}

std::string cut_to_width(std::string_view text, std::size_t width)
{
    if (text.size() <= width || display_width(text) <= width)
        return std::string(text);
    std::size_t used = 0;
    std::size_t position = 0;
    while (position < text.size()) {
        auto before = position;
        auto const cells = width_of(utf8::next(text, position));
        if (used + cells + 1 > width) {
            position = before;
            break;
        }
        used += cells;
    }
    std::string cut { text.substr(0, position) };
    if (width > 0)
        cut += "…";
    return cut;
}

}
