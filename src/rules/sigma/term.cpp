#include "rules/sigma/term.hpp"
#include "base/base64.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "bytes/utf16.hpp"
#include <algorithm>
#include <charconv>
#include <arpa/inet.h>
#include <re2/re2.h>

namespace konseki::sigma {

namespace {

enum class Modifier : std::uint8_t {
    contains,
    startswith,
    endswith,
    all,
    exists,
    cased,
    neq,
    windash,
    re,
    flag_i,
    flag_m,
    flag_s,
    base64,
    base64offset,
    utf16le,
    utf16be,
    utf16,
    lt,
    lte,
    gt,
    gte,
    minute,
    hour,
    day,
    week,
    month,
    year,
    cidr,
    expand,
    fieldref,
};

struct ModifierName {
    std::string_view name;
    Modifier modifier;
};

constexpr std::array modifier_names { ModifierName { "contains", Modifier::contains },
    ModifierName { "startswith", Modifier::startswith }, ModifierName { "endswith", Modifier::endswith },
    ModifierName { "all", Modifier::all }, ModifierName { "exists", Modifier::exists },
    ModifierName { "cased", Modifier::cased }, ModifierName { "neq", Modifier::neq },
    ModifierName { "windash", Modifier::windash }, ModifierName { "re", Modifier::re },
    ModifierName { "i", Modifier::flag_i }, ModifierName { "ignorecase", Modifier::flag_i },
    ModifierName { "m", Modifier::flag_m }, ModifierName { "multiline", Modifier::flag_m },
    ModifierName { "s", Modifier::flag_s }, ModifierName { "dotall", Modifier::flag_s },
    ModifierName { "base64", Modifier::base64 }, ModifierName { "base64offset", Modifier::base64offset },
    ModifierName { "utf16le", Modifier::utf16le }, ModifierName { "wide", Modifier::utf16le },
    ModifierName { "utf16be", Modifier::utf16be }, ModifierName { "utf16", Modifier::utf16 },
    ModifierName { "lt", Modifier::lt }, ModifierName { "lte", Modifier::lte }, ModifierName { "gt", Modifier::gt },
    ModifierName { "gte", Modifier::gte }, ModifierName { "minute", Modifier::minute },
    ModifierName { "hour", Modifier::hour }, ModifierName { "day", Modifier::day },
    ModifierName { "week", Modifier::week }, ModifierName { "month", Modifier::month },
    ModifierName { "year", Modifier::year }, ModifierName { "cidr", Modifier::cidr },
    ModifierName { "expand", Modifier::expand }, ModifierName { "fieldref", Modifier::fieldref } };

std::string_view name_of(Modifier modifier)
{
    for (auto const& entry : modifier_names) {
        if (entry.modifier == modifier)
            return entry.name;
    }
    return {};
}

std::optional<double> parse_real(std::string_view text)
{
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    double number = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc {} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return number;
}

std::optional<std::int64_t> parse_integer(std::string_view text)
{
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    if (text.starts_with("0x") || text.starts_with("0X")) {
        auto const value = parse_uint(text);
        return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
    }
    return parse_int(text);
}

// One scalar on its way through the modifiers; it may become several values.
class Chain {
public:
    Chain(Scalar const& scalar, bool is_keyword, Limits const& limits)
        : m_scalar(scalar)
        , m_is_keyword(is_keyword)
        , m_limits(limits)
    {
        Value value;
        value.source = scalar.text;
        switch (scalar.kind) {
        case Scalar::Kind::null: value.kind = ValueKind::null; break;
        case Scalar::Kind::boolean: value.pattern = { { Token::Kind::literal, ascii_lower(scalar.text) } }; break;
        case Scalar::Kind::integer: take_integer(value); break;
        case Scalar::Kind::real:
            value.kind = ValueKind::number;
            value.number = *parse_real(scalar.text);
            break;
        case Scalar::Kind::string: value.pattern = parse_pattern(scalar.text); break;
        }
        m_values.push_back(std::move(value));
    }

    bool apply(Modifier modifier);
    bool finish();

