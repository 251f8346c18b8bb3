#include "rules/search/raw_forms.hpp"
#include "base/identity.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include <algorithm>

namespace konseki::search {

namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

template <typename Allowed> bool all_of(std::string_view text, Allowed allowed)
{
    return std::all_of(text.begin(), text.end(), allowed);
}

bool is_in(std::string_view text, std::string_view whole)
{
    return whole.find(text) != std::string_view::npos;
}

// Whether the folded word can be part of what append_value_text makes of something that is no string
// (record/event.cpp).
bool can_be_rendered(std::string_view word)
{
    if (is_in(word, "true") || is_in(word, "false") || is_in(word, "-inf") || is_in(word, "-nan"))
        return true;
    if (all_of(word, [](char c) { return is_hex(c) || c == '-'; })) // integers, GUIDs, binary, SIDs behind their S
        return true;
    auto const behind_x
        = word.substr(0, 1) == "x" ? word.substr(1) : (word.substr(0, 2) == "0x" ? word.substr(2) : "?");
    if (all_of(behind_x, is_hex))
        return true;
    if (word.front() == 's' && all_of(word.substr(1), [](char c) { return is_digit(c) || c == '-'; }))
        return true;
    auto const dots = std::count(word.begin(), word.end(), '.');
    bool const is_time
        = all_of(word, [](char c) { return is_digit(c) || c == '-' || c == ':' || c == '.' || c == 't' || c == 'z'; });
    bool const is_real
        = all_of(word, [](char c) { return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e'; });
    return dots <= 1 && (is_time || is_real);
}

unsigned hex_value(char c)
{
    return static_cast<unsigned>(is_digit(c) ? c - '0' : c - 'a' + 10);
}

std::string bytes_of_hex(std::string_view digits)
{
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes += static_cast<char>(hex_value(digits[i]) << 4 | hex_value(digits[i + 1]));
    return bytes;
}

// A digest: longer than any number, without the dashes of a GUID, so only a binary value renders to it, at either
// nibble.
bool is_digest(std::string_view word)
{
    bool const has_letter = std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'f'; });
    return all_of(word, is_hex) && word.size() > (has_letter ? 16U : 20U);
}

// A SID with at least three sub-authorities: authority and sub-authorities as they lie in memory, without the last one,
// whose digits may go on. [MS-DTYP 2.4.2]
std::optional<std::string> bytes_of_sid(std::string_view word)
{
    auto const parts = split(word, '-');
    if (parts.size() < 6 || parts[0] != "s" || parts[1] != "1")
        return std::nullopt;
    std::string bytes;
    for (std::size_t i = 2; i + 1 < parts.size(); ++i) {
        auto const number = parse_uint(parts[i]);
        if (!number || parts[i].substr(0, 2) == "0x" || *number > UINT32_MAX
            || (parts[i].size() > 1 && parts[i][0] == '0'))
            return std::nullopt;
        for (int byte = 0; byte < (i == 2 ? 6 : 4); ++byte) {
            auto const shift = static_cast<unsigned>(i == 2 ? (5 - byte) * 8 : byte * 8);
            bytes += static_cast<char>((*number >> shift) & 0xff);
        }
    }
    return bytes;
}

// Entities, concatenated pieces and list separators break a text in memory: the longest stretch between them must be
// there whole.
std::u32string longest_stretch(std::string_view folded)
{
    std::u32string best;
    std::u32string current;
    for (std::size_t i = 0; i < folded.size();) {
        auto const c = utf8::next(folded, i);
        bool const breaks = c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' || c == ',' || c == utf8::invalid;
        if (breaks)
            current.clear();
        else if (!(current.empty() && c == ' ')) // the blank behind a list's comma
            current += c;
        if (current.size() > best.size())
            best = current;
    }
    return best;
}

}

std::optional<RawForms> raw_forms(std::string_view word)
{
    auto const folded = fold_utf8(word);
    if (folded.empty())
        return std::nullopt;
    RawForms forms;
    forms.text = longest_stretch(folded);
    if (forms.text.size() < 2)
        return std::nullopt;
    if (is_digest(folded)) {
        forms.bytes = { bytes_of_hex(folded), bytes_of_hex(std::string_view(folded).substr(1)) };
        return forms;
    }
    if (auto const guid = folded.size() == 36 ? Guid::parse(folded) : std::nullopt) {
        forms.bytes = { std::string(as_text(guid->bytes)) };
        return forms;
    }
    if (auto const sid = bytes_of_sid(folded)) {
        forms.bytes = { *sid };
        return forms;
    }
    if (can_be_rendered(folded))
        return std::nullopt;
    return forms;
}

}
