#include "rules/sigma/explain.hpp"
#include "base/text.hpp"
#include "rules/sigma/fields.hpp"
#include "rules/sigma/matched_fields.hpp"
#include "rules/sigma/plan.hpp"
#include "rules/sigma/reference.hpp"
#include <algorithm>

namespace konseki::sigma {

namespace {

constexpr std::size_t shown_bytes_max = 200;

std::string shown(std::string_view text)
{
    auto cut = text.substr(0, shown_bytes_max);
    while (cut.size() < text.size() && !cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xc0) == 0x80)
        cut.remove_suffix(1);
    if (cut.size() < text.size() && !cut.empty() && static_cast<unsigned char>(cut.back()) >= 0x80)
        cut.remove_suffix(1);
    auto quoted = json_string(cut);
    return cut.size() < text.size() ? quoted + format("… ({} bytes)", text.size()) : quoted;
}

std::string shown_value(Value const& value)
{
    switch (value.kind) {
    case ValueKind::null: return "null";
    case ValueKind::text: return "'" + to_string(value.pattern) + "'";
    case ValueKind::number: return value.source;
    case ValueKind::regex: return "/" + value.source + "/";
    case ValueKind::network: return value.source;
    case ValueKind::compare: return format("{} {}", comparison_sign(value.comparison), value.number);
    case ValueKind::exists: return value.number != 0 ? "exists" : "does not exist";
    case ValueKind::field: return "field " + value.source;
    }
    return {};
}

std::string shown_values(Term const& term)
{
    constexpr std::size_t values_shown_max = 5;
    std::string text;
    for (std::size_t i = 0; i < term.values.size() && i < values_shown_max; ++i)
        text += (i == 0 ? "" : ", ") + shown_value(term.values[i]);
    if (term.values.size() > values_shown_max)
        text += format(", … ({} values)", term.values.size());
    return text;
}

void append_term(std::string& target, Term const& term, TermTruth const& truth, FieldMap const& fields)
{
    append_format(target, "      [{}] {}: {}\n", truth.holds ? "true " : "false",
        term.written.empty() ? "keywords" : term.written, shown_values(term));
    if (term.field.empty())
        return;
    auto const* const source = fields.find(term.field);
    std::string name = term.field;
    if (source != nullptr) {
        name += " =";
        for (auto const& part : source->parts)
            name += " " + part;
    }
    if (truth.texts.empty())
        append_format(target, "              {} is absent\n", name);
    for (auto const& text : truth.texts)
        append_format(target, "              {} is {}\n", name, shown(text));
}

void append_truth(std::string& target, Rule const& rule, RuleTruth const& truth, FieldMap const& fields)
{
    for (std::size_t s = 0; s < rule.selections.size(); ++s) {
        append_format(target, "  [{}] {}\n", truth.selections[s] ? "true " : "false", rule.selections[s].name);
        auto const& blocks = rule.selections[s].any_of;
        for (std::size_t b = 0; b < blocks.size(); ++b) {
            if (blocks.size() > 1)
                append_format(target, "    alternative {}\n", b + 1);
            for (std::size_t t = 0; t < blocks[b].terms.size(); ++t)
                append_term(target, blocks[b].terms[t], truth.terms[s][b][t], fields);
        }
    }
}

std::string place_text(SourceVariant const& variant, LogSources const& sources)
{
    if (variant.log == any_log)
        return "any log";
    auto text = sources.logs()[variant.log].name;
    for (auto const id : variant.event_ids)
        text += format(" {}", id);
    return text;
}

}

std::string explain(RuleSet const& rules, std::uint32_t index, Event const& event)
{
    auto const& rule = rules.rules()[index];
    auto const& plan = rules.plan();
    std::string text
        = format("rule {} {}\nlog source {}\n", rule.id, json_string(rule.title), to_string(rule.logsource));
    append_format(text, "event {} {} {}\n", event.event_id, json_string(event.channel), json_string(event.provider));
    bool any = false, is_here = false;
    for (auto const& variant : plan.variants[index]) {
        bool const is_from = is_from_variant(event, variant, plan.sources);
        append_format(
            text, "[{}] the event is from {}\n", is_from ? "true " : "false", place_text(variant, plan.sources));
        if (!is_from)
            continue;
        is_here = true;
        auto const& fields = plan.sources.field_maps()[variant.field_map];
        auto const truth = evaluate(rule, fields, event);
        append_truth(text, rule, truth, fields);
        append_format(text, "  [{}] condition: {}\n", truth.holds ? "true " : "false", rule.condition.text);
        any = any || truth.holds;
    }
    if (!is_here) { // still worth seeing
        text += "the terms, although the log source does not fit:\n";
        auto const& fields = plan.sources.field_maps().front();
        append_truth(text, rule, evaluate(rule, fields, event), fields);
    }
    text += any ? "the rule matches\n" : "the rule does not match\n";
    return text;
}

// --- as JSON ---

