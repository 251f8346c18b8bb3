// How a binary value reads in XML and JSON of event logs (Windows' own forms: GUIDs in braces and lower case, seven
// digits of a second). Not the canonical text of record/event.hpp, which rules match.
#pragma once
#include "formats/evtx/program.hpp"
#include <string>

namespace konseki::evtx {

// Text without any escaping.
void append_shown(std::string& target, std::uint8_t type, ByteView bytes);
// The first byte that may need an escape, or the text's size. May stop early, never late.
enum class Special : std::uint8_t { xml, json };
std::size_t first_special(std::string_view text, Special special);
// Escaped for XML 1.0 and JSON (no quotes around it). UTF-8 with lone surrogates: XML has no way to say them, JSON has.
void append_xml_text(std::string& target, std::string_view text, bool in_attribute);
void append_json_text(std::string& target, std::string_view text);
// Null, nothing, or a text of zeros only.
bool is_zero_text(ByteView bytes);
inline bool is_blank(std::uint8_t type, ByteView bytes)
{
    if (type == raw_type::null || bytes.empty())
        return true;
    return (type == raw_type::utf16 || type == raw_type::ansi) && bytes.front() == std::byte { 0 }
    && is_zero_text(bytes);
}
inline bool is_array(std::uint8_t type)
{
    return (type & raw_type::array_bit) != 0;
}

// The items of an array. `take(type, bytes)` for each.

template <typename Take> void for_each_item(std::uint8_t type, ByteView bytes, Take&& take)
{
    auto const item_type = static_cast<std::uint8_t>(type & ~raw_type::array_bit);
    std::size_t const unit = item_type == raw_type::utf16 ? 2 : item_type == raw_type::ansi ? 1 : 0;
    if (unit != 0) {
        // Zero-separated; the last zero ends the list.
        for (std::size_t begin = 0; begin < bytes.size();) {
            auto end = begin;
            while (end + unit <= bytes.size()
                && (bytes[end] != std::byte { 0 } || (unit == 2 && bytes[end + 1] != std::byte { 0 })))
                end += unit;
            end = end < bytes.size() ? end : bytes.size();
            take(item_type, ByteView { bytes.data() + begin, end - begin });
            begin = end + unit;
        }
        return;
    }
    for (std::size_t at = 0; at < bytes.size();) {
        std::size_t size = fixed_size(item_type);
        if (item_type == raw_type::sid && bytes.size() - at >= 8)
            size = 8 + 4 * std::to_integer<std::size_t>(bytes[at + 1]);
        if (size == 0 || size > bytes.size() - at)
            size = bytes.size() - at;
        take(item_type, ByteView { bytes.data() + at, size });
        at += size;
    }
}

}