    std::vector<Value> m_values;
    Refusal m_refusal;

private:
    static void take_integer(Value& value)
    {
        value.kind = ValueKind::number;
        value.integer = *parse_integer(value.source);
        value.number = static_cast<double>(value.integer);
        value.is_integer = true;
    }

    bool refuse(Reason reason, std::string detail)
    {
        m_refusal = { reason, std::move(detail), m_scalar.line };
        return false;
    }
    bool refuse_type(Modifier modifier)
    {
        return refuse(
            Reason::modifier, format("modifier '{}' cannot apply to the value '{}'", name_of(modifier), m_scalar.text));
    }

    // Text modifiers read an unquoted number as its text.
    bool make_text(Modifier modifier)
    {
        for (auto& value : m_values) {
            if (value.kind == ValueKind::number) {
                value.kind = ValueKind::text;
                value.pattern = { { Token::Kind::literal, value.source } };
            }
            if (value.kind != ValueKind::text)
                return refuse_type(modifier);
        }
        return true;
    }

    bool apply_open(Modifier modifier);
    bool apply_exists();
    bool apply_regex();
    bool apply_flag(Modifier modifier);
    bool apply_base64(Modifier modifier);
    bool apply_utf16(Modifier modifier);
    bool apply_windash();
    bool is_within_limits(std::size_t values, std::size_t bytes) const;
    bool refuse_size(Modifier modifier);
    bool apply_comparison(Modifier modifier);
    bool apply_network();
    bool apply_field_reference();

