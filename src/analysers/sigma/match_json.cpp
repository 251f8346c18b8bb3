#include "analysers/sigma/match_json.hpp"
#include "base/utf8.hpp"
#include <optional>

namespace konseki::sigma {

namespace {

std::optional<char32_t> hex4(std::string_view json, std::size_t position)
{
    if (position > json.size() || json.size() - position < 4)
        return std::nullopt;
    char32_t value = 0;
    for (auto const c : json.substr(position, 4)) {
        auto const digit = c >= '0' && c <= '9' ? c - '0'
            : c >= 'a' && c <= 'f'              ? c - 'a' + 10
            : c >= 'A' && c <= 'F'              ? c - 'A' + 10
                                                : -1;
        if (digit < 0)
            return std::nullopt;
        value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
}

// At the character behind \; moves behind the escape.
bool append_escape(std::string& text, std::string_view json, std::size_t& position)
{
    switch (auto const c = json[position++]) {
    case 'n': text += '\n'; return true;
    case 't': text += '\t'; return true;
    case 'r': text += '\r'; return true;
    case 'b': text += '\b'; return true;
    case 'f': text += '\f'; return true;
    case 'u': {
        auto value = hex4(json, position);
        if (!value)
            return false;
        position += 4;
        if (*value >= 0xd800 && *value < 0xdc00 && json.substr(position, 2) == "\\u") {
            auto const low = hex4(json, position + 2);
            if (low && *low >= 0xdc00 && *low < 0xe000) {
                value = 0x10000 + ((*value - 0xd800) << 10U) + (*low - 0xdc00);
                position += 6;
            }
        }
        utf8::append(text, *value);
        return true;
    }
    default: text += c; return true;
    }
}

// At the opening quote; moves behind the closing one.
std::optional<std::string> read_string(std::string_view json, std::size_t& position)
{
    std::string text;
    for (++position; position < json.size();) {
        auto const c = json[position++];
        if (c == '"')
            return text;
        if (c != '\\') {
            text += c;
            continue;
        }
        if (position >= json.size() || !append_escape(text, json, position))
            return std::nullopt;
    }
    return std::nullopt;
}

}

// Strings come in pairs in both shapes; what stands between them does not matter.
std::vector<std::pair<std::string, std::string>> read_pairs(std::string_view json)
{
    std::vector<std::pair<std::string, std::string>> pairs;
    std::optional<std::string> name;
    for (std::size_t position = 0; position < json.size();) {
        if (json[position] != '"') {
            ++position;
            continue;
        }
        auto text = read_string(json, position);
        if (!text)
            return pairs;
        if (!name) {
            name = std::move(text);
        } else {
            pairs.emplace_back(std::move(*name), std::move(*text));
            name.reset();
        }
    }
    return pairs;
}

}