namespace {

void append_json_list(std::string& target, std::vector<std::string> const& texts)
{
    target += '[';
    for (std::size_t i = 0; i < texts.size(); ++i)
        append_format(target, "{}{}", i == 0 ? "" : ",", json_string(texts[i]));
    target += ']';
}

void append_json_term(std::string& target, Term const& term, TermTruth const& truth, FieldMap const& fields)
{
    append_format(target, "{{\"term\":{},\"values\":", json_string(term.written.empty() ? "keywords" : term.written));
    std::vector<std::string> values;
    values.reserve(term.values.size());
    for (auto const& value : term.values)
        values.push_back(shown_value(value));
    append_json_list(target, values);
    if (!term.field.empty()) {
        auto const* const source = fields.find(term.field);
        target += ",\"field\":";
        append_json_list(target, source == nullptr ? std::vector { term.field } : source->parts);
        target += ",\"found\":";
        append_json_list(target, truth.texts);
    }
    append_format(target, ",\"holds\":{}}}", truth.holds);
}

void append_json_selections(std::string& target, Rule const& rule, RuleTruth const& truth, FieldMap const& fields)
{
    target += "\"selections\":[";
    for (std::size_t s = 0; s < rule.selections.size(); ++s) {
        append_format(target, "{}{{\"name\":{},\"holds\":{},\"alternatives\":[", s == 0 ? "" : ",",
            json_string(rule.selections[s].name), static_cast<bool>(truth.selections[s]));
        auto const& blocks = rule.selections[s].any_of;
        for (std::size_t b = 0; b < blocks.size(); ++b) {
            target += b == 0 ? "[" : ",[";
            for (std::size_t t = 0; t < blocks[b].terms.size(); ++t) {
                target += t == 0 ? "" : ",";
                append_json_term(target, blocks[b].terms[t], truth.terms[s][b][t], fields);
            }
            target += ']';
        }
        target += "]}";
    }
    target += ']';
}

}

std::string explain_as_json(RuleSet const& rules, std::uint32_t index, Event const& event)
{
    auto const& rule = rules.rules()[index];
    auto const& plan = rules.plan();
    std::string places;
    bool matches = false;
    for (auto const& variant : plan.variants[index]) {
        bool const is_from = is_from_variant(event, variant, plan.sources);
        auto const& fields = plan.sources.field_maps()[variant.field_map];
        auto const truth = evaluate(rule, fields, event);
        append_format(places, "{}{{\"looks_in\":{},\"is_from\":{},\"condition\":{},\"holds\":{},",
            places.empty() ? "" : ",", json_string(place_text(variant, plan.sources)), is_from,
            json_string(rule.condition.text), truth.holds);
        append_json_selections(places, rule, truth, fields);
        places += '}';
        matches = matches || (is_from && truth.holds);
    }
    return format("{{\"rule\":{},\"title\":{},\"logsource\":{},\"event_id\":{},\"channel\":{},\"provider\":{},"
                  "\"matches\":{},\"places\":[{}]}}",
        json_string(rule.id), json_string(rule.title), json_string(to_string(rule.logsource)), event.event_id,
        json_string(event.channel), json_string(event.provider), matches, places);
}

// --- matched fields ---

namespace {

// Selections that count for the condition without a `not` around them.
std::vector<bool> positive_selections(Rule const& rule)
{
    auto const& nodes = rule.condition.nodes;
    std::vector<bool> is_positive(nodes.size(), false), selections(rule.selections.size(), false);
    is_positive.back() = true;
    for (auto i = nodes.size(); i-- > 0;) {
        if (!is_positive[i])
            continue;
        if (nodes[i].kind == ConditionNode::Kind::selection)
            selections[nodes[i].selection] = true;
        for (auto const child : nodes[i].children)
            is_positive[child] = nodes[i].kind != ConditionNode::Kind::negation;
    }
    return selections;
}

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

void add_once(NamedTexts& fields, std::string name, std::string text)
{
    std::pair entry(std::move(name), std::move(text));
    if (std::find(fields.begin(), fields.end(), entry) == fields.end())
        fields.push_back(std::move(entry));
}

void add_field(NamedTexts& fields, Event const& event, FieldMap const& map, std::string const& field)
{
    auto const* const source = map.find(field);
    auto const parts = source == nullptr ? std::vector { field } : source->parts;
    for (auto const& part : parts) {
        for (auto& text : field_texts(event, part))
            add_once(fields, part, std::move(text));
    }
}

void add_keyword_hits(NamedTexts& fields, Event const& event, Term const& term)
{
    auto const try_text = [&](std::string const& name, std::string text) {
        Term one = term;
        one.match_all = false;
        Event lone;
        lone.message = text;
        // `lone` holds nothing but the text (and "0" as its event id, which adds no name)
        if (term_holds(one, FieldMap {}, lone))
            add_once(fields, name, std::move(text));
    };
    for (std::size_t i = 0; event.shape != nullptr && i < event.values.size() && i < event.shape->names.size(); ++i) {
        if (event.values[i].type != ValueType::null)
            try_text(event.shape->names[i], value_text(event.values[i]));
    }
    if (event.message.data() != nullptr)
        try_text("Message", std::string(event.message));
}

}

void collect_matched_fields(RuleSet const& rules, std::uint32_t index, Event const& event, NamedTexts& fields)
{
    auto const& rule = rules.rules()[index];
    auto const& plan = rules.plan();
    for (auto const& variant : plan.variants[index]) {
        if (!is_from_variant(event, variant, plan.sources))
            continue;
        auto const& map = plan.sources.field_maps()[variant.field_map];
        auto const truth = evaluate(rule, map, event);
        if (!truth.holds)
            continue;
        auto const is_positive = positive_selections(rule);
        for (std::size_t s = 0; s < rule.selections.size(); ++s) {
            if (!is_positive[s] || !truth.selections[s])
                continue;
            auto const& blocks = rule.selections[s].any_of;
            for (std::size_t b = 0; b < blocks.size(); ++b) {
                bool const holds = std::all_of(truth.terms[s][b].begin(), truth.terms[s][b].end(),
                    [](TermTruth const& term) { return term.holds; });
                for (auto const& term : blocks[b].terms) {
                    if (!holds)
                        break;
                    if (term.field.empty())
                        add_keyword_hits(fields, event, term);
                    else
                        add_field(fields, event, map, term.field);
                }
            }
        }
        return;
    }
}

}