    Scalar const& m_scalar;
    bool m_is_keyword;
    Limits const& m_limits;
    unsigned m_applied = 0; // modifiers of the value before this one
};

void open_start(Pattern& pattern)
{
    if (pattern.empty() || pattern.front().kind != Token::Kind::many)
        pattern.insert(pattern.begin(), { Token::Kind::many, {} });
}

void open_end(Pattern& pattern)
{
    if (pattern.empty() || pattern.back().kind != Token::Kind::many)
        pattern.push_back({ Token::Kind::many, {} });
}

// contains, startswith, endswith: of text, of a field reference, and (only anchors) of a regular expression.
bool Chain::apply_open(Modifier modifier)
{
    bool const opens_start = modifier != Modifier::startswith;
    bool const opens_end = modifier != Modifier::endswith;
    for (auto& value : m_values) {
        if (value.kind == ValueKind::field) {
            value.starts_open = value.starts_open || opens_start;
            value.ends_open = value.ends_open || opens_end;
        } else if (value.kind == ValueKind::regex) {
            if (!opens_start)
                value.source = "^(?:" + value.source + ")";
            if (!opens_end)
                value.source = "(?:" + value.source + ")$";
        } else {
            if (!make_text(modifier))
                return false;
            if (opens_start)
                open_start(value.pattern);
            if (opens_end)
                open_end(value.pattern);
        }
    }
    return true;
}

bool Chain::apply_exists()
{
    auto const lowered = ascii_lower(m_scalar.text);
    if (m_is_keyword || m_applied != 0 || (lowered != "true" && lowered != "false"))
        return refuse(Reason::modifier,
            format("'exists' stands alone behind a field and takes true or false, not '{}'", m_scalar.text));
    Value value;
    value.kind = ValueKind::exists;
    value.source = lowered;
    value.number = lowered == "true" ? 1 : 0;
    m_values = { std::move(value) };
    return true;
}

bool Chain::apply_regex()
{
    if (m_applied != 0)
        return refuse(Reason::modifier, "'re' must be the first modifier of a value");
    if (m_scalar.kind == Scalar::Kind::null)
        return refuse_type(Modifier::re);
    Value value;
    value.kind = ValueKind::regex;
    value.source = m_scalar.text;
    m_values = { std::move(value) };
    return true;
}

bool Chain::apply_flag(Modifier modifier)
{
    for (auto& value : m_values) {
        if (value.kind != ValueKind::regex)
            return refuse(Reason::modifier, format("flag '{}' needs 're' before it", name_of(modifier)));
        value.ignores_case = value.ignores_case || modifier == Modifier::flag_i;
        value.is_multiline = value.is_multiline || modifier == Modifier::flag_m;
        value.dot_is_all = value.dot_is_all || modifier == Modifier::flag_s;
    }
    return true;
}

// [2.1, base64offset] The text may begin at any of three places of a group: cut what its neighbours decide.
std::string base64_at_offset(std::string_view bytes, std::size_t offset)
{
    constexpr std::array<std::size_t, 3> start_cuts { 0, 2, 3 };
    constexpr std::array<std::size_t, 3> end_cuts { 0, 3, 2 };
    auto const encoded = to_base64(as_bytes(std::string(offset, ' ') + std::string(bytes)));
    auto const start = start_cuts[offset];
    auto const end = encoded.size() - std::min(encoded.size(), end_cuts[(bytes.size() + offset) % 3]);
    return end <= start ? std::string {} : encoded.substr(start, end - start);
}

bool Chain::apply_base64(Modifier modifier)
{
    if (!make_text(modifier))
        return false;
    std::vector<Value> encoded;
    for (auto const& value : m_values) {
        if (value.pattern.size() > 1
            || (value.pattern.size() == 1 && value.pattern.front().kind != Token::Kind::literal))
            return refuse(
                Reason::modifier, format("'{}' cannot encode wildcards: '{}'", name_of(modifier), m_scalar.text));
        std::string const bytes = value.pattern.empty() ? std::string {} : value.pattern.front().text;
        auto const add = [&](std::string text) {
            Value made = value;
            made.pattern.clear();
            if (!text.empty())
                made.pattern.push_back({ Token::Kind::literal, std::move(text) });
            encoded.push_back(std::move(made));
        };
        if (modifier == Modifier::base64) {
            add(to_base64(as_bytes(bytes)));
            continue;
        }
        for (std::size_t offset = 0; offset < 3; ++offset)
            add(base64_at_offset(bytes, offset));
    }
    m_values = std::move(encoded);
    return true;
}

bool Chain::apply_utf16(Modifier modifier)
{
    if (!make_text(modifier))
        return false;
    for (auto& value : m_values) {
        for (auto& token : value.pattern) {
            if (token.kind != Token::Kind::literal)
                continue;
            token.text = utf16le_from_utf8(token.text);
            if (modifier == Modifier::utf16be) {
                for (std::size_t i = 0; i + 1 < token.text.size(); i += 2)
                    std::swap(token.text[i], token.text[i + 1]);
            }
        }
        if (modifier == Modifier::utf16) {
            if (!value.pattern.empty() && value.pattern.front().kind == Token::Kind::literal)
                value.pattern.front().text.insert(0, "\xff\xfe");
            else
                value.pattern.insert(value.pattern.begin(), { Token::Kind::literal, "\xff\xfe" });
        }
    }
    return true;
}

bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'
        || static_cast<unsigned char>(c) >= 0x80;
}

// [2.1, windash] - or / before a word and not behind one.
bool is_parameter_dash(std::string_view text, std::size_t at)
{
    return (text[at] == '-' || text[at] == '/') && at + 1 < text.size() && is_word(text[at + 1])
        && (at == 0 || !is_word(text[at - 1]));
}

std::size_t bytes_of(Value const& value)
{
    std::size_t bytes = 0;
    for (auto const& token : value.pattern)
        bytes += token.text.size();
    return bytes;
}

// Modifiers multiply what the ones before them made: utf16 twenty times is a million times the text.
bool Chain::is_within_limits(std::size_t values, std::size_t bytes) const
{
    return values <= m_limits.rule_values_max && bytes <= m_limits.rule_file_bytes_max;
}

bool Chain::refuse_size(Modifier modifier)
{
    constexpr std::size_t told_bytes_max = 200;
    bool const is_told = m_scalar.text.size() <= told_bytes_max;
    return refuse(Reason::limit,
        format("'{}' makes more than {} variants or {} bytes of {}{}{}", name_of(modifier), m_limits.rule_values_max,
            m_limits.rule_file_bytes_max, is_told ? "'" : "", is_told ? m_scalar.text : "a long text",
            is_told ? "'" : ""));
}

bool Chain::apply_windash()
{
    if (!make_text(Modifier::windash))
        return false;
    constexpr std::array<std::string_view, 5> dashes { "-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95" };
    std::vector<Value> expanded;
    std::size_t expanded_bytes = 0;
    for (auto const& value : m_values) {
        std::vector<Pattern> variants { {} };
        for (auto const& token : value.pattern) {
            if (token.kind != Token::Kind::literal) {
                for (auto& variant : variants)
                    variant.push_back(token);
                continue;
            }
            for (auto& variant : variants)
                variant.push_back({ Token::Kind::literal, {} });
            for (std::size_t i = 0; i < token.text.size(); ++i) {
                if (!is_parameter_dash(token.text, i)) {
                    for (auto& variant : variants)
                        variant.back().text += token.text[i];
                    continue;
                }
                auto const made = variants.size() * dashes.size();
                if (!is_within_limits(expanded.size() + made, expanded_bytes + made * bytes_of(value)))
                    return refuse_size(Modifier::windash);
                std::vector<Pattern> multiplied;
                for (auto const& variant : variants) {
                    for (auto const dash : dashes) {
                        multiplied.push_back(variant);
                        multiplied.back().back().text += dash;
                    }
                }
                variants = std::move(multiplied);
            }
        }
        for (auto& variant : variants) {
            Value made = value;
            made.pattern = std::move(variant);
            expanded_bytes += bytes_of(made);
            expanded.push_back(std::move(made));
        }
    }
    m_values = std::move(expanded);
    return true;
}

bool Chain::apply_comparison(Modifier modifier)
{
    for (auto& value : m_values) {
        if (value.kind == ValueKind::text) { // a quoted number
            auto const number = parse_real(m_scalar.text);
            if (!number || m_scalar.kind != Scalar::Kind::string)
                return refuse_type(modifier);
            value.number = *number;
        } else if (value.kind != ValueKind::number && value.kind != ValueKind::compare) {
            return refuse_type(modifier);
        }
        value.kind = ValueKind::compare;
        value.is_integer = false;
        value.integer = 0;
        value.pattern.clear();
        switch (modifier) {
        case Modifier::lt: value.comparison = Comparison::less; break;
        case Modifier::lte: value.comparison = Comparison::less_or_equal; break;
        case Modifier::gt: value.comparison = Comparison::greater; break;
        case Modifier::gte: value.comparison = Comparison::greater_or_equal; break;
        case Modifier::minute: value.part = TimePart::minute; break;
        case Modifier::hour: value.part = TimePart::hour; break;
        case Modifier::day: value.part = TimePart::day; break;
        case Modifier::week: value.part = TimePart::week; break;
        case Modifier::month: value.part = TimePart::month; break;
        default: value.part = TimePart::year; break;
        }
    }
    return true;
}

bool Chain::apply_network()
{
    if (m_applied != 0 || m_scalar.kind == Scalar::Kind::null)
        return refuse(Reason::modifier, "'cidr' must be the only modifier of a value");
    if (!parse_network(m_scalar.text))
        return refuse(Reason::value, format("'{}' is not a network in CIDR notation", m_scalar.text));
    Value value;
    value.kind = ValueKind::network;
    value.source = m_scalar.text;
    m_values = { std::move(value) };
    return true;
}

bool Chain::apply_field_reference()
{
    if (!make_text(Modifier::fieldref))
        return false;
    for (auto& value : m_values) {
        auto pattern = std::move(value.pattern);
        value.pattern.clear();
        if (!pattern.empty() && pattern.front().kind == Token::Kind::many) {
            value.starts_open = true;
            pattern.erase(pattern.begin());
        }
        if (!pattern.empty() && pattern.back().kind == Token::Kind::many) {
            value.ends_open = true;
            pattern.pop_back();
        }
        if (pattern.size() != 1 || pattern.front().kind != Token::Kind::literal)
            return refuse(Reason::modifier, format("'fieldref' needs the name of a field, not '{}'", m_scalar.text));
        value.kind = ValueKind::field;
        value.source = std::move(pattern.front().text);
    }
    return true;
}

bool Chain::apply(Modifier modifier)
{
    auto const done = [&] {
        switch (modifier) {
        case Modifier::all:
        case Modifier::neq: return true; // of the whole term
        case Modifier::contains:
        case Modifier::startswith:
        case Modifier::endswith: return apply_open(modifier);
        case Modifier::exists: return apply_exists();
        case Modifier::re: return apply_regex();
        case Modifier::flag_i:
        case Modifier::flag_m:
        case Modifier::flag_s: return apply_flag(modifier);
        case Modifier::base64:
        case Modifier::base64offset: return apply_base64(modifier);
        case Modifier::utf16le:
        case Modifier::utf16be:
        case Modifier::utf16: return apply_utf16(modifier);
        case Modifier::windash: return apply_windash();
        case Modifier::cidr: return apply_network();
        case Modifier::fieldref: return apply_field_reference();
        case Modifier::cased:
            if (!make_text(modifier))
                return false;
            for (auto& value : m_values)
                value.is_cased = true;
            return true;
        case Modifier::expand:
            if (!make_text(modifier))
                return false;
            for (auto& value : m_values)
                value.pattern = insert_placeholders(value.pattern);
            return true;
        default: return apply_comparison(modifier);
        }
    }();
    if (modifier != Modifier::all && modifier != Modifier::neq)
        ++m_applied;
    std::size_t bytes = 0;
    for (auto const& value : m_values)
        bytes += bytes_of(value);
    return done && (is_within_limits(m_values.size(), bytes) || refuse_size(modifier));
}

// Keywords are looked for anywhere in a value; regular expressions are compiled once to see that they can be.
bool Chain::finish()
{
    for (auto& value : m_values) {
        if (m_is_keyword && value.kind == ValueKind::number) {
            value.kind = ValueKind::text;
            value.pattern = { { Token::Kind::literal, value.source } };
        }
        if (m_is_keyword && value.kind == ValueKind::text) {
            if (value.pattern.empty())
                return refuse(Reason::value, "an empty keyword would match everything");
            open_start(value.pattern);
            open_end(value.pattern);
        } else if (m_is_keyword && value.kind != ValueKind::regex) {
            return refuse(Reason::value, format("a keyword must be text, not '{}'", m_scalar.text));
        }
        if (value.kind == ValueKind::text)
            value.source.clear();
        if (value.kind == ValueKind::regex) {
            RE2::Options options;
            options.set_log_errors(false);
            RE2 const regex(regex_source(value), options);
            if (!regex.ok())
                return refuse(Reason::value, format("regular expression '{}': {}", value.source, regex.error()));
        }
    }
    return true;
}

bool parse_modifiers(
    std::vector<std::string_view> const& parts, std::vector<Modifier>& modifiers, Term& term, Refusal& refusal)
{
    for (std::size_t i = 1; i < parts.size(); ++i) {
        auto const* const found = std::find_if(
            modifier_names.begin(), modifier_names.end(), [&](auto const& entry) { return entry.name == parts[i]; });
        if (found == modifier_names.end()) {
            refusal = { Reason::modifier, format("unknown modifier '{}'", parts[i]), 0 };
            return false;
        }
        modifiers.push_back(found->modifier);
        term.match_all = term.match_all || found->modifier == Modifier::all;
        term.is_negated = term.is_negated || found->modifier == Modifier::neq;
    }
    return true;
}

std::string without_spaces(std::string_view name)
{
    std::string kept;
    for (char const c : name) {
        if (c != ' ')
            kept += c;
    }
    return kept;
}

}

