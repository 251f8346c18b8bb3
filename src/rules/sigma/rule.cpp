#include "rules/sigma/rule.hpp"
#include <array>

namespace konseki::sigma {

std::string_view reason_name(Reason reason)
{
    constexpr std::array<std::string_view, 16> names { "yaml", "limit", "not_sigma", "detection", "condition",
        "modifier", "value", "placeholder", "unmapped", "no_evidence", "aggregation", "correlation", "reference",
        "filter", "pipeline", "duplicate" };
    return names[static_cast<std::size_t>(reason)];
}

std::string_view comparison_sign(Comparison comparison)
{
    constexpr std::array<std::string_view, 6> signs { "=", "!=", "<", "<=", ">", ">=" };
    return signs[static_cast<std::size_t>(comparison)];
}

std::string_view correlation_type_name(CorrelationType type)
{
    constexpr std::array<std::string_view, 8> names { "event_count", "value_count", "temporal", "temporal_ordered",
        "value_sum", "value_avg", "value_percentile", "value_median" };
    return names[static_cast<std::size_t>(type)];
}

std::string to_string(LogSource const& source)
{
    std::string text;
    for (auto const* part : { &source.product, &source.category, &source.service }) {
        if (part->empty())
            continue;
        if (!text.empty())
            text += '/';
        text += *part;
    }
    return text.empty() ? "(none)" : text;
}

namespace {

void append_literal(Pattern& pattern, std::string_view text)
{
    if (text.empty())
        return;
    if (!pattern.empty() && pattern.back().kind == Token::Kind::literal)
        pattern.back().text += text;
    else
        pattern.push_back({ Token::Kind::literal, std::string(text) });
}

// Splits %name% out of the text; an odd percent sign stays text.
void append_with_placeholders(Pattern& pattern, std::string_view text)
{
    while (true) {
        auto const begin = text.find('%');
        auto const end = begin == std::string_view::npos ? begin : text.find('%', begin + 1);
        if (end == std::string_view::npos || end == begin + 1) {
            append_literal(pattern, text);
            return;
        }
        append_literal(pattern, text.substr(0, begin));
        pattern.push_back({ Token::Kind::placeholder, std::string(text.substr(begin + 1, end - begin - 1)) });
        text.remove_prefix(end + 1);
    }
}

}

// [2.1, escaping] The backslash escapes * ? and itself and is plain text before anything else. "\\*" is a backslash and
// a wildcard.
Pattern parse_pattern(std::string_view text)
{
    Pattern pattern;
    std::string literal;
    auto const flush = [&] {
        append_literal(pattern, literal);
        literal.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (c == '\\' && i + 1 < text.size() && (text[i + 1] == '*' || text[i + 1] == '?' || text[i + 1] == '\\')) {
            literal += text[++i];
        } else if (c == '*') {
            flush();
            if (pattern.empty() || pattern.back().kind != Token::Kind::many)
                pattern.push_back({ Token::Kind::many, {} });
        } else if (c == '?') {
            flush();
            pattern.push_back({ Token::Kind::one, {} });
        } else {
            literal += c;
        }
    }
    flush();
    return pattern;
}

Pattern insert_placeholders(Pattern const& pattern)
{
    Pattern expanded;
    for (auto const& token : pattern) {
        if (token.kind == Token::Kind::literal)
            append_with_placeholders(expanded, token.text);
        else
            expanded.push_back(token);
    }
    return expanded;
}

Pattern parse_pattern_with_placeholders(std::string_view text)
{
    return insert_placeholders(parse_pattern(text));
}

std::string to_string(Pattern const& pattern)
{
    std::string text;
    for (auto const& token : pattern) {
        switch (token.kind) {
        case Token::Kind::many: text += '*'; break;
        case Token::Kind::one: text += '?'; break;
        case Token::Kind::placeholder: text += '%' + token.text + '%'; break;
        case Token::Kind::literal:
            for (char const c : token.text) {
                if (c == '*' || c == '?' || c == '\\')
                    text += '\\';
                text += c;
            }
        }
    }
    return text;
}

}
