#include "rules/sigma/reference.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "rules/sigma/fields.hpp"
#include "rules/sigma/term.hpp"
#include <algorithm>
#include <re2/re2.h>

namespace konseki::sigma {

// The set of places in the text that the tokens so far can end at, token by token. `?` is one code point.
bool pattern_matches(Pattern const& pattern, std::string_view text, bool is_cased)
{
    auto const folded = is_cased ? std::string(text) : fold_utf8(text);
    std::vector<bool> ends(folded.size() + 1, false);
    ends[0] = true;
    for (auto const& token : pattern) {
        std::vector<bool> next(folded.size() + 1, false);
        auto const literal = is_cased ? token.text : fold_utf8(token.text);
        bool reached = false;
        for (std::size_t at = 0; at <= folded.size(); ++at) {
            reached = reached || ends[at];
            if (token.kind == Token::Kind::many) {
                next[at] = reached;
            } else if (ends[at] && token.kind == Token::Kind::one && at < folded.size()) {
                auto behind = at;
                (void)utf8::next(folded, behind);
                next[behind] = true;
            } else if (ends[at] && token.kind == Token::Kind::literal
                && folded.compare(at, literal.size(), literal) == 0) {
                next[at + literal.size()] = true;
            }
        }
        ends = std::move(next);
    }
    return ends[folded.size()];
}

namespace {

bool regex_matches(Value const& value, std::string_view text)
{
    RE2::Options options;
    options.set_log_errors(false);
    RE2 const regex(regex_source(value), options);
    return regex.ok() && RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex);
}

bool number_matches(Value const& value, std::string_view text)
{
    if (value.is_integer)
        return integer_in(text) == value.integer;
    return number_in(text) == value.number;
}

bool comparison_matches(Value const& value, std::string_view text)
{
    if (value.part != TimePart::none) {
        auto const part = part_of_time(text, value.part);
        return part && holds(value.comparison, static_cast<double>(*part), value.number);
    }
    auto const number = number_in(text);
    return number && holds(value.comparison, *number, value.number);
}

bool reference_matches(Value const& value, std::string_view text, FieldMap const& fields, Event const& event)
{
    auto const others = field_texts(event, fields, value.source);
    return std::any_of(others.begin(), others.end(), [&](std::string const& other) {
        Pattern pattern;
        if (value.starts_open)
            pattern.push_back({ Token::Kind::many, {} });
        pattern.push_back({ Token::Kind::literal, other });
        if (value.ends_open)
            pattern.push_back({ Token::Kind::many, {} });
        return pattern_matches(pattern, text, value.is_cased);
    });
}

bool value_matches(
    Value const& value, std::vector<std::string> const& texts, FieldMap const& fields, Event const& event)
{
    if (value.kind == ValueKind::null)
        return texts.empty();
    if (value.kind == ValueKind::exists)
        return texts.empty() == (value.number == 0);
    return std::any_of(texts.begin(), texts.end(), [&](std::string const& text) {
        switch (value.kind) {
        case ValueKind::text: return pattern_matches(value.pattern, text, value.is_cased);
        case ValueKind::number: return number_matches(value, text);
        case ValueKind::regex: return regex_matches(value, text);
        case ValueKind::network: {
            auto const network = parse_network(value.source);
            return network && contains(*network, text);
        }
        case ValueKind::compare: return comparison_matches(value, text);
        case ValueKind::field: return reference_matches(value, text, fields, event);
        default: return false;
        }
    });
}

bool values_match(Term const& term, std::vector<std::string> const& texts, FieldMap const& fields, Event const& event)
{
    auto const matches_one = [&](Value const& value) { return value_matches(value, texts, fields, event); };
    if (!term.match_all)
        return std::any_of(term.values.begin(), term.values.end(), matches_one);
    if (term.alternatives.empty())
        return std::all_of(term.values.begin(), term.values.end(), matches_one);
    auto value = term.values.begin();
    for (auto const count : term.alternatives) {
        if (!std::any_of(value, value + count, matches_one))
            return false;
        value += count;
    }
    return true;
}

}

bool term_holds(Term const& term, FieldMap const& fields, Event const& event)
{
    auto const texts = term.field.empty() ? all_texts(event) : field_texts(event, fields, term.field);
    return values_match(term, texts, fields, event) != term.is_negated;
}

RuleTruth evaluate(Rule const& rule, FieldMap const& fields, Event const& event)
{
    RuleTruth truth;
    for (auto const& selection : rule.selections) {
        auto& blocks = truth.terms.emplace_back();
        bool any = false;
        for (auto const& block : selection.any_of) {
            auto& terms = blocks.emplace_back();
            bool all = true;
            for (auto const& term : block.terms) {
                auto const texts
                    = term.field.empty() ? std::vector<std::string> {} : field_texts(event, fields, term.field);
                terms.push_back({ term_holds(term, fields, event), texts });
                all = all && terms.back().holds;
            }
            any = any || all;
        }
        truth.selections.push_back(any);
    }
    std::vector<bool> nodes;
    for (auto const& node : rule.condition.nodes) {
        auto const holds_at = [&](std::uint32_t child) { return static_cast<bool>(nodes[child]); };
        bool value = true;
        switch (node.kind) {
        case ConditionNode::Kind::selection: value = truth.selections[node.selection]; break;
        case ConditionNode::Kind::all: value = std::all_of(node.children.begin(), node.children.end(), holds_at); break;
        case ConditionNode::Kind::any: value = std::any_of(node.children.begin(), node.children.end(), holds_at); break;
        case ConditionNode::Kind::negation: value = !nodes[node.children.front()]; break;
        case ConditionNode::Kind::always: break;
        }
        nodes.push_back(value);
    }
    truth.holds = !nodes.empty() && nodes.back();
    return truth;
}

bool matches(Rule const& rule, std::span<SourceVariant const> variants, LogSources const& sources, Event const& event)
{
    return std::any_of(variants.begin(), variants.end(), [&](SourceVariant const& variant) {
        return is_from_variant(event, variant, sources)
            && evaluate(rule, sources.field_maps()[variant.field_map], event).holds;
    });
}

}