Scalar::Kind kind_of_plain_scalar(std::string_view text)
{
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
        return Scalar::Kind::null;
    if (text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" || text == "FALSE")
        return Scalar::Kind::boolean;
    auto const digits = text.substr(text.front() == '-' || text.front() == '+' ? 1 : 0);
    if (digits.empty() || digits.front() < '0' || digits.front() > '9')
        return Scalar::Kind::string;
    // "007" is octal for YAML 1.1 and decimal for 1.2: what the author typed is what must be in the log
    bool const has_leading_zero = digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
    if (has_leading_zero)
        return Scalar::Kind::string;
    if (parse_integer(text))
        return Scalar::Kind::integer;
    if (digits.find_first_not_of("0123456789.eE+-") == std::string_view::npos
        && digits.find('.') != std::string_view::npos && parse_real(text))
        return Scalar::Kind::real;
    return Scalar::Kind::string;
}

std::optional<Term> make_term(
    std::string_view key, std::span<Scalar const> scalars, Limits const& limits, Refusal& refusal)
{
    Term term;
    term.written = key;
    auto const parts = split(key, '|');
    term.field = without_spaces(parts.front());
    std::vector<Modifier> modifiers;
    if (!parse_modifiers(parts, modifiers, term, refusal))
        return std::nullopt;
    bool has_alternatives = false;
    for (auto const& scalar : scalars) {
        Chain chain(scalar, term.field.empty(), limits);
        bool fine = true;
        for (std::size_t i = 0; i < modifiers.size() && fine; ++i)
            fine = chain.apply(modifiers[i]);
        if (!fine || !chain.finish()) {
            refusal = std::move(chain.m_refusal);
            return std::nullopt;
        }
        if (term.values.size() + chain.m_values.size() > limits.rule_values_max) {
            refusal = { Reason::limit, format("more than {} values", limits.rule_values_max), scalar.line };
            return std::nullopt;
        }
        term.alternatives.push_back(static_cast<std::uint32_t>(chain.m_values.size()));
        has_alternatives = has_alternatives || chain.m_values.size() != 1;
        for (auto& value : chain.m_values)
            term.values.push_back(std::move(value));
    }
    if (term.values.empty()) {
        refusal = { Reason::detection, format("'{}' has no values", key), 0 };
        return std::nullopt;
    }
    if (!has_alternatives || !term.match_all)
        term.alternatives.clear();
    return term;
}

namespace {

std::optional<Network> parse_address(std::string_view text)
{
    std::string const terminated(text);
    Network network;
    if (::inet_pton(AF_INET6, terminated.c_str(), network.address.data()) == 1)
        return network;
    if (::inet_pton(AF_INET, terminated.c_str(), network.address.data() + 12) != 1)
        return std::nullopt;
    std::fill_n(network.address.begin(), 10, std::uint8_t { 0 });
    network.address[10] = network.address[11] = 0xff;
    network.is_version_4 = true;
    return network;
}

}

std::optional<Network> parse_network(std::string_view text)
{
    auto const slash = text.find('/');
    auto network = parse_address(text.substr(0, slash));
    if (!network || slash == std::string_view::npos)
        return network;
    auto const bits = parse_int(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > (network->is_version_4 ? 32 : 128))
        return std::nullopt;
    network->prefix_bits = static_cast<unsigned>(*bits) + (network->is_version_4 ? 96U : 0U);
    return network;
}

bool contains(Network const& network, std::string_view address)
{
    auto const parsed = parse_address(address);
    if (!parsed)
        return false;
    for (unsigned bit = 0; bit < network.prefix_bits; bit += 8) {
        auto const left = network.prefix_bits - bit;
        auto const mask = left >= 8 ? 0xffU : (0xff00U >> left) & 0xffU;
        if (((network.address[bit / 8] ^ parsed->address[bit / 8]) & mask) != 0)
            return false;
    }
    return true;
}

std::string regex_source(Value const& value)
{
    std::string flags;
    if (value.ignores_case)
        flags += 'i';
    if (value.is_multiline)
        flags += 'm';
    if (value.dot_is_all)
        flags += 's';
    return flags.empty() ? value.source : "(?" + flags + ")" + value.source;
}

}
