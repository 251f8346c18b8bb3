#include "base/text.hpp"
#include "base/utf8.hpp"
#include <array>
#include <charconv>

namespace konseki {

std::string ascii_lower(std::string_view text)
{
    std::string lowered(text);
    for (auto& c : lowered)
        c = ascii_lower(c);
    return lowered;
}

bool equals_ignoring_case(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (ascii_lower(a[i]) != ascii_lower(b[i]))
            return false;
    }
    return true;
}

std::string_view trim(std::string_view text)
{
    constexpr std::string_view white = " \t\r\n\v\f";
    auto const first = text.find_first_not_of(white);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    std::size_t start = 0;
    while (true) {
        auto const end = text.find(separator, start);
        if (end == std::string_view::npos)
            break;
        parts.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    parts.push_back(text.substr(start));
    return parts;
}

std::optional<std::int64_t> parse_int(std::string_view text)
{
    std::int64_t value = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc {} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

std::optional<std::uint64_t> parse_uint(std::string_view text)
{
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        text.remove_prefix(2);
        base = 16;
    }
    std::uint64_t value = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (failure != std::errc {} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

namespace {
void append_json_escape(std::string& target, char32_t c)
{
    switch (c) {
    case '"': target += "\\\""; break;
    case '\\': target += "\\\\"; break;
    case '\n': target += "\\n"; break;
    case '\r': target += "\\r"; break;
    case '\t': target += "\\t"; break;
    case '\b': target += "\\b"; break;
    case '\f': target += "\\f"; break;
    default: append_format(target, "\\u{:04x}", static_cast<std::uint32_t>(c));
    }
}

constexpr bool needs_json_escape(char c)
{
    auto const u = static_cast<unsigned char>(c);
    return u < 0x20 || c == '"' || c == '\\' || u == 0x7f || u == 0xed; // 0xed may begin a lone surrogate
}
}

void append_json_string(std::string& target, std::string_view utf8)
{
    target += '"';
    std::size_t start = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        if (!needs_json_escape(utf8[i]))
            continue;
        auto const c = static_cast<unsigned char>(utf8[i]);
        if (c == 0xed) {
            std::size_t next = i;
            auto const code_point = utf8::next(utf8, next);
            if (code_point < 0xd800 || code_point > 0xdfff)
                continue;
            target.append(utf8, start, i - start);
            append_json_escape(target, code_point);
            i = next - 1;
        } else {
            target.append(utf8, start, i - start);
            append_json_escape(target, c);
        }
        start = i + 1;
    }
    target.append(utf8, start, utf8.size() - start);
    target += '"';
}

std::string json_string(std::string_view utf8)
{
    std::string text;
    append_json_string(text, utf8);
    return text;
}

namespace {
constexpr bool is_deceptive(char32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f || (c >= 0x80 && c < 0xa0)
        || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff
        || (c >= 0xd800 && c <= 0xdfff) || c == 0xad || c == 0x61c || c == 0x180e || (c >= 0xfff9 && c <= 0xfffb)
        || (c >= 0xe0000 && c <= 0xe007f) || (c & 0xfffe) == 0xfffe; // soft hyphen, marks, tags, noncharacters
}

void append_html_character(std::string& target, std::string_view text, std::size_t& position)
{
    auto const start = position;
    auto const c = utf8::next(text, position);
    switch (c) {
    case '&': target += "&amp;"; return;
    case '<': target += "&lt;"; return;
    case '>': target += "&gt;"; return;
    case '"': target += "&quot;"; return;
    case '\'': target += "&#39;"; return;
    default: break;
    }
    if (is_deceptive(c) || c == utf8::invalid)
        append_format(target, "<span class=\"odd\">\\u{{{:x}}}</span>",
            static_cast<std::uint32_t>(c == utf8::invalid ? static_cast<unsigned char>(text[start]) : c));
    else
        target.append(text, start, position - start);
}
}

void append_html(std::string& target, std::string_view text)
{
    for (std::size_t position = 0; position < text.size();)
        append_html_character(target, text, position);
}

void append_csv_field(std::string& target, std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        target += text;
        return;
    }
    target += '"';
    for (char const c : text) {
        if (c == '"')
            target += '"';
        target += c;
    }
    target += '"';
}

char32_t fold(char32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c == 0xb5)
        return 0x3bc;
    if (c >= 0xc0 && c <= 0xde && c != 0xd7)
        return c + 32;
    if (c >= 0x100 && c <= 0x17f) {
        if (c == 0x130)
            return c;
        if (c == 0x178)
            return 0xff;
        if (c == 0x17f)
            return 's';
        bool const odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
        bool const is_upper = odd_upper ? (c & 1) == 1 : (c & 1) == 0;
        bool const has_pair = c != 0x131 && c != 0x138 && c != 0x149;
        return has_pair && is_upper ? c + 1 : c;
    }
    if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2)
        return c + 32;
    if (c == 0x3c2)
        return 0x3c3;
    if (c >= 0x400 && c <= 0x40f)
        return c + 80;
    if (c >= 0x410 && c <= 0x42f)
        return c + 32;
    if (c >= 0x460 && c <= 0x4ff && !(c >= 0x482 && c <= 0x489)) {
        if (c >= 0x4c1 && c <= 0x4ce)
            return (c & 1) == 1 ? c + 1 : c;
        return c == 0x4c0 ? 0x4cf : ((c & 1) == 0 ? c + 1 : c);
    }
    if (c == 0x212a)
        return 'k';
    if (c >= 0xff21 && c <= 0xff3a)
        return c + 32;
    return c;
}

std::string fold_utf8(std::string_view text)
{
    std::string folded;
    folded.reserve(text.size());
    for (std::size_t position = 0; position < text.size();) {
        if (static_cast<unsigned char>(text[position]) < 0x80) {
            folded += ascii_lower(text[position++]);
            continue;
        }
        auto const start = position;
        auto const c = utf8::next(text, position);
        if (c == utf8::invalid)
            folded += text[start];
        else
            utf8::append(folded, fold(c));
    }
    return folded;
}

std::string grouped(std::uint64_t number)
{
    auto digits = format("{}", number);
    for (auto position = static_cast<std::ptrdiff_t>(digits.size()) - 3; position > 0; position -= 3)
        digits.insert(static_cast<std::size_t>(position), 1, ',');
    return digits;
}

std::string size_text(std::uint64_t size_bytes)
{
    constexpr std::array<std::string_view, 6> units { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
    auto value = static_cast<double>(size_bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    return unit == 0 ? format("{} B", size_bytes) : format("{:.1f} {}", value, units[unit]);
}

}
